"""The records that pasted names stand for, and those they look like when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.grid import matching
from batchly_admin.grid.naming import Option, Unclear, named, option_of, options_of
from batchly_admin.grid.table import Table
from batchly_admin.grid.values import is_storable

NEAR_TEXTS, NEAR_ROWS, NEAR_EACH = 60, 2_000, 4
ALIKE = 0.72


def resolve(
    session: Session, target: Table, texts: Sequence[str], *, names_only: bool = False
) -> tuple[dict[str, Option], dict[str, Unclear]]:
    """Give the record each text names, and what is unclear about the others.

    A name that nobody has comes with the records it looks like. `names_only` is for those who may
    not look at the table: they get to know no more than names.
    """
    clear, unclear = named(session, target, texts, names_only=names_only)
    missing = [one.text for one in unclear.values() if one.missing]
    near = _near(session, target, missing[:NEAR_TEXTS], names_only=names_only)
    for text, options in near.items():
        unclear[text] = Unclear(text, unclear[text].reason, options, missing=True)
    return clear, unclear


def _near(
    session: Session, target: Table, texts: Sequence[str], *, names_only: bool
) -> dict[str, tuple[Option, ...]]:
    """Give the records whose labels look like each text, the likest first: one query for all."""
    storable = [text for text in texts if is_storable(text)]
    if not storable:
        return {}
    label = target.model.__table__.c[target.label_column]
    if not isinstance(label.type, sa.String):
        return {}
    begins = {text[:3] for text in storable}
    words = {word for text in storable for word in text.split() if len(word) > 3}
    conditions = [matching.starts_with(label, part) for part in sorted(begins)]
    conditions += [matching.contains(label, word) for word in sorted(words)[: 2 * NEAR_TEXTS]]
    rows = session.connection().execute(
        options_of(target, names_only=names_only)
        .where(sa.or_(*conditions))
        .order_by(label)
        .limit(NEAR_ROWS)
    )
    known = [option for row in rows if (option := option_of(*row)).active]
    return {text: _likest(text, known) for text in storable}


def _likest(text: str, known: Sequence[Option]) -> tuple[Option, ...]:
    folded = text.casefold()
    scored = []
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(folded)
    for option in known:
        label = option.label.casefold()
        matcher.set_seq1(label)
        within = min(len(label), len(folded)) > 2 and (label in folded or folded in label)
        if within or (matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE):
            scored.append((matcher.ratio(), option))
    scored.sort(key=lambda one: (-one[0], one[1].label))
    return tuple(option for _score, option in scored[:NEAR_EACH])
