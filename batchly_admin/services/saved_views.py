"""Saved views: shared ones, private ones, and each person's own layer over a shared one.

Two people on one view never affect each other: what one saves for oneself is a layer of one's own;
only "for everyone" changes the view, and only over the version that was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from batchly_admin.errors import InvalidInput, NotAllowed, NotFound, StaleEdit
from batchly_admin.models.company import SavedView
from batchly_admin.services.unit_of_work import UnitOfWork

MAX_NAME = 80
MAX_VIEWS = 200
EDIT, CREATE = "saved_views:edit", "saved_views:create"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a person with rights."""

    user_id: UUID
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class PersonalView:
    """A view as one person has it; `shared_state` is what reset brings back."""

    id: UUID
    name: str
    version: int
    is_shared: bool
    is_mine: bool
    is_pinned: bool
    is_layered: bool
    may_change: bool
    state: Mapping[str, Any]


def views_of(session: Session, table_name: str, viewer: Viewer) -> list[PersonalView]:
    """Give the views of a table that a person has: the shared ones and their own."""
    rows = session.scalars(
        sa.select(SavedView)
        .where(
            SavedView.table_name == table_name,
            sa.or_(
                SavedView.user_id == viewer.user_id,
                sa.and_(SavedView.is_shared, SavedView.base_id.is_(None)),
            ),
        )
        .order_by(SavedView.position, SavedView.name, SavedView.id)
        # Each of them may have a layer of the person's own.
        .limit(2 * MAX_VIEWS)
    ).all()
    layers = {row.base_id: row for row in rows if row.base_id is not None}
    return [_personal(row, layers.get(row.id), viewer) for row in rows if row.base_id is None]


def view_of(session: Session, table_name: str, view_id: UUID, viewer: Viewer) -> PersonalView:
    """Give one view as a person has it.

    Raises:
        NotFound: when there is none, or it is somebody else's own.
    """
    row = _visible(session, table_name, view_id, viewer)
    return _personal(row, _layer(session, row, viewer), viewer)


def create(
    uow: UnitOfWork,
    table_name: str,
    viewer: Viewer,
    state: Mapping[str, Any],
    details: Mapping[str, Any],
) -> UUID:
    """Save a state under a new name, for oneself or shared.

    Raises:
        NotAllowed: when the person may not save, or not share.
        InvalidInput: for a name that is missing or taken.
    """
    shared = details.get("shared") is True
    if (EDIT if shared else CREATE) not in viewer.rights:
        raise NotAllowed
    there = views_of(uow.session, table_name, viewer)
    if len(there) >= MAX_VIEWS:
        msg = "There are too many views of this table; delete some first."
        raise InvalidInput(msg, field="name")
    made = SavedView(
        user_id=viewer.user_id,
        table_name=table_name,
        name=_name(details.get("name"), {one.name for one in there}),
        state=dict(state),
        is_shared=shared,
        is_pinned=details.get("pinned") is True,
        position=len(there) + 1,
    )
    uow.session.add(made)
    uow.session.flush()
    return made.id


def save_for_me(
    uow: UnitOfWork, table_name: str, view_id: UUID, viewer: Viewer, state: Mapping[str, Any]
) -> None:
    """Keep a state for the person alone: in their own view, or as a layer over a shared one.

    Raises:
        NotFound: when the person has no such view.
    """
    row = _visible(uow.session, table_name, view_id, viewer)
    if row.is_shared:
        _own_layer(uow, row, viewer).state = dict(state)
    else:
        row.state = dict(state)


def save_for_everyone(
    uow: UnitOfWork,
    table_name: str,
    view_id: UUID,
    viewer: Viewer,
    state: Mapping[str, Any],
    *,
    seen_version: object,
) -> None:
    """Change a shared view itself; layers of other people stay theirs.

    Raises:
        NotAllowed: when the person may not change shared views.
        StaleEdit: when somebody changed it since the person opened it.
    """
    row = _changeable(uow.session, table_name, view_id, viewer)
    if row.version != seen_version:
        msg = f"Somebody changed the view {row.name} meanwhile. Reload it, or save yours anew."
        raise StaleEdit(msg)
    row.state = dict(state)
    layer = _layer(uow.session, row, viewer)
    if layer is not None:
        layer.state = {}


def reset(uow: UnitOfWork, table_name: str, view_id: UUID, viewer: Viewer) -> None:
    """Take the person's own layer away.

    Raises:
        NotFound: when the person has no such view.
    """
    row = _visible(uow.session, table_name, view_id, viewer)
    layer = _layer(uow.session, row, viewer)
    if layer is None:
        return
    if layer.is_pinned == row.is_pinned:
        uow.session.delete(layer)
    else:
        layer.state = {}


