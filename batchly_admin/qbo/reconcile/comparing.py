"""Lay two sides of one record beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from batchly_admin.qbo.reconcile.records import Found, Line, Ours, Scope, Shares, Side, Theirs

SPELLED_LINES = 20
VALUES = (
    ("amount", "amount", "total"),
    ("tax", "amount", "tax"),
    ("rate", "amount", "rate"),
    ("customer", "customer", "customer"),
    ("number", "number", "number"),
    ("day", "date", "date"),
)
"""Attribute, kind of difference, field; each is compared where our side says something."""


def compare(ours: Ours, theirs: Theirs, scope: Scope) -> Iterator[Found]:
    """Give every difference between a record and its copy."""
    base = Found("", ours.says.label, ours.id, theirs.qbo_id)
    mine, other = ours.says, theirs.says
    if mine.is_void or other.is_void:
        if mine.is_void != other.is_void:
            yield replace(
                base, kind="voided", ours=_state(mine.is_void), theirs=_state(other.is_void)
            )
        return
    if mine.is_active != other.is_active:
        yield replace(
            base, kind="inactive", ours=_use(mine.is_active), theirs=_use(other.is_active)
        )
    for name, kind, field in VALUES:
        left, right = getattr(mine, name), getattr(other, name)
        if name == "customer":
            left = scope.merged.get(left, left)
        if left is not None and left != right:
            yield replace(base, kind=kind, field=field, ours=spell(left), theirs=spell(right))
    yield from _lines(base, mine, other)
    yield from _open(base, mine, other, is_explained=theirs.qbo_id in scope.explained)


def _lines(base: Found, mine: Side, other: Side) -> Iterator[Found]:
    if mine.lines is not None and mine.lines != other.lines:
        told = (_spell_lines(mine.lines), _spell_lines(other.lines or ()))
        yield replace(base, kind="lines", field="lines", ours=told[0], theirs=told[1])


def _open(base: Found, mine: Side, other: Side, *, is_explained: bool) -> Iterator[Found]:
    """Compare what is still open; where the total differs, that says it already."""
    if mine.shares is not None and dict(mine.shares) != dict(other.shares or ()):
        told = (_spell_shares(mine.shares), _spell_shares(other.shares or ()))
        yield replace(base, kind="balance", field="applied", ours=told[0], theirs=told[1])
    if mine.balance is None or mine.amount != other.amount or is_explained:
        return
    if mine.balance != other.balance:
        told = (spell(mine.balance), spell(other.balance))
        yield replace(base, kind="balance", field="balance", ours=told[0], theirs=told[1])


def spell(value: object) -> str:
    """Give a value as it is written down; money with its cents."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}" if value == round(value, 2) else f"{value.normalize():f}"
    return str(value)


def _state(is_void: bool) -> str:  # noqa: FBT001 - a value, not a switch
    return "void" if is_void else "open"


def _use(is_active: bool) -> str:  # noqa: FBT001 - a value, not a switch
    return "active" if is_active else "inactive"


def _spell_lines(lines: tuple[Line, ...]) -> str:
    words = "; ".join(line.spell() for line in lines[:SPELLED_LINES])
    return f"{len(lines)} {'line' if len(lines) == 1 else 'lines'}: {words}"


def _spell_shares(shares: Shares) -> str:
    told = (f"{amount:.2f} on invoice {qbo_id}" for qbo_id, amount in sorted(shares))
    return ", ".join(told) or "nothing"
