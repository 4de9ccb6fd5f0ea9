from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.beta_model_info import BetaModelInfo


T = TypeVar("T", bound="BetaModelList")


@_attrs_define
class BetaModelList:
    """A page of models.

    Attributes:
        data (list[BetaModelInfo]): The models of this page, more recently released ones first.
        first_id (None | str): The id of the first model in `data`; as `before_id` it leads to the previous page.
            Null when `data` is empty.
        has_more (bool): Whether there are more models in the direction that was asked for.
        last_id (None | str): The id of the last model in `data`; as `after_id` it leads to the next page. Null
            when `data` is empty.
    """

    data: list[BetaModelInfo]
    first_id: None | str
    has_more: bool
    last_id: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data = []
        for data_item_data in self.data:
            data_item = data_item_data.to_dict()
            data.append(data_item)

        first_id: None | str
        first_id = self.first_id

        has_more = self.has_more

        last_id: None | str
        last_id = self.last_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
                "first_id": first_id,
                "has_more": has_more,
                "last_id": last_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.beta_model_info import BetaModelInfo  # noqa: PLC0415

        d = dict(src_dict)
        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = BetaModelInfo.from_dict(data_item_data)

            data.append(data_item)

        def _parse_first_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        first_id = _parse_first_id(d.pop("first_id"))

        has_more = d.pop("has_more")

        def _parse_last_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_id = _parse_last_id(d.pop("last_id"))

        beta_model_list = cls(
            data,
            first_id,
            has_more,
            last_id,
        )

        if d:
            beta_model_list.additional_properties = d
        return beta_model_list

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
