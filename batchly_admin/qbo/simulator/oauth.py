"""Intuit's OAuth 2.0 and OpenID server: codes, rotating tokens, revocation, keys.

Access tokens live an hour. A refresh token is good for 100 days since its last use; it changes
when it is older than a day, and the one before works for another day. `strict` rotation changes it
at every use and ends the old one at once.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.store import Store

ACCESS = timedelta(hours=1)
REFRESH = timedelta(days=100)
HARD = timedelta(days=5 * 365)
OVERLAP = timedelta(hours=24)
CODE = timedelta(minutes=10)
ACCOUNTING = "com.intuit.quickbooks.accounting"
ISSUER = "https://oauth.platform.intuit.com/op/v1"


class OAuthRefusal(Exception):
    """An answer of the OAuth server that is no success."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description}


def _invalid_grant() -> OAuthRefusal:
    return OAuthRefusal(400, "invalid_grant", "Incorrect or invalid refresh token")


class OAuth:
    """The grants of one app to one company; everything is kept in the store."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.store = store
        self.now = now
        for key, value in (
            ("client_id", "AB" + secrets.token_hex(24)),
            ("client_secret", secrets.token_urlsafe(30)),
            ("realm_id", str(9_130_000_000_000_000 + secrets.randbelow(10**14))),
            ("webhook_verifier_token", secrets.token_urlsafe(27)),
        ):
            if key not in store.meta:
                store.set(key, value)
        self._key: rsa.RSAPrivateKey | None = None

    def fact(self, name: str) -> str:
        """Give one of the app's fixed values."""
        return str(self.store.meta[name])

    def _moment(self) -> float:
        return self.now().timestamp()

    def _grants(self) -> dict[str, Record]:
        return dict(self.store.meta.get("oauth.refresh", {}))

    def current_refresh_token(self) -> str:
        """Give a refresh token that works, making a grant when there is none."""
        now = self._moment()
        for token, grant in reversed(list(self._grants().items())):
            if not grant.get("ended") and not grant.get("replaced") and grant["until"] > now:
                return token
        return str(self.grant(ACCOUNTING)["refresh_token"])

    def grant(self, scope: str) -> Record:
        """Open a new grant and give its tokens."""
        family = secrets.token_hex(8)
        with self.store.lock:
            refresh = self._new_refresh(family, scope, self._moment())
            return self._answer(refresh, family, scope)

    def code(self, redirect_uri: str, scope: str) -> str:
        """Give an authorization code, good for one exchange within ten minutes."""
        code = "XAB" + secrets.token_urlsafe(24)
        codes = dict(self.store.meta.get("oauth.codes", {}))
        codes[code] = {
            "redirect_uri": redirect_uri,
            "scope": scope,
            "until": (self.now() + CODE).timestamp(),
        }
        self.store.set("oauth.codes", codes)
        return code

    def exchange(self, code: str, redirect_uri: str) -> Record:
        """Turn a code into tokens.

        Raises:
            OAuthRefusal: the code is unknown, used or old, or the address differs.
        """
        with self.store.lock:
            codes = dict(self.store.meta.get("oauth.codes", {}))
            found = codes.pop(code, None)
            self.store.set("oauth.codes", codes)
            if found is None or found["until"] < self._moment():
                raise OAuthRefusal(400, "invalid_grant", "Invalid authorization code")
            if found["redirect_uri"] != redirect_uri:
                raise OAuthRefusal(400, "invalid_grant", "The redirect_uri does not match")
            return self.grant(found["scope"])

    def refresh(self, token: str) -> Record:
        """Give new tokens for a refresh token.

        Raises:
            OAuthRefusal: the token is unknown, revoked, replaced or too old.
        """
        now = self._moment()
        with self.store.lock:
            grants = self._grants()
            grant = grants.get(token)
            if grant is None or grant.get("ended") or min(grant["until"], grant["hard"]) < now:
                raise _invalid_grant()
            replaced = grant.get("replaced")
            if replaced is not None and now > replaced + OVERLAP.total_seconds():
                raise _invalid_grant()
            strict = self.setting("rotation") == "strict"
            if strict and replaced is not None:
                raise _invalid_grant()
            kept = token
            if replaced is not None:
                kept = str(grant["by"])
            elif strict or now - grant["since"] > OVERLAP.total_seconds():
                kept = self._new_refresh(grant["family"], grant["scope"], grant["first"])
                grants = self._grants()
                grants[token] = {**grants[token], "replaced": now, "by": kept}
                self.store.set("oauth.refresh", grants)
            return self._answer(kept, grant["family"], grant["scope"])

    def setting(self, name: str) -> Any:
        """Give a switch of the control page."""
        return self.store.meta.get("settings", {}).get(name)

    def _new_refresh(self, family: str, scope: str, first: float) -> str:
        now = self._moment()
        token = "RT1-" + secrets.token_urlsafe(30)
        # What ended by its age comes back when the clock is put back; what was revoked does not.
        grants = {key: one for key, one in self._grants().items() if not one.get("ended")}
        grants[token] = {
            "family": family,
            "scope": scope,
            "since": now,
            "first": first,
            "until": now + REFRESH.total_seconds(),
            "hard": first + HARD.total_seconds(),
        }
        self.store.set("oauth.refresh", grants)
        return token

    def _answer(self, refresh: str, family: str, scope: str) -> Record:
        now = self._moment()
        access = "eyJ" + secrets.token_urlsafe(16) + ".." + secrets.token_urlsafe(200)
        tokens = {
            key: one
            for key, one in self.store.meta.get("oauth.access", {}).items()
            if one["until"] > now
        }
        tokens[access] = {
            "family": family,
            "scope": scope,
            "until": now + ACCESS.total_seconds(),
        }
        self.store.set("oauth.access", tokens)
        grants = self._grants()
        grants[refresh] = {**grants[refresh], "until": now + REFRESH.total_seconds()}
        self.store.set("oauth.refresh", grants)
        answer = {
            "token_type": "bearer",
            "access_token": access,
            "expires_in": int(ACCESS.total_seconds()),
            "refresh_token": refresh,
            "x_refresh_token_expires_in": int(REFRESH.total_seconds()),
        }
        if "openid" in scope.split():
            answer["id_token"] = self._id_token()
        return answer

    def hard_seconds(self, refresh: str) -> int:
        """Give the seconds until the absolute end of a refresh token's family."""
        return int(self._grants()[refresh]["hard"] - self._moment())

    def check_access(self, token: str) -> str | None:
        """Give the scope of an access token that works, or None."""
        found = self.store.meta.get("oauth.access", {}).get(token)
        if found is None or found["until"] < self._moment():
            return None
        return str(found["scope"])

    def expire_access(self) -> None:
        """End every access token, as an hour would."""
        self.store.set("oauth.access", {})

    def revoke(self, token: str) -> bool:
        """End the whole grant a token belongs to; False when the token is unknown."""
        with self.store.lock:
            grants = self._grants()
            access = self.store.meta.get("oauth.access", {})
            found = grants.get(token) or access.get(token)
            if found is None or found.get("ended"):
                return False
            self._end(lambda one: one["family"] == found["family"])
            return True

    def disconnect(self) -> None:
        """End every grant, as the customer does in QuickBooks' list of apps."""
        with self.store.lock:
            self._end(lambda _one: True)

    def _end(self, chosen: Callable[[Record], bool]) -> None:
        grants = self._grants()
        for key, one in grants.items():
            if chosen(one):
                grants[key] = {**one, "ended": True}
        self.store.set("oauth.refresh", grants)
        access = self.store.meta.get("oauth.access", {})
        self.store.set("oauth.access", {k: one for k, one in access.items() if not chosen(one)})

    def counts(self) -> dict[str, int]:
        """Give how many tokens of either kind work now."""
        now = self._moment()
        access = self.store.meta.get("oauth.access", {}).values()
        refresh = self._grants().values()
        return {
            "access": sum(1 for one in access if one["until"] >= now),
            "refresh": sum(
                1
                for one in refresh
                if not one.get("ended") and min(one["until"], one["hard"]) >= now
            ),
        }

    def key(self) -> rsa.RSAPrivateKey:
        """Give the key that signs id tokens; made when first asked for."""
        if self._key is None:
            if "oauth.key" not in self.store.meta:
                made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
                pem = made.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
                self.store.set("oauth.key", pem.decode())
            loaded = serialization.load_pem_private_key(
                self.fact("oauth.key").encode(), password=None
            )
            if not isinstance(loaded, rsa.RSAPrivateKey):
                raise TypeError("the kept key is no RSA key")
            self._key = loaded
        return self._key

    def jwks(self) -> Record:
        """Give the public key as Intuit publishes its own."""
        numbers = self.key().public_key().public_numbers()

        def encode(value: int) -> str:
            raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
            return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

        key = {
            "kty": "RSA",
            "e": encode(numbers.e),
            "use": "sig",
            "kid": "simulator-1",
            "alg": "RS256",
            "n": encode(numbers.n),
        }
        return {"keys": [key]}

    def _id_token(self) -> str:
        now = int(self._moment())
        claims = {
            "sub": "simulated-user",
            "aud": [self.fact("client_id")],
            "realmid": self.fact("realm_id"),
            "auth_time": now,
            "iss": ISSUER,
            "exp": now + 3600,
            "iat": now,
        }
        return jwt.encode(claims, self.key(), algorithm="RS256", headers={"kid": "simulator-1"})
