"""Who somebody is: the signed id token, the public key to check it with, and the user's details."""

from __future__ import annotations

import base64
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.store import Store

ISSUER = "https://oauth.platform.intuit.com/op/v1"
SUBJECT = "simulated-user"
ID_TOKEN_SECONDS = 3600
_KEY_NAME = "simulator-1"
_FACT = "oauth.key"
_BY_SCOPE: dict[str, Record] = {
    "email": {"email": "owner@riverside.example", "emailVerified": True},
    "profile": {"givenName": "Robin", "familyName": "Owner"},
    "phone": {"phoneNumber": "+1 5185550100", "phoneNumberVerified": False},
    "address": {
        "address": {
            "streetAddress": "12 Mill Road",
            "locality": "Albany",
            "region": "NY",
            "postalCode": "12207",
            "country": "US",
        }
    },
}


def user_info(scopes: frozenset[str]) -> Record:
    """Give what a token's scopes let an app know of the user."""
    told = {"sub": SUBJECT}
    for scope, details in _BY_SCOPE.items():
        if scope in scopes:
            told.update(details)
    return told


class Signer:
    """Holds the key that signs id tokens; it is made when first asked for, and kept."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """Give the private key."""
        with self._store.lock:
            if _FACT not in self._store.meta:
                self._store.set(_FACT, _new_key())
            kept = str(self._store.meta[_FACT])
        loaded = serialization.load_pem_private_key(kept.encode(), password=None)
        if not isinstance(loaded, rsa.RSAPrivateKey):
            raise TypeError("the kept key is no RSA key")
        return loaded

    def jwks(self) -> Record:
        """Give the public key as Intuit publishes its own."""
        numbers = self.key.public_key().public_numbers()
        key = {
            "kty": "RSA",
            "e": _encoded(numbers.e),
            "use": "sig",
            "kid": _KEY_NAME,
            "alg": "RS256",
            "n": _encoded(numbers.n),
        }
        return {"keys": [key]}

    def id_token(self, client_id: str, realm: str, *, at: float, since: float) -> str:
        """Give an id token made at a moment, for a consent given at another.

        Without a company there is no `realmid` in it.
        """
        claims: dict[str, Any] = {
            "sub": SUBJECT,
            # A list, which both official clients look into.
            "aud": [client_id],
            "auth_time": int(since),
            "iss": ISSUER,
            "exp": int(at) + ID_TOKEN_SECONDS,
            "iat": int(at),
        }
        if realm:
            claims["realmid"] = realm
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": _KEY_NAME})


def _new_key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _encoded(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
