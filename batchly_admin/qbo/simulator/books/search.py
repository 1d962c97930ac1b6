"""Answering the query language out of the store: a statement becomes one SELECT over columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from batchly_admin.qbo.simulator.books.entity import Entity, Record, Spec
from batchly_admin.qbo.simulator.books.store import Store
from batchly_admin.qbo.simulator.books.tables import id_key
from batchly_admin.qbo.simulator.wire.fields import DAY, MOMENT, NUMBER, TRUTH
from batchly_admin.qbo.simulator.wire.language import Query, parse
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import PACIFIC, truth

_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


def prepare(store: Store) -> None:
    """Teach the store what statements need."""
    store.define("is_like", 2, _is_like)


def run(store: Store, entities: Mapping[str, Entity], text: str) -> tuple[str, Record]:
    """Answer a statement: give the entity and the content of QueryResponse.

    Records come as JSON texts.

    Raises:
        Fault: 4000 or 4001.
    """
    query = parse(text)
    # Clients write the name in every way: Invoice, invoice, taxCode.
    wanted = query.entity.casefold()
    entity = next((one for kind, one in entities.items() if kind.casefold() == wanted), None)
    if entity is None or "query" not in entity.spec.operations:
        detail = f"QueryValidationError: Entity {query.entity[:60]} is not supported"
        raise Fault("4001", detail)
    spec = entity.spec
    where, values = _where(spec, query, is_list=entity.is_list)
    if query.count:
        found = store.sql(f'SELECT count(*) FROM "{spec.kind}"{where}', values)  # noqa: S608 - columns are checked
        return spec.kind, {"totalCount": found[0][0]}
    extra = {} if query.where else _uncounted(store, spec)
    if extra:
        where, values = f' WHERE "Id" NOT IN ({", ".join("?" * len(extra))})', list(extra)
    order = _order(store, spec, query)
    rows = store.sql(
        f'SELECT body FROM "{spec.kind}"{where} ORDER BY {order} LIMIT ? OFFSET ?',  # noqa: S608
        [*values, query.limit, query.start - 1],
    )
    page = list(extra.values()) if query.start == 1 else []
    page += [body for (body,) in rows]
    if not page:
        return spec.kind, {}
    whole: Record = {spec.kind: page, "startPosition": query.start, "maxResults": len(page)}
    if store.settings().get("total_count"):
        rows = store.sql(f'SELECT count(*) FROM "{spec.kind}"{where}', values)  # noqa: S608 - as above
        whole["totalCount"] = rows[0][0] + len(extra)
    return spec.kind, whole


def _uncounted(store: Store, spec: Spec) -> dict[str, str]:
    """Give the records, by id, that come along in every plain query beyond its limit."""
    found = {one: store.text(spec.kind, one) for one in spec.uncounted}
    return {key: body for key, body in found.items() if body is not None}


def _where(spec: Spec, query: Query, *, is_list: bool) -> tuple[str, list[Any]]:
    parts, values = _inside_lists(spec, query)
    for name, operator, value in query.where:
        if _listed(spec, name) is None:
            part, found = _condition(_column(spec, name), name, operator, value, f'"{name}"')
            parts.append(part)
            values += found
    if is_list and not any(name == "Active" for name, *_ in query.where):
        parts.append('"Active" = 1')
    return (" WHERE " + " AND ".join(parts) if parts else "", values)


def _listed(spec: Spec, name: str) -> str | None:
    """Give a property inside a list as the record spells it; clients spell it in every way."""
    return next((one for one in spec.list_filters if one.casefold() == name.casefold()), None)


def _inside_lists(spec: Spec, query: Query) -> tuple[list[str], list[Any]]:
    """Give a condition for each list that is asked about: one entry of it meets all of them."""
    inside: dict[str, list[str]] = {}
    values: list[Any] = []
    asked = [(_listed(spec, name), operator, value) for name, operator, value in query.where]
    for name, operator, value in sorted((one for one in asked if one[0]), key=itemgetter(0)):
        where, _, path = str(name).partition(".")
        kind = spec.list_filters[str(name)]
        column = f"lower(json_extract(one.value, '$.{path}'))"
        part, found = _condition(kind, str(name), operator, value, column)
        inside.setdefault(where, []).append(part)
        values += found
    parts = [
        f"EXISTS (SELECT 1 FROM json_each(body, '$.{where}') AS one WHERE {' AND '.join(some)})"  # noqa: S608 - names of ours
        for where, some in inside.items()
    ]
    return parts, values


def _column(spec: Spec, name: str) -> str:
    """Give what a property holds.

    Raises:
        Fault: 4001 for a property nobody can ask for.
    """
    kind = spec.columns().get(name)
    if kind is None:
        detail = f"QueryValidationError: Property {name[:60]} not found for Entity {spec.kind}"
        raise Fault("4001", detail)
    return kind


def _condition(
    kind: str, name: str, operator: str, value: Any, column: str
) -> tuple[str, list[Any]]:
    if operator == "IN":
        found = [_value(kind, name, one) for one in value]
        return f"{column} IN ({', '.join('?' * len(found))})", found
    if operator == "LIKE":
        return f"is_like({column}, ?)", [str(value).casefold()]
    if value == " ":
        # A quoted space stands for nothing.
        return {"=": f"{column} IS NULL", "!=": f"{column} IS NOT NULL"}.get(operator, "0"), []
    return f"{column} {operator} ?", [_value(kind, name, value)]


def _value(kind: str, name: str, value: Any) -> Any:
    """Give a value as the column it is compared with holds it.

    Raises:
        Fault: 4001 when it can be none.
    """
    if name == "Id":
        return id_key(value)
    if kind == NUMBER and _NUMBER.fullmatch(str(value)):
        return float(Decimal(str(value)))
    if kind == MOMENT:
        return moment(str(value)).timestamp()
    if kind == TRUTH:
        return int(truth(value))
    if kind == NUMBER or (kind == DAY and not _is_day(str(value))):
        detail = f"QueryValidationError: Invalid value {str(value)[:50]} for {name}"
        raise Fault("4001", detail)
    return str(value).casefold()


def _order(store: Store, spec: Spec, query: Query) -> str:
    if query.order is None and store.settings().get("default_order") == "oldest":
        return '"Id"'
    if query.order is None:
        # Nothing promises an order: lists were seen by name, documents newest first.
        return '"Name", rowid' if spec.kind == "Account" else '"Id" DESC'
    name, descending = query.order
    _column(spec, name)
    if name in spec.unsortable:
        detail = f"QueryValidationError: Property {name} of Entity {spec.kind} is not sortable"
        raise Fault("4001", detail)
    return f'"{name}" {"DESC" if descending else "ASC"}, rowid'


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def moment(text: str) -> datetime:
    """Read a moment of a statement; without an offset it is the Pacific coast's.

    Raises:
        Fault: 4001 when it is none.
    """
    try:
        # A plus sign that nobody encoded arrives as a space.
        found = datetime.fromisoformat(text.replace(" ", "+"))
        found = found if found.tzinfo else found.replace(tzinfo=PACIFIC)
        found.timestamp()
    except (ValueError, OverflowError):
        detail = f"QueryValidationError: Invalid value {text[:50]} for a date and time"
        raise Fault("4001", detail) from None
    return found


def _is_like(text: Any, pattern: str) -> bool:
    """Tell whether a value fits a pattern with %, without ever trying a place twice."""
    if text is None:
        return False
    text = str(text)
    first, *rest = pattern.split("%")
    if not rest:
        return bool(text == first)
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
