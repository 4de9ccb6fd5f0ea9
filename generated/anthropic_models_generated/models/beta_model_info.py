from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..values import Fields, date_time


@_attrs_define
class BetaModelInfo(Fields[Any]):
    """A model."""

    id: str
    """Identifies the model; never shared by two models."""

    created_at: datetime.datetime
    """When the model was released (RFC 3339). An epoch value, such as
    `1970-01-01T00:00:00Z`, when that is not known."""

    display_name: str
    """The name of the model, for people."""

    type_: Literal["model"]
    """What this object is; always `model`."""

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    _attributes: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "created_at": "created_at",
        "display_name": "display_name",
        "type": "type_",
    }

    def to_dict(self) -> dict[str, Any]:
        fields: dict[str, Any] = {
            **self.additional_properties,
            "id": self.id,
            "created_at": self.created_at.isoformat(),
            "display_name": self.display_name,
            "type": self.type_,
        }
        return fields

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        model = cls(
            src_dict["id"],
            date_time(src_dict["created_at"]),
            src_dict["display_name"],
            src_dict["type"],
        )
        if len(src_dict) > 4:
            model.additional_properties = {
                name: each
                for name, each in src_dict.items()
                if name not in cls._attributes
            }
        return model
