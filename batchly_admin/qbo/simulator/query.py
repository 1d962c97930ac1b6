"""QuickBooks' query language: one entity, AND only, seven operators, pages of at most a thousand.

https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/data-queries
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from batchly_admin.qbo.simulator.faults import Fault
from batchly_admin.qbo.simulator.specs import SPECS, Spec
from batchly_admin.qbo.simulator.store import Record, Store
from batchly_admin.qbo.simulator.values import at, truth

TOKEN = re.compile(
    r"\s*(?:('(?:[^'\\]|\\.)*')|([A-Za-z_][A-Za-z0-9_.]*)|(-?\d+(?:\.\d+)?)|(<=|>=|[=<>(),*]))"
)
COMMON = ("Id", "MetaData.CreateTime", "MetaData.LastUpdatedTime")
MOST, USUAL = 1000, 100


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
            detail = f"QueryValidationError: Entity {query.entity} is not supported"
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
        if re.fullmatch(r"-?\d+(\.\d+)?", token):
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
        if not token.lstrip("-").isdigit():
            raise _unreadable(self.text)
        return int(token)

    def _check_range(self, query: Query) -> None:
        if query.start < 1:
            detail = (
                f"QueryValidationError: value {query.start} is too small. Min allowed value is 1"
            )
            raise Fault("4001", detail)
        if not 0 < query.limit <= MOST:
            detail = f"QueryValidationError: value {query.limit} is out of range. Max allowed value is {MOST}"
            raise Fault("4001", detail)


def run(store: Store, text: str) -> Record:
    """Answer a statement with the content of QueryResponse.

    Raises:
        Fault: 4000 or 4001.
    """
    query = parse(text)
    spec = SPECS[query.entity]
    for name, _operator, _value in query.where:
        _check_filter(spec, name)
    found = [record for record in store.all(query.entity) if _fits(record, query.where)]
    if spec.family == "name" and not any(name == "Active" for name, *_ in query.where):
        found = [record for record in found if truth(record.get("Active", True))]
    if query.count:
        return {"totalCount": len(found)}
    _sort(found, query, spec)
    page = found[query.start - 1 : query.start - 1 + query.limit]
    if not page:
        return {}
    return {query.entity: page, "startPosition": query.start, "maxResults": len(page)}


def _check_filter(spec: Spec, name: str) -> None:
    if name not in COMMON and name not in spec.filters:
        detail = f"QueryValidationError: Property {name} not found for Entity {spec.kind}"
        raise Fault("4001", detail)


def _sort(found: list[Record], query: Query, spec: Spec) -> None:
    if query.order is None:
        # Nothing promises an order, and newest first was seen: whoever needs one has to say so.
        found.sort(key=lambda one: _key(one["Id"]), reverse=True)
        return
    name, descending = query.order
    if name not in COMMON and name not in spec.filters:
        detail = f"QueryValidationError: Property {name} not found for Entity {spec.kind}"
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
    return (1, Decimal(text)) if text.isdigit() else (2, text)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return value.get("value", value.get("Address"))
    return value


def _fits(record: Record, where: list[tuple[str, str, Any]]) -> bool:
    return all(_holds(_plain(at(record, name)), op, value) for name, op, value in where)


def _holds(found: Any, operator: str, value: Any) -> bool:
    if operator == "IN":
        return any(_holds(found, "=", one) for one in value)
    if operator == "LIKE":
        pattern = re.escape(str(value)).replace("%", ".*")
        return found is not None and bool(
            re.fullmatch(pattern, str(found), re.IGNORECASE | re.DOTALL)
        )
    if found is None:
        return operator == "=" and value == " "
    left, right = _comparable(found, value)
    if operator == "=":
        return bool(left == right)
    try:
        return bool(
            {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[
                operator
            ]
        )
    except TypeError:
        return False


def _comparable(found: Any, value: Any) -> tuple[Any, Any]:
    if isinstance(found, bool) or isinstance(value, bool):
        return truth(found), truth(value)
    if isinstance(found, int | Decimal):
        try:
            return Decimal(found), Decimal(str(value))
        except InvalidOperation:
            return str(found), str(value)
    if re.match(r"\d{4}-\d\d-\d\dT", str(found)):
        return _moment(str(found)), _moment(str(value))
    if isinstance(value, Decimal) or (str(found).isdigit() and str(value).isdigit()):
        return Decimal(str(found)) if str(found).isdigit() else found, Decimal(str(value))
    return str(found).casefold(), str(value).casefold()


def _moment(text: str) -> datetime:
    from batchly_admin.qbo.simulator.values import PACIFIC

    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace(" ", "+"))
    except ValueError:
        detail = f"QueryValidationError: Invalid value {text} for a date and time"
        raise Fault("4001", detail) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)
