"""The grant as it stands in the connection's row: made, kept, re-encrypted, ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.notices import NoticeKind
from batchly_admin.errors import Conflict, NotFound
from batchly_admin.models.changes import AuditEvent
from batchly_admin.models.company import Notification
from batchly_admin.models.sync import QbConnection
from batchly_admin.models.synced import SYNCED
from batchly_admin.qbo.auth.oauth import Tokens
from batchly_admin.qbo.gateway import Access
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services import notices
from batchly_admin.services.outbox import organization_id
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork, UnitOfWorks

DEFAULT_REFRESH_LIFE = timedelta(days=100)
ENDED = "The login to QuickBooks has ended; an admin has to connect again."
NOT_CONNECTED = "Waits for a QuickBooks connection."


class OtherCompany(Conflict):
    """Records here are linked to another QuickBooks company."""

    code = "other_company"


def connect(
    uow: UnitOfWork,
    box: TokenBox,
    *,
    access: Access,
    realm_id: str,
    tokens: Tokens | None = None,
    refresh_token: str | None = None,
) -> QbConnection:
    """Record the grant to a company; the one we had is renewed, another company is refused.

    Raises:
        Conflict: records are linked to another QuickBooks company.
    """
    connection = _row_for(uow, realm_id, access)
    connection.base_url = access.base_url
    connection.environment = access.environment
    connection.state = "connected"
    connection.connected_at = uow.now()
    connection.connected_by_id = uow.actor.user_id
    connection.last_error = None
    connection.breaker_failures = 0
    connection.breaker_opened_count = 0
    connection.breaker_open_until = None
    uow.session.flush()
    if tokens is not None:
        keep_tokens(uow, box, connection, tokens)
    elif refresh_token is not None:
        _keep_refresh(box, connection, refresh_token)
    audit(uow, connection, "qbo.connected")
    uow.ring_after_commit("push")
    return connection


def connect_simulator(uows: UnitOfWorks, box: TokenBox, details: Mapping[str, Any]) -> UUID:
    """Make the simulator the connected company; nothing changes when it already is.

    `details` is the line the simulator prints when it answers. A connection that a person ended
    stays ended.
    """
    realm_id = str(details["realm_id"])
    access = Access(
        environment="simulator",
        client_id=str(details["client_id"]),
        client_secret=str(details["client_secret"]),
        discovery_url=str(details["discovery_url"]),
        api_base=str(details["api_base"]).rstrip("/"),
    )
    with uows.begin(actor=SYSTEM, source="cli", summary="QuickBooks simulator") as uow:
        found = uow.session.scalar(
            sa.select(QbConnection).where(QbConnection.realm_id == realm_id).with_for_update()
        )
        if found is not None and found.state == "disconnected":
            return found.id
        is_first = found is None
        given = str(details["refresh_token"])
        if found is None or not _is_same(found, box, access, given):
            found = connect(uow, box, access=access, realm_id=realm_id, refresh_token=given)
        if is_first:
            # Nobody keeps books in it that a set-up would have to be careful with.
            found.went_live_at = uow.now()
        _keep_login(box, found, access)
        return found.id


def _is_same(found: QbConnection, box: TokenBox, access: Access, given: str) -> bool:
    if found.state != "connected" or found.base_url != access.base_url:
        return False
    subject = subject_of(found, "refresh_token")
    return bool(found.refresh_token) and box.open(found.refresh_token or "", subject=subject) == (
        given
    )


def _keep_refresh(box: TokenBox, connection: QbConnection, given: str) -> None:
    # The one we had may be newer than the one given: it stays as the second to be tried.
    subject = subject_of(connection, "refresh_token")
    previous = subject_of(connection, "previous_refresh_token")
    if connection.refresh_token:
        had = box.open(connection.refresh_token, subject=subject)
        connection.previous_refresh_token = box.seal(had, subject=previous)
    connection.refresh_token = box.seal(given, subject=subject)
    connection.access_token = None
    connection.token_expires_at = None


def _keep_login(box: TokenBox, connection: QbConnection, access: Access) -> None:
    kept = dict(connection.preferences or {})
    login = kept.get("login") or {}
    subject = subject_of(connection, "client_secret")
    same_secret = login.get("client_secret") and (
        box.open(login["client_secret"], subject=subject) == access.client_secret
    )
    if (
        same_secret
        and login.get("client_id") == access.client_id
        and (login.get("discovery_url") == access.discovery_url)
    ):
        return
    kept["login"] = {
        "client_id": access.client_id,
        "client_secret": box.seal(access.client_secret or "", subject=subject),
        "discovery_url": access.discovery_url,
    }
    connection.preferences = kept


def keep_tokens(uow: UnitOfWork, box: TokenBox, connection: QbConnection, tokens: Tokens) -> None:
    """Write new tokens into the connection's row; the refresh token before them stays for a day."""
    now = uow.now()
    subject = subject_of(connection, "refresh_token")
    had = box.open(connection.refresh_token, subject=subject) if connection.refresh_token else None
    if had and had != tokens.refresh:
        previous = subject_of(connection, "previous_refresh_token")
        connection.previous_refresh_token = box.seal(had, subject=previous)
    connection.access_token = box.seal(
        tokens.access, subject=subject_of(connection, "access_token")
    )
    connection.refresh_token = box.seal(tokens.refresh, subject=subject)
    connection.token_expires_at = now + timedelta(seconds=tokens.expires_in)
    life = tokens.refresh_expires_in
    connection.refresh_token_expires_at = now + (
        timedelta(seconds=life) if life else DEFAULT_REFRESH_LIFE
    )
    if tokens.hard_expires_in:
        connection.refresh_token_hard_expires_at = now + timedelta(seconds=tokens.hard_expires_in)