def pin(uow: UnitOfWork, table_name: str, view_id: UUID, viewer: Viewer, *, pinned: bool) -> None:
    """Make a view one of the person's tabs, or no longer.

    Raises:
        NotFound: when the person has no such view.
    """
    row = _visible(uow.session, table_name, view_id, viewer)
    if row.is_shared:
        _own_layer(uow, row, viewer).is_pinned = pinned
    else:
        row.is_pinned = pinned


def change(
    uow: UnitOfWork, table_name: str, view_id: UUID, viewer: Viewer, details: Mapping[str, Any]
) -> None:
    """Rename a view, share it, or give it to everybody as a tab.

    Raises:
        NotAllowed: when it is shared, or shall be, and the person may not change shared views.
        InvalidInput: for a name that is missing or taken.
    """
    row = _changeable(uow.session, table_name, view_id, viewer)
    there = views_of(uow.session, table_name, viewer)
    row.name = _name(details.get("name", row.name), {o.name for o in there if o.id != row.id})
    shared = details.get("shared", row.is_shared)
    if shared is not row.is_shared:
        if shared is not True or EDIT not in viewer.rights:
            msg = "A shared view stays shared; delete it, or save a copy for yourself."
            raise InvalidInput(msg, field="shared")
        row.is_shared = True
    if isinstance(details.get("pinned"), bool):
        row.is_pinned = details["pinned"]


def delete(uow: UnitOfWork, table_name: str, view_id: UUID, viewer: Viewer) -> None:
    """Delete a view and every layer over it.

    Raises:
        NotAllowed: when it is shared and the person may not change shared views.
    """
    row = _changeable(uow.session, table_name, view_id, viewer)
    for layer in uow.session.scalars(sa.select(SavedView).where(SavedView.base_id == row.id)):
        uow.session.delete(layer)
    uow.session.flush()
    uow.session.delete(row)


def _personal(row: SavedView, layer: SavedView | None, viewer: Viewer) -> PersonalView:
    layered = layer is not None and bool(layer.state)
    return PersonalView(
        id=row.id,
        name=row.name,
        version=row.version,
        is_shared=row.is_shared,
        is_mine=row.user_id == viewer.user_id,
        is_pinned=row.is_pinned if layer is None else layer.is_pinned,
        is_layered=layered,
        may_change=_may_change(row, viewer),
        state=layer.state if layer is not None and layered else row.state,
    )


def _may_change(row: SavedView, viewer: Viewer) -> bool:
    return EDIT in viewer.rights if row.is_shared else row.user_id == viewer.user_id


def _visible(session: Session, table_name: str, view_id: UUID, viewer: Viewer) -> SavedView:
    row = session.get(SavedView, view_id)
    if row is None or row.table_name != table_name or row.base_id is not None:
        msg = "This view is not there any more."
        raise NotFound(msg)
    if not row.is_shared and row.user_id != viewer.user_id:
        # Somebody's own view is nobody else's business, its existence included.
        msg = "This view is not there any more."
        raise NotFound(msg)
    return row


def _changeable(session: Session, table_name: str, view_id: UUID, viewer: Viewer) -> SavedView:
    row = _visible(session, table_name, view_id, viewer)
    if not _may_change(row, viewer):
        raise NotAllowed
    return row


def _layer(session: Session, row: SavedView, viewer: Viewer) -> SavedView | None:
    return session.scalar(
        sa.select(SavedView).where(SavedView.base_id == row.id, SavedView.user_id == viewer.user_id)
    )


def _own_layer(uow: UnitOfWork, row: SavedView, viewer: Viewer) -> SavedView:
    found = _layer(uow.session, row, viewer)
    if found is not None:
        return found
    made = SavedView(
        user_id=viewer.user_id,
        table_name=row.table_name,
        name=row.name,
        state={},
        is_pinned=row.is_pinned,
        base_id=row.id,
        position=row.position,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(made)
            uow.session.flush()
    except IntegrityError:
        # The same person saved in another tab at the same moment.
        found = _layer(uow.session, row, viewer)
        if found is None:
            raise
        return found
    return made


def _name(text: object, taken: set[str]) -> str:
    name = " ".join(str(text or "").split())
    if not name or len(name) > MAX_NAME or "\x00" in name:
        msg = f"A view needs a name of at most {MAX_NAME} characters."
        raise InvalidInput(msg, field="name")
    if name.casefold() in {one.casefold() for one in taken}:
        msg = f"There is a view called {name} already."
        raise InvalidInput(msg, field="name")
    return name
