"""The grant: how tokens are got, kept, renewed by one at a time, and given back.

Tokens stand encrypted in the connection's row. Whoever has to renew them locks that row first and
reads it again, so that of many workers one asks Intuit and the others find the newer token. The
old refresh token is kept for one step: Intuit lets it live on for a day, which covers a process
that died between the answer and our commit.
https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0
"""

from __future__ import annotations

from batchly_admin.qbo.auth.grant import (
    ENDED,
    NOT_CONNECTED,
    OtherCompany,
    audit,
    connect,
    connect_simulator,
    end_login,
    is_linked,
    rotate_tokens,
)
from batchly_admin.qbo.auth.logins import Logins
from batchly_admin.qbo.auth.oauth import Tokens, authorization_url, exchange
from batchly_admin.qbo.auth.oauth import revoke as give_back

__all__ = [
    "ENDED",
    "NOT_CONNECTED",
    "Logins",
    "OtherCompany",
    "Tokens",
    "audit",
    "authorization_url",
    "connect",
    "connect_simulator",
    "end_login",
    "exchange",
    "give_back",
    "is_linked",
    "rotate_tokens",
]
