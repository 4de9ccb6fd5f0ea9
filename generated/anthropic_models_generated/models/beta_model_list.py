from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..values import Fields

if TYPE_CHECKING:
    from ..models.beta_model_info import BetaModelInfo


@_attrs_define
class BetaModelList(Fields[Any]):
    """A page of models."""

    data: list[BetaModelInfo]
    """The models of this page, more recently released ones first."""

    first_id: None | str
    """The id of the first model in `data`; as `before_id` it leads to the previous page.
    Null when `data` is empty."""

    has_more: bool
    """Whether there are more models in the requested direction."""

    last_id: None | str
    """The id of the last model in `data`; as `after_id` it leads to the next page. Null
    when `data` is empty."""

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    _attributes: ClassVar[Mapping[str, str]] = {
        "data": "data",
        "first_id": "first_id",
        "has_more": "has_more",
        "last_id": "last_id",
    }

    def to_dict(self) -> dict[str, Any]:
        fields: dict[str, Any] = {
            **self.additional_properties,
            "data": [each.to_dict() for each in self.data],
            "first_id": self.first_id,
            "has_more": self.has_more,
            "last_id": self.last_id,
        }
        return fields

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.beta_model_info import BetaModelInfo  # noqa: PLC0415

        model = cls(
            list(map(BetaModelInfo.from_dict, src_dict["data"])),
            src_dict["first_id"],
            src_dict["has_more"],
            src_dict["last_id"],
        )
        if len(src_dict) > 4:
            model.additional_properties = {
                name: each
                for name, each in src_dict.items()
                if name not in cls._attributes
            }
        return model
