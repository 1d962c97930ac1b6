"""Intuit's OAuth 2.0 server: who the app is, what a consent gives it, and how it goes on.

Access tokens live an hour. A refresh token is good for 100 days since its last use, and a grant for
five years in all. A refresh token changes when it is older than a day, and the one before works for
another day; `strict` rotation changes it at every use and ends the old one at once.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.store import Store
from batchly_admin.qbo.simulator.grants import (
    ACCESS,
    ACCOUNTING,
    OVERLAP,
    REFRESH,
    Consent,
    Grants,
    Token,
)
from batchly_admin.qbo.simulator.openid import Signer

AT_HOME = frozenset({"localhost", "127.0.0.1"})
"""Hosts an app in development may be sent back to without encryption."""
INVALID_GRANT = "Incorrect or invalid refresh token"


class OAuthRefusal(Exception):
    """An answer of the OAuth server that is no success."""

    def __init__(self, status: int, error: str, description: str = "") -> None:
        super().__init__(description or error)
        self.status = status
        self.body = {"error_description": description} if description else {}
        self.body["error"] = error


class OAuth:
    """One app and the grants it has to companies; everything is kept in the file."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.store = store
        for key, value in (
            ("client_id", "AB" + secrets.token_hex(24)),
            ("client_secret", secrets.token_urlsafe(30)),
            ("realm_id", new_realm()),
            ("webhook_verifier_token", secrets.token_urlsafe(27)),
        ):
            if key not in store.meta:
                store.set(key, value)
        self.grants = Grants(store.database, now)
        self.signer = Signer(store)

    def fact(self, name: str) -> str:
        """Give one of the app's fixed values; `realm_id` is the main company's."""
        return str(self.store.meta[name])

    def setting(self, name: str) -> Any:
        """Give a switch of the control page."""
        return self.store.settings().get(name)

    def is_client(self, client_id: str, secret: str) -> bool:
        """Tell whether these are the app's own id and secret."""
        return (client_id, secret) == (self.fact("client_id"), self.fact("client_secret"))

    def may_return_to(self, address: str) -> bool:
        """Tell whether an address is registered for the app.

        The setting `redirect_uris` holds the registered ones, which have to match exactly. As long
        as there is none, any address with https will do, and any of this machine.
        """
        registered = self.setting("redirect_uris")
        if registered:
            return address in registered
        try:
            parts = urlsplit(address)
            host = parts.hostname
        except ValueError:
            return False
        return not parts.fragment and bool(
            (parts.scheme == "https" and host) or (parts.scheme == "http" and host in AT_HOME)
        )

    def current_refresh_token(self) -> str:
        """Give a refresh token of the main company that works; make a grant if there is none."""
        realm = self.fact("realm_id")
        return self.grants.current(realm) or str(self.grant(realm, ACCOUNTING)["refresh_token"])

    def grant(self, realm: str, scope: str) -> Record:
        """Open a new grant and give its tokens."""
        with self.store.write():
            consent = self.grants.consent(realm, scope)
            return self._answer(self.grants.new_refresh(consent), consent)

    def exchange(self, code: str, redirect_uri: str) -> Record:
        """Turn a code into tokens.

        Raises:
            OAuthRefusal: the code is unknown, used or old, or the address differs.
        """
        with self.store.lock:
            # Taken before anything is checked: a code that was tried is a code that was used.
            found = self.grants.take_code(code)
            if found is None:
                raise OAuthRefusal(400, "invalid_grant", "Invalid authorization code")
            realm, scope, asked = found
            if asked != redirect_uri:
                raise OAuthRefusal(400, "invalid_grant", "The redirect_uri does not match")
            return self.grant(realm, scope)

    def refresh(self, text: str) -> Record:
        """Give new tokens for a refresh token.

        Raises:
            OAuthRefusal: the token is unknown, revoked, replaced or too old.
        """
        is_strict = self.setting("rotation") == "strict"
        with self.store.lock:
            token = self.grants.refresh(text)
            if token is None or (is_strict and token.successor is not None):
                description = str(self.setting("invalid_grant_text") or INVALID_GRANT)
                raise OAuthRefusal(400, "invalid_grant", description)
            with self.store.write():
                kept = self._following(token, is_strict=is_strict)
                self.grants.prolong(kept)
                return self._answer(kept, token.consent)

    def _following(self, token: Token, *, is_strict: bool) -> str:
        """Give the refresh token to keep from now on."""
        if token.successor is not None:
            return token.successor
        if is_strict:
            return self.grants.replace_at_once(token)
        if self.grants.moment() - token.since > OVERLAP.total_seconds():
            return self.grants.replace(token)
        return token.text

    def _answer(self, refresh: str, consent: Consent) -> Record:
        now = self.grants.moment()
        answer = {
            "token_type": "bearer",
            "access_token": self.grants.new_access(consent),
            "expires_in": int(ACCESS.total_seconds()),
            "refresh_token": refresh,
            "x_refresh_token_expires_in": int(min(REFRESH.total_seconds(), consent.hard - now)),
        }
        if "openid" in consent.scopes:
            answer["id_token"] = self.signer.id_token(
                self.fact("client_id"), consent.realm, at=now, since=consent.first
            )
        return answer

    def hard_seconds(self, refresh: str) -> int:
        """Give the seconds until the absolute end of a working refresh token's grant."""
        token = self.grants.refresh(refresh)
        return int(token.consent.hard - self.grants.moment()) if token is not None else 0

    def opened_by(self, access_token: str) -> Consent | None:
        """Give what an access token opens, or None when it is no good."""
        return self.grants.opened_by(access_token)

    def expire_access(self) -> None:
        """End every access token, as an hour would."""
        self.grants.expire_access()

    def disconnect(self, realm: str | None = None) -> None:
        """End every grant of a company, as the customer does in QuickBooks' list of apps.

        Without a company it is the main one.
        """
        self.grants.disconnect(realm or self.fact("realm_id"))

    def counts(self) -> dict[str, int]:
        """Give how many tokens of either kind work now."""
        return self.grants.counts()


def new_realm() -> str:
    """Give the id of a company."""
    return str(9_130_000_000_000_000 + secrets.randbelow(10**14))
