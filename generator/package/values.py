"""What all generated models share: access to fields by their names in the document, and values."""

import datetime
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from operator import is_
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

from .types import UNSET, Unset

V = TypeVar("V")


class Fields(Generic[V]):
    """A JSON object whose fields can also be accessed by their names in the document.

    `model["created_at"]` is the JSON value of a field, whether the document knows it or not; what
    is set is a JSON value as well. `V` is the type of the fields that the document does not name.
    """

    __slots__ = ()
    _attributes: ClassVar[Mapping[str, str]] = {}
    """The attributes, by the names of the fields in the document."""
    _others_are_json: ClassVar[bool] = True
    """Whether `additional_properties` holds decoded JSON, rather than parsed values."""
    additional_properties: dict[str, V]

    def to_dict(self) -> dict[str, Any]:
        """Return the object as JSON has it."""
        raise NotImplementedError

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Return decoded JSON as an object of this class; it is not validated."""
        raise NotImplementedError

    @property
    def additional_keys(self) -> list[str]:
        """The names of the fields that the document does not name."""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> V:
        if key in self._attributes:
            if key not in self:
                raise KeyError(key)
            return cast(V, plain(getattr(self, self._attributes[key])))
        value = self.additional_properties[key]
        return cast(V, plain(value)) if self._attributes else value

    def __setitem__(self, key: str, value: V) -> None:
        if not self._attributes or (self._others_are_json and key not in self._attributes):
            self.additional_properties[key] = value
            return
        changed = self.from_dict({**self.to_dict(), key: value})
        if key in self._attributes:
            setattr(self, self._attributes[key], getattr(changed, self._attributes[key]))
        else:
            self.additional_properties[key] = changed.additional_properties[key]

    def __delitem__(self, key: str) -> None:
        """Delete an optional field; a required one is a ValueError."""
        if key not in self._attributes:
            del self.additional_properties[key]
            return
        if key not in self:
            raise KeyError(key)
        try:
            self.from_dict({name: value for name, value in self.to_dict().items() if name != key})
        except KeyError:
            raise ValueError(f"{key} is required") from None
        setattr(self, self._attributes[key], UNSET)

    def __contains__(self, key: object) -> bool:
        if isinstance(key, str) and key in self._attributes:
            return not isinstance(getattr(self, self._attributes[key]), Unset)
        return key in self.additional_properties


def date_time(text: str) -> datetime.datetime:
    """Return an RFC 3339 date-time.

    The second 60 becomes the next second; digits beyond microseconds are cut. Raises ValueError
    for what Python cannot hold: the year 0, the second after the year 9999.
    """
    try:
        return _from_iso(text)
    except ValueError:
        text = text.upper()  # t and z
        leap = re.fullmatch(_LEAP_SECOND, text)
        if leap is None:
            return _from_iso(text)
    try:
        return _from_iso(f"{leap[1]}59{leap[2]}") + _SECOND
    except OverflowError as error:
        raise ValueError(f"{text} is later than Python can hold") from error


_from_iso = datetime.datetime.fromisoformat
_LEAP_SECOND = r"(.+:)60((?:\.\d+)?(?:Z|[+-]\d\d:\d\d))"
_SECOND = datetime.timedelta(seconds=1)


def plain(value: Any) -> Any:
    """Return a value as JSON has it: that of a model, an enumeration, a date, a list of them."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (bool, int, float, str, dict, Unset)):
        return cast(object, value)
    if isinstance(value, list):
        values = cast(list[object], value)
        made = [plain(each) for each in values]
        return values if all(map(is_, made, values)) else made
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    for method in ("to_dict", "to_tuple"):  # a model, a File
        if hasattr(value, method):
            return getattr(value, method)()
    return str(value)


# Generated code uses these to find the member of a union. Unlike isinstance they do not narrow
# the type of their argument, which would become a dict of unknown types.


def is_type(value: object, kind: type) -> bool:
    """Return whether decoded JSON is of a type."""
    return isinstance(value, kind)


def has_value(value: object, field: str, values: Sequence[str]) -> bool:
    """Return whether decoded JSON is an object that has one of some texts in a field."""
    return isinstance(value, dict) and cast(dict[str, object], value).get(field) in values


def is_value(enumeration: type[Enum], value: object) -> bool:
    """Return whether decoded JSON is a value of an enumeration; true is not 1."""
    return (
        isinstance(value, (str, int, float))
        and not isinstance(value, bool)
        and value in _values(enumeration)
    )


@cache
def _values(enumeration: type[Enum]) -> frozenset[object]:
    return frozenset(member.value for member in enumeration)
