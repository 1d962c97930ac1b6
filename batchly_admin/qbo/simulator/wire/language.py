"""QuickBooks' query language: one entity, AND only, seven operators, pages of at most a thousand.

https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/data-queries
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from batchly_admin.qbo.simulator.wire.refusals import Fault

TOKEN = re.compile(
    r"\s*(?:('(?:[^'\\]|\\.)*')|([A-Za-z_][A-Za-z0-9_.]*)|(-?[0-9]+(?:\.[0-9]+)?)|(<=|>=|!=|[=<>(),*]))"
)
MOST, USUAL = 1000, 100
_WHOLE = re.compile(r"[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


@dataclass(slots=True)
class Query:
    """One parsed statement."""

    entity: str
    count: bool = False
    where: list[tuple[str, str, Any]] = field(default_factory=list)
    order: tuple[str, bool] | None = None
    start: int = 1
    limit: int = USUAL


def parse(text: str) -> Query:
    """Parse a statement.

    Raises:
        Fault: 4000 when it cannot be parsed, 4001 when it asks for what is not there.
    """
    return _Parser(_tokens(text), text).statement()


def _tokens(text: str) -> list[str]:
    found, place = [], 0
    text = text.strip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None or match.end() == place:
            raise _unreadable(text)
        found.append(next(group for group in match.groups() if group is not None))
        place = match.end()
    return found


def _unreadable(text: str) -> Fault:
    detail = f"QueryParserError: Encountered an unexpected token in '{text[:80]}'"
    return Fault("4000", detail)


class _Parser:
    def __init__(self, tokens: list[str], text: str) -> None:
        self.tokens = tokens
        self.text = text
        self.place = 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        found = self.peek()
        if not found:
            raise _unreadable(self.text)
        self.place += 1
        return found

    def is_word(self, word: str) -> bool:
        return self.peek().upper() == word

    def expect(self, word: str) -> None:
        if self.take().upper() != word:
            raise _unreadable(self.text)

    def statement(self) -> Query:
        self.expect("SELECT")
        count = self._projection()
        self.expect("FROM")
        query = Query(self.take(), count)
        if self.is_word("WHERE"):
            self.take()
            query.where.append(self._condition())
            while self.is_word("AND"):
                self.take()
                query.where.append(self._condition())
        if self.is_word("ORDERBY") or self.is_word("ORDER"):
            query.order = self._order()
        if self.is_word("STARTPOSITION"):
            self.take()
            query.start = self._whole()
        if self.is_word("MAXRESULTS"):
            self.take()
            query.limit = self._whole()
        if self.peek():
            raise _unreadable(self.text)
        self._check_range(query)
        return query

    def _projection(self) -> bool:
        if self.is_word("COUNT"):
            self.take()
            for part in ("(", "*", ")"):
                self.expect(part)
            return True
        self.take()
        while self.peek() == ",":
            self.take()
            self.take()
        return False

    def _condition(self) -> tuple[str, str, Any]:
        name = self.take()
        operator = self.take().upper()
        if operator == "IN":
            self.expect("(")
            values = [self._value()]
            while self.peek() == ",":
                self.take()
                values.append(self._value())
            self.expect(")")
            return name, operator, values
        if operator not in {"=", "!=", "<", ">", "<=", ">=", "LIKE"}:
            raise _unreadable(self.text)
        return name, operator, self._value()

    def _value(self) -> Any:
        token = self.take()
        if token.startswith("'"):
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if token.lower() in {"true", "false"}:
            return token.lower() == "true"
        if _NUMBER.fullmatch(token):
            return Decimal(token)
        raise _unreadable(self.text)

    def _order(self) -> tuple[str, bool]:
        if self.take().upper() == "ORDER":
            self.expect("BY")
        name, descending = self.take(), False
        if self.is_word("ASC") or self.is_word("DESC"):
            descending = self.take().upper() == "DESC"
        return name, descending

    def _whole(self) -> int:
        token = self.take()
        if not _WHOLE.fullmatch(token.removeprefix("-")):
            raise _unreadable(self.text)
        return int(token)

    def _check_range(self, query: Query) -> None:
        if query.start < 1:
            detail = (
                f"QueryValidationError: value {query.start} is too small. Min allowed value is 1"
            )
            raise Fault("4001", detail)
        if not 0 < query.limit <= MOST:
            detail = (
                f"QueryValidationError: value {query.limit} is out of range. "
                f"Max allowed value is {MOST}"
            )
            raise Fault("4001", detail)
