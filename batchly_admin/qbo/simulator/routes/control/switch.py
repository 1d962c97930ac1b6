"""What a switch is: its name, what it does, and the positions it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Choices = tuple[tuple[Any, str], ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """One switch; with choices it is one of them, else what its usual value is.

    A number lies between `least` and `most`; where `may_be_empty`, there need not be any.
    """

    name: str
    label: str
    hint: str
    usual: Any
    choices: Choices = ()
    least: int = 0
    most: int = 1_000_000_000
    may_be_empty: bool = False

    @property
    def kind(self) -> str:
        """Say what it holds: choice, flag, number, list or object."""
        if self.choices:
            return "choice"
        return {bool: "flag", list: "list", dict: "object"}.get(type(self.usual), "number")

    def read(self, value: Any) -> Any:
        """Give a value as it is kept.

        Raises:
            ValueError: it cannot be that.
        """
        if value is None and (self.may_be_empty or self.kind in {"list", "object"}):
            return None
        return {
            "choice": self._choice,
            "flag": self._flag,
            "number": self._number,
            "list": self._list,
            "object": self._object,
        }[self.kind](value)

    def _wrong(self, words: str) -> ValueError:
        return ValueError(f"{self.label}: {words}")

    def _choice(self, value: Any) -> Any:
        for one, _words in self.choices:
            if str(one) == str(value):
                return one
        allowed = ", ".join(str(one) for one, _words in self.choices)
        raise self._wrong(f"it has to be one of {allowed}.")

    def _flag(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._wrong("it is true or false.")
        return value

    def _number(self, value: Any) -> int | float:
        if isinstance(value, bool):
            raise self._wrong("it has to be a number.")
        try:
            found = float(value)
        except (TypeError, ValueError):
            raise self._wrong("it has to be a number.") from None
        if not self.least <= found <= self.most:
            raise self._wrong(f"it has to lie between {self.least:,} and {self.most:,}.")
        return int(found) if found == int(found) else found

    def _list(self, value: Any) -> list[str]:
        if not isinstance(value, list):
            raise self._wrong("it has to be a list.")
        return [str(one) for one in value]

    def _object(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._wrong("it has to be an object.")
        return value


@dataclass(frozen=True, slots=True)
class Group:
    """Switches that belong together."""

    title: str
    switches: tuple[Switch, ...] = field(default=())
