from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.known_error_type import KnownErrorType
from ..values import Fields, is_value, plain


@_attrs_define
class ErrorDetail(Fields[Any]):
    """What went wrong."""

    type_: KnownErrorType | str
    """The kind of error. The list is open: any string may appear, and these are the ones that
    are known."""

    message: str
    """What went wrong, for people."""

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    _attributes: ClassVar[Mapping[str, str]] = {
        "type": "type_",
        "message": "message",
    }

    def to_dict(self) -> dict[str, Any]:
        fields: dict[str, Any] = {
            **self.additional_properties,
            "type": plain(self.type_),
            "message": self.message,
        }
        return fields

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        type__json = src_dict["type"]
        model = cls(
            KnownErrorType(type__json)
            if is_value(KnownErrorType, type__json)
            else type__json,
            src_dict["message"],
        )
        if len(src_dict) > 2:
            model.additional_properties = {
                name: each
                for name, each in src_dict.items()
                if name not in cls._attributes
            }
        return model
