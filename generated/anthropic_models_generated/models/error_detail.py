from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.known_error_type import KnownErrorType

T = TypeVar("T", bound="ErrorDetail")


@_attrs_define
class ErrorDetail:
    """What went wrong.

    Attributes:
        type_ (KnownErrorType | str): The kind of error. The list is open: any string may appear, and these are the ones
            that
            are known.
        message (str): What went wrong, for people.
    """

    type_: KnownErrorType | str
    message: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_: str
        if isinstance(self.type_, KnownErrorType):
            type_ = self.type_.value
        else:
            type_ = self.type_

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "message": message,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_type_(data: object) -> KnownErrorType | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_error_type_type_1 = KnownErrorType(data)

                return componentsschemas_error_type_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(KnownErrorType | str, data)

        type_ = _parse_type_(d.pop("type"))

        message = d.pop("message")

        error_detail = cls(
            type_,
            message,
        )

        if d:
            error_detail.additional_properties = d
        return error_detail

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
