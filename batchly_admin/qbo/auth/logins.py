"""Access tokens that work, renewed by one process at a time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from batchly_admin.errors import Reconnect
from batchly_admin.models.sync import QbConnection
from batchly_admin.qbo import crash
from batchly_admin.qbo.auth import grant, oauth
from batchly_admin.qbo.gateway import Access
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services.unit_of_work import SYSTEM, Actor, UnitOfWorks

EARLY = timedelta(minutes=5)


class Logins:
    """Gives working access tokens for a connection, and renews them."""

    def __init__(self, uows: UnitOfWorks, box: TokenBox, access: Access) -> None:
        self._uows = uows
        self._box = box
        self._access = access

    @property
    def access(self) -> Access:
        """What this installation was given to reach QuickBooks."""
        return self._access

    def token(self, connection_id: UUID) -> str:
        """Give an access token that lives for some minutes yet.

        Raises:
            Reconnect: the grant has ended.
            Transient: the login server does not answer.
        """
        with self._uows.read() as session:
            connection = grant.find(session, connection_id)
            if self._is_fresh(connection):
                return self._open(connection, "access_token")
        return self.renew(connection_id, seen=None)

    def renew(self, connection_id: UUID, *, seen: str | None) -> str:
        """Give a newer token than `seen`; ask Intuit only when nobody else just did.

        Raises:
            Reconnect: the grant has ended; the connection says so from now on.
            Transient: the login server does not answer.
        """
        with self._uows.begin(actor=SYSTEM, source="push", summary="QuickBooks login") as uow:
            connection = grant.lock(uow.session, connection_id)
            if self._is_fresh(connection):
                present = self._open(connection, "access_token")
                if present != seen:
                    return present
            access = self.access_of(connection)
            tokens = self._ask(connection, access)
            if tokens is not None:
                grant.keep_tokens(uow, self._box, connection, tokens)
                grant.audit(uow, connection, "qbo.token.renewed")
            else:
                grant.end_login(uow, connection, grant.ENDED)
        crash.point("refresh.after_commit")
        if tokens is None:
            raise Reconnect(grant.ENDED, code="invalid_grant")
        return tokens.access

    def access_of(self, connection: QbConnection) -> Access:
        """Give what reaches this connection's login server: ours, or what its simulator brought."""
        kept = (connection.preferences or {}).get("login")
        if not kept or self._access.client_id:
            return self._access
        subject = grant.subject_of(connection, "client_secret")
        return Access(
            environment=connection.environment,
            client_id=kept["client_id"],
            client_secret=self._box.open(kept["client_secret"], subject=subject),
            redirect_uri=self._access.redirect_uri,
            discovery_url=kept["discovery_url"],
            api_base=connection.base_url,
        )

    def _ask(self, connection: QbConnection, access: Access) -> oauth.Tokens | None:
        for column in ("refresh_token", "previous_refresh_token"):
            if not getattr(connection, column):
                continue
            crash.point("refresh.before_call")
            tokens = oauth.renew(
                access, self._uows.clock, refresh_token=self._open(connection, column)
            )
            crash.point("refresh.after_call")
            if tokens is not None:
                return tokens
        return None

    def _is_fresh(self, connection: QbConnection) -> bool:
        if connection.state != "connected":
            raise Reconnect(grant.ENDED if connection.state == "reconnect" else grant.NOT_CONNECTED)
        if not connection.access_token or connection.token_expires_at is None:
            return False
        return connection.token_expires_at - EARLY > self._uows.clock.now()

    def _open(self, connection: QbConnection, column: str) -> str:
        sealed = getattr(connection, column)
        return self._box.open(sealed, subject=grant.subject_of(connection, column))

    def revoke(self, connection_id: UUID, actor: Actor) -> None:
        """Give the grant back to Intuit and forget the tokens, even when Intuit no longer knows it.

        Raises:
            Transient: the login server does not answer.
        """
        with self._uows.read() as session:
            connection = grant.find(session, connection_id)
            access = self.access_of(connection)
            sealed = connection.refresh_token
            token = self._open(connection, "refresh_token") if sealed else None
        if token:
            oauth.revoke(access, self._uows.clock, refresh_token=token)
        with self._uows.begin(actor=actor, source="form", summary="QuickBooks: disconnect") as uow:
            connection = grant.lock(uow.session, connection_id)
            connection.state = "disconnected"
            connection.access_token = connection.refresh_token = None
            connection.previous_refresh_token = None
            grant.audit(uow, connection, "qbo.disconnected")
