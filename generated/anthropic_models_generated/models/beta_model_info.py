from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..values import date_time

T = TypeVar("T", bound="BetaModelInfo")


@_attrs_define
class BetaModelInfo:
    """A model.

    Attributes:
        id (str): Identifies the model; never shared by two models.
        created_at (datetime.datetime): When the model was released (RFC 3339). An epoch value, such as
            `1970-01-01T00:00:00Z`, when that is not known.
        display_name (str): The name of the model, for people.
        type_ (Literal['model']): What this object is; always `model`.
    """

    id: str
    created_at: datetime.datetime
    display_name: str
    type_: Literal["model"]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        created_at = self.created_at.isoformat()

        display_name = self.display_name

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "created_at": created_at,
                "display_name": display_name,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        created_at = date_time(d.pop("created_at"))

        display_name = d.pop("display_name")

        type_: Literal["model"] = d.pop("type")
        if type_ != "model":
            raise ValueError(f"type must match const 'model', got '{type_}'")

        beta_model_info = cls(
            id,
            created_at,
            display_name,
            type_,
        )

        if d:
            beta_model_info.additional_properties = d
        return beta_model_info

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