def rotate_tokens(uow: UnitOfWork, box: TokenBox) -> int:
    """Encrypt every stored token with the newest key; give how many connections changed."""
    changed = 0
    for connection in uow.session.scalars(sa.select(QbConnection).with_for_update()):
        before = _sealed(connection)
        for column in ("access_token", "refresh_token", "previous_refresh_token"):
            sealed = getattr(connection, column)
            if sealed:
                setattr(
                    connection, column, box.rotate(sealed, subject=subject_of(connection, column))
                )
        kept = dict(connection.preferences or {})
        if login := kept.get("login"):
            secret = box.rotate(
                login["client_secret"], subject=subject_of(connection, "client_secret")
            )
            if secret != login["client_secret"]:
                connection.preferences = kept | {"login": {**login, "client_secret": secret}}
        changed += before != _sealed(connection)
    return changed


def _sealed(connection: QbConnection) -> tuple[Any, ...]:
    login = (connection.preferences or {}).get("login") or {}
    return (
        connection.access_token,
        connection.refresh_token,
        connection.previous_refresh_token,
        login.get("client_secret"),
    )


def audit(uow: UnitOfWork, connection: QbConnection, event: str) -> None:
    """Write down that the grant was used or changed; never with a token in it."""
    uow.session.add(
        AuditEvent(
            user_id=uow.actor.user_id,
            actor_name=uow.actor.name,
            event=event,
            subject=f"QuickBooks company {connection.realm_id}",
            address=uow.actor.address,
        )
    )


def end_login(uow: UnitOfWork, connection: QbConnection, words: str) -> None:
    """Mark the login as lost and tell the admins; once is enough."""
    if connection.state != "connected":
        return
    connection.state = "reconnect"
    connection.last_error = words
    connection.access_token = None
    audit(uow, connection, "qbo.login_ended")
    uow.session.add(
        Notification(
            kind="quickbooks_reconnect",
            title="QuickBooks has to be connected again",
            body=f"{words} Nothing is lost: everything waiting goes out afterwards.",
            link="/admin/quickbooks/connect",
        )
    )
    notices.notify(
        uow,
        NoticeKind.LOGIN_LOST,
        "QuickBooks has to be connected again",
        [words, "Nothing is lost: everything waiting goes out when an admin has connected again."],
        connection.realm_id,
    )


def _row_for(uow: UnitOfWork, realm_id: str, access: Access) -> QbConnection:
    rows = list(uow.session.scalars(sa.select(QbConnection).with_for_update()))
    for row in rows:
        if row.realm_id == realm_id:
            return row
    if rows and is_linked(uow.session):
        name = rows[0].company_name or f"number {rows[0].realm_id}"
        raise OtherCompany(
            f"Records here are linked to another QuickBooks company, {name}. "
            "An admin has to re-link them before this company can be connected."
        )
    row = rows[0] if rows else QbConnection(organization_id=organization_id(uow.session))
    row.company_id = row.realm_id = realm_id
    row.environment, row.base_url = access.environment, access.base_url
    # How to log in belongs to the installation, not to the company.
    row.preferences = {
        key: kept for key, kept in (row.preferences or {}).items() if key == "login"
    } or None
    row.company_info = row.company_name = None
    row.went_live_at = None
    row.access_token = row.refresh_token = row.previous_refresh_token = None
    if not rows:
        uow.session.add(row)
    return row


def is_linked(session: Session) -> bool:
    """Tell whether any record of ours is linked to a record of the connected company."""
    for kind in SYNCED.values():
        column = getattr(kind.model, kind.id_column)
        if session.scalar(sa.select(kind.model.id).where(column.is_not(None)).limit(1)):
            return True
    return False


def find(session: Session, connection_id: UUID) -> QbConnection:
    """Give the connection.

    Raises:
        NotFound: it is gone.
    """
    connection = session.get(QbConnection, connection_id)
    if connection is None:
        raise NotFound("The QuickBooks connection is gone.")
    return connection


def lock(session: Session, connection_id: UUID) -> QbConnection:
    """Give the connection, locked until the transaction ends.

    Raises:
        NotFound: it is gone.
    """
    connection = session.get(QbConnection, connection_id, with_for_update=True)
    if connection is None:
        raise NotFound("The QuickBooks connection is gone.")
    return connection


def subject_of(connection: QbConnection, field: str) -> str:
    """Give what a sealed field is bound to."""
    return f"{connection.organization_id}|{field}"
