"""Tables of a TOML file, read strictly: what is wrong is told with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from shizi.core.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Value = TypeVar("_Value")
_Given = ParamSpec("_Given")


class Table:
    """One table; each entry is asked for once, and `end` refuses what is left."""

    def __init__(self, place: str, values: Mapping[str, object]) -> None:
        """Take where the table stands, to be told in errors, and its entries."""
        self.place = place
        self._values = dict(values)

    def has(self, key: str) -> bool:
        """Return whether an entry is there and was not asked for."""
        return key in self._values

    def fault(self, what: str) -> SpecError:
        """Return the error that tells the table and what is wrong in it."""
        return SpecError(f"{self.place}: {what}")

    def text(self, key: str, default: str | None = None) -> str:
        """Return an entry that is a text, not empty.

        Raises:
            SpecError: It is missing or something else. So for all others.
        """
        if default is not None and key not in self._values:
            return default
        value = self._take(key, str, "a text")
        if not value:
            raise self.fault(f"{key} is empty")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """Return an entry that is a number."""
        if default is not None and key not in self._values:
            return default
        value = self._take(key, object, "")
        return self._number(key, value)

    def numbers(self, key: str, count: int) -> tuple[float, ...]:
        """Return an entry that is a list of so many numbers."""
        values = self._list(key)
        if len(values) != count:
            raise self.fault(f"{key} has {len(values)} numbers instead of {count}")
        return tuple(self._number(key, value) for value in values)

    def texts(
        self, key: str, default: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        """Return an entry that is a list of texts."""
        if default is not None and key not in self._values:
            return default
        return tuple(self._checked(key, each, str, "texts") for each in self._list(key))

    def table(self, key: str) -> Table:
        """Return an entry that is a table; an empty one if it is not there."""
        if key not in self._values:
            return Table(f"{self.place}: {key}", {})
        return self._inner(key, "", self._values.pop(key))

    def tables(self, key: str) -> list[Table]:
        """Return an entry that is a list of tables; none if it is not there."""
        values = self._list(key) if key in self._values else []
        return [
            self._inner(key, f" {number}", value)
            for number, value in enumerate(values, 1)
        ]

    def names(self) -> list[str]:
        """Return the names of the entries that were not asked for yet."""
        return list(self._values)

    def parts(self, key: str) -> list[str | Table]:
        """Return an entry that is a list of texts and tables."""
        return [
            value if isinstance(value, str) else self._inner(key, f" {number}", value)
            for number, value in enumerate(self._list(key), 1)
        ]

    def attempt(
        self,
        make: Callable[_Given, _Value],
        *args: _Given.args,
        **options: _Given.kwargs,
    ) -> _Value:
        """Return what a function makes; its own error is told with the table's place.

        Raises:
            SpecError: The function raised it.
        """
        try:
            return make(*args, **options)
        except SpecError as error:
            raise self.fault(str(error)) from error

    def end(self) -> None:
        """Refuse entries that nobody asked for."""
        if self._values:
            raise self.fault(f"no entry is named {min(self._values)!r}")

    def _list(self, key: str) -> list[object]:
        return cast("list[object]", self._take(key, list, "a list"))

    def _inner(self, key: str, number: str, value: object) -> Table:
        """Return a table in this one."""
        if not isinstance(value, dict):
            raise self.fault(f"{key}{number} is not a table")
        values = cast("dict[str, object]", value)
        return Table(f"{self.place}: {key}{number}", values)

    def _number(self, key: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault(f"{key} is not a number")
        return float(value)

    def _take(self, key: str, kind: type[_Value], what: str) -> _Value:
        if key not in self._values:
            raise self.fault(f"{key} is missing")
        return self._checked(key, self._values.pop(key), kind, what)

    def _checked(
        self, key: str, value: object, kind: type[_Value], what: str
    ) -> _Value:
        if not isinstance(value, kind):
            raise self.fault(f"{key} is not {what}")
        return value
