"""The tokens of the app: what each opens, how long it lives and how it follows the one before.

They have a table of their own, since every request looks one up and a busy client renews them by
the thousand. A grant is one consent of one company; revoking it deletes its tokens. What has ended
by its age comes back when the clock is put back, until it is swept away.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from batchly_admin.qbo.simulator.books.database import Database

ACCESS = timedelta(hours=1)
REFRESH = timedelta(days=100)
HARD = timedelta(days=5 * 365)
OVERLAP = timedelta(hours=24)
CODE = timedelta(minutes=10)
ACCOUNTING = "com.intuit.quickbooks.accounting"

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS codes (code TEXT PRIMARY KEY, realm TEXT, scope TEXT,
    redirect_uri TEXT, until REAL)""",
    """CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, kind TEXT, grant_id TEXT,
    realm TEXT, scope TEXT, first REAL, since REAL, until REAL, successor TEXT, gone REAL)""",
    "CREATE INDEX IF NOT EXISTS tokens_of ON tokens (grant_id)",
    "CREATE INDEX IF NOT EXISTS tokens_gone ON tokens (gone)",
)
_COLUMNS = "token, grant_id, realm, scope, first, since, until, successor, gone"


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody agreed to: which company, what may be done there, and when that was."""

    grant_id: str
    realm: str
    scope: str
    first: float

    @property
    def scopes(self) -> frozenset[str]:
        """Give the single scopes."""
        return frozenset(self.scope.split())

    @property
    def hard(self) -> float:
        """Give the moment after which nothing renews it any more."""
        return self.first + HARD.total_seconds()


@dataclass(frozen=True, slots=True)
class Token:
    """One row: a token and the consent it comes from."""

    text: str
    consent: Consent
    since: float
    until: float
    successor: str | None
    gone: float | None


class Grants:
    """Every token there is, over all companies."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.database = database
        self._now = now
        for statement in SCHEMA:
            database.sql(statement)

    def moment(self) -> float:
        """Give the present, on the simulator's clock."""
        return self._now().timestamp()

    # --- codes -------------------------------------------------------------------------------

    def new_code(self, realm: str, scope: str, redirect_uri: str) -> str:
        """Give an authorization code, good for one exchange within ten minutes."""
        code = "XAB" + secrets.token_urlsafe(24)
        now = self.moment()
        with self.database.write():
            self.database.sql("DELETE FROM codes WHERE until < ?", (now,))
            row = (code, realm, scope, redirect_uri, now + CODE.total_seconds())
            self.database.sql("INSERT INTO codes VALUES (?,?,?,?,?)", row)
        return code

    def take_code(self, code: str) -> tuple[str, str, str] | None:
        """Give realm, scope and address of a code that still works, and use it up."""
        rows = self.database.sql(
            "DELETE FROM codes WHERE code = ? RETURNING realm, scope, redirect_uri, until", (code,)
        )
        if not rows or rows[0][3] < self.moment():
            return None
        realm, scope, redirect_uri, _until = rows[0]
        return realm, scope, redirect_uri

    # --- tokens ------------------------------------------------------------------------------

    def consent(self, realm: str, scope: str) -> Consent:
        """Open a grant; its tokens come from `new_refresh` and `new_access`."""
        return Consent(secrets.token_hex(8), realm, scope, self.moment())

    def new_access(self, consent: Consent) -> str:
        """Give an access token."""
        text = "eyJ" + secrets.token_urlsafe(16) + ".." + secrets.token_urlsafe(200)
        until = self.moment() + ACCESS.total_seconds()
        self._sweep()
        self._add(text, "access", consent, until, until)
        return text

    def new_refresh(self, consent: Consent) -> str:
        """Give a refresh token."""
        text = "RT1-" + secrets.token_urlsafe(30)
        self._add(text, "refresh", consent, self.moment() + REFRESH.total_seconds(), None)
        return text

    def _add(
        self, text: str, kind: str, consent: Consent, until: float, gone: float | None
    ) -> None:
        row = (
            *(text, kind, consent.grant_id, consent.realm, consent.scope, consent.first),
            *(self.moment(), until, None, gone),
        )
        self.database.sql("INSERT INTO tokens VALUES (?,?,?,?,?,?,?,?,?,?)", row)

    def _sweep(self) -> None:
        self.database.sql("DELETE FROM tokens WHERE gone < ?", (self.moment(),))

    def _find(self, text: str, kind: str) -> Token | None:
        rows = self.database.sql(
            f"SELECT {_COLUMNS} FROM tokens WHERE token = ? AND kind = ?",  # noqa: S608 - ours
            (text, kind),
        )
        if not rows:
            return None
        token, grant_id, realm, scope, first, *rest = rows[0]
        return Token(token, Consent(grant_id, realm, scope, first), *rest)

    def opened_by(self, text: str) -> Consent | None:
        """Give what an access token opens, or None when it is no good."""
        found = self._find(text, "access")
        return found.consent if found is not None and found.until >= self.moment() else None

    def refresh(self, text: str) -> Token | None:
        """Give a refresh token that works."""
        found = self._find(text, "refresh")
        now = self.moment()
        if found is None or min(found.until, found.consent.hard) < now:
            return None
        return None if found.gone is not None and found.gone < now else found

    def replace(self, token: Token) -> str:
        """Give the next refresh token; the one before goes on for another day."""
        following = self.new_refresh(token.consent)
        gone = self.moment() + OVERLAP.total_seconds()
        self.database.sql(
            "UPDATE tokens SET successor = ?, gone = ? WHERE token = ?",
            (following, gone, token.text),
        )
        return following

    def replace_at_once(self, token: Token) -> str:
        """Give the next refresh token, and end every one there was before it."""
        self.database.sql(
            "DELETE FROM tokens WHERE grant_id = ? AND kind = 'refresh'", (token.consent.grant_id,)
        )
        return self.new_refresh(token.consent)

    def prolong(self, text: str) -> None:
        """Count the idle days of a refresh token from now."""
        until = self.moment() + REFRESH.total_seconds()
        self.database.sql("UPDATE tokens SET until = ? WHERE token = ?", (until, text))

    def current(self, realm: str) -> str | None:
        """Give the newest refresh token of a company that works."""
        now = self.moment()
        rows = self.database.sql(
            "SELECT token FROM tokens WHERE kind = 'refresh' AND realm = ? AND successor IS NULL "
            "AND until > ? AND first > ? AND instr(scope, ?) ORDER BY rowid DESC LIMIT 1",
            (realm, now, now - HARD.total_seconds(), ACCOUNTING),
        )
        return str(rows[0][0]) if rows else None

    # --- the end -----------------------------------------------------------------------------

    def expire_access(self) -> None:
        """End every access token, as an hour would."""
        self.database.sql("DELETE FROM tokens WHERE kind = 'access'")

    def revoke(self, text: str) -> bool:
        """End the whole grant a token belongs to; False when the token is unknown."""
        statement = (
            "DELETE FROM tokens WHERE grant_id = (SELECT grant_id FROM tokens WHERE token = ?)"
        )
        return self.database.change(statement, (text,)) > 0

    def disconnect(self, realm: str) -> None:
        """End every grant of a company, and what was agreed to but not yet fetched."""
        self.database.sql("DELETE FROM tokens WHERE realm = ?", (realm,))
        self.database.sql("DELETE FROM codes WHERE realm = ?", (realm,))

    def counts(self) -> dict[str, int]:
        """Give how many tokens of either kind work now."""
        now = self.moment()
        rows = self.database.sql(
            "SELECT kind, count(*) FROM tokens WHERE until >= ? AND first >= ? "
            "AND (gone IS NULL OR gone >= ?) GROUP BY kind",
            (now, now - HARD.total_seconds(), now),
        )
        return {"access": 0, "refresh": 0, **{str(kind): int(number) for kind, number in rows}}
