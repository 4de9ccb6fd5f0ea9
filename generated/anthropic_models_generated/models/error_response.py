from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset
from ..values import Fields

if TYPE_CHECKING:
    from ..models.error_detail import ErrorDetail


@_attrs_define
class ErrorResponse(Fields[Any]):
    """The body of every response that is no success."""

    type_: Literal["error"]
    """What this object is; always `error`."""

    error: ErrorDetail
    """What went wrong."""

    request_id: None | str | Unset = UNSET
    """The same as the `request-id` header."""

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    _attributes: ClassVar[Mapping[str, str]] = {
        "type": "type_",
        "error": "error",
        "request_id": "request_id",
    }

    def to_dict(self) -> dict[str, Any]:
        fields: dict[str, Any] = {
            **self.additional_properties,
            "type": self.type_,
            "error": self.error.to_dict(),
        }
        if not isinstance(self.request_id, Unset):
            fields["request_id"] = self.request_id
        return fields

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.error_detail import ErrorDetail  # noqa: PLC0415

        model = cls(
            src_dict["type"],
            ErrorDetail.from_dict(src_dict["error"]),
            request_id=src_dict.get("request_id", UNSET),
        )
        if len(src_dict) > 2:
            model.additional_properties = {
                name: each
                for name, each in src_dict.items()
                if name not in cls._attributes
            }
        return model
