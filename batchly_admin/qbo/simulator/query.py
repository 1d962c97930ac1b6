"""QuickBooks' query language: one entity, AND only, seven operators, pages of at most a thousand.

https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/data-queries
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from batchly_admin.qbo.simulator.faults import Fault
from batchly_admin.qbo.simulator.indexes import Record
from batchly_admin.qbo.simulator.specs import SPECS, Spec
from batchly_admin.qbo.simulator.store import Store
from batchly_admin.qbo.simulator.values import PACIFIC, at, truth

TOKEN = re.compile(
    r"\s*(?:('(?:[^'\\]|\\.)*')|([A-Za-z_][A-Za-z0-9_.]*)|(-?[0-9]+(?:\.[0-9]+)?)|(<=|>=|[=<>(),*]))"
)
COMMON = ("Id", "MetaData.CreateTime", "MetaData.LastUpdatedTime")
MOST, USUAL = 1000, 100
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": lt,
    ">": gt,
    "<=": le,
    ">=": ge,
}
NAMED = frozenset({"Customer", "Vendor", "Employee", "Term", "PaymentMethod"})
"""Their names are unique as they are; others stand below one another."""
UNSORTABLE = {"CustomerRef"}
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
        if query.entity not in SPECS:
            detail = f"QueryValidationError: Entity {query.entity[:60]} is not supported"
            raise Fault("4001", detail)
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
        if operator not in {"=", "<", ">", "<=", ">=", "LIKE"}:
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


def run(store: Store, text: str) -> Record:
    """Answer a statement with the content of QueryResponse.

    Raises:
        Fault: 4000 or 4001.
    """
    query = parse(text)
    spec = SPECS[query.entity]
    for name, _operator, value in query.where:
        _check_filter(spec, name)
        for one in value if isinstance(value, list) else [value]:
            _check_value(name, one)
    found = [record for record in _candidates(store, query) if _fits(record, query.where)]
    if spec.family == "name" and not any(name == "Active" for name, *_ in query.where):
        found = [record for record in found if truth(record.get("Active", True))]
    if query.count:
        return {"totalCount": len(found)}
    _sort(found, query, spec)
    page = found[query.start - 1 : query.start - 1 + query.limit]
    if not page:
        return {}
    return {query.entity: page, "startPosition": query.start, "maxResults": len(page)}


def _candidates(store: Store, query: Query) -> list[Record]:
    """Give the records that can fit: by their id, number or name where one is asked for."""
    indexes, kind = store.indexes, query.entity
    for name, operator, value in query.where:
        ids: list[str] | None = None
        if name == "Id" and operator in {"=", "IN"}:
            ids = [str(one) for one in (value if isinstance(value, list) else [value])]
        elif name == "DocNumber" and operator == "=" and value != " ":
            ids = list(indexes.numbers.get((kind, str(value).casefold()), ()))
        elif name == SPECS[kind].name_field and operator == "=" and kind in NAMED:
            holders = indexes.names.get((SPECS[kind].name_space, str(value).casefold()), {})
            ids = [record_id for holder, record_id in holders if holder == kind]
        if ids is not None:
            found = (store.get(kind, one) for one in dict.fromkeys(ids))
            return [record for record in found if record is not None]
    return store.all(kind)


def _check_filter(spec: Spec, name: str) -> None:
    if name not in COMMON and name not in spec.filters:
        detail = f"QueryValidationError: Property {name[:60]} not found for Entity {spec.kind}"
        raise Fault("4001", detail)


def _check_value(name: str, value: Any) -> None:
    """Check a value against what its property holds; a quoted space stands for nothing."""
    text = str(value)
    if text == " " or "%" in text:
        return
    if name.endswith("Time"):
        _moment(text)
    elif (name.endswith("Date") and not _is_day(text)) or (
        name in {"Balance", "TotalAmt"} and not _NUMBER.fullmatch(text)
    ):
        detail = f"QueryValidationError: Invalid value {text[:50]} for {name}"
        raise Fault("4001", detail)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def _sort(found: list[Record], query: Query, spec: Spec) -> None:
    if query.order is None:
        # Nothing promises an order, and newest first was seen: whoever needs one has to say so.
        found.sort(key=lambda one: _key(one["Id"]), reverse=True)
        return
    name, descending = query.order
    _check_filter(spec, name)
    if name in UNSORTABLE:
        detail = f"QueryValidationError: Property {name} of Entity {spec.kind} is not sortable"
        raise Fault("4001", detail)
    found.sort(key=lambda one: _key(_plain(at(one, name))), reverse=descending)


def _key(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, "")
    if isinstance(value, bool):
        return (1, int(value))
    if isinstance(value, int | Decimal):
        return (1, Decimal(value))
    text = str(value)
    return (1, Decimal(text)) if _WHOLE.fullmatch(text) else (2, text)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return value.get("value", value.get("Address"))
    return value


def _fits(record: Record, where: list[tuple[str, str, Any]]) -> bool:
    return all(_holds(_found(record, name), op, value) for name, op, value in where)


def _found(record: Record, name: str) -> Any:
    """Give what a property holds; only ids are texts that count as numbers."""
    value = _plain(at(record, name))
    return int(value) if name == "Id" and _WHOLE.fullmatch(value) else value


def _holds(found: Any, operator: str, value: Any) -> bool:
    if operator == "IN":
        return any(_holds(found, "=", one) for one in value)
    if operator == "LIKE":
        return found is not None and _is_like(str(found).casefold(), str(value).casefold())
    if found is None:
        return operator == "=" and value == " "
    left, right = _comparable(found, value)
    if operator == "=":
        return bool(left == right)
    try:
        return bool(COMPARISONS[operator](left, right))
    except TypeError:
        return False


def _is_like(text: str, pattern: str) -> bool:
    """Tell whether a text fits a pattern with %, without ever trying a place twice."""
    first, *rest = pattern.split("%")
    if not rest:
        return text == first
    *middle, last = rest
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    place, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True


def _comparable(found: Any, value: Any) -> tuple[Any, Any]:
    if isinstance(found, bool) or isinstance(value, bool):
        return truth(found), truth(value)
    if isinstance(found, int | Decimal):
        return Decimal(found), Decimal(str(value)) if _NUMBER.fullmatch(str(value)) else None
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", str(found)):
        return _moment(str(found)), _moment(str(value))
    return str(found).casefold(), str(value).casefold()


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        detail = f"QueryValidationError: Invalid value {text[:50]} for a date and time"
        raise Fault("4001", detail) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)
