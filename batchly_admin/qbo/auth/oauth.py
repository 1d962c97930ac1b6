"""Intuit's OAuth server: the one place that speaks through intuit-oauth.

https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from batchly_admin.clock import Clock
from batchly_admin.errors import ConfigError, Reconnect, Transient
from batchly_admin.qbo.gateway import DISCOVERY, KNOWN, Access, Endpoints, check_login

TIMEOUTS = (5.0, 20.0)
ENDPOINTS_LIVE = timedelta(hours=24)
UNAUTHORIZED = 401
SILENT = "The login server of QuickBooks does not answer."

_endpoints: dict[str, tuple[datetime, Endpoints]] = {}


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the OAuth server gave."""

    access: str
    refresh: str
    expires_in: int
    refresh_expires_in: int | None
    hard_expires_in: int | None


class OauthClient(AuthClient):  # type: ignore[misc]
    """Intuit's client without its habits: no discovery per object, time-outs, no proxies."""

    def __init__(self, access: Access, endpoints: Endpoints) -> None:
        requests.Session.__init__(self)
        self.trust_env = False
        self.client_id = access.client_id
        self.client_secret = access.client_secret
        self.redirect_uri = access.redirect_uri
        self.environment = access.environment
        self.auth_endpoint = endpoints.authorization
        self.token_endpoint = endpoints.token
        self.revoke_endpoint = endpoints.revocation
        self.issuer_uri = endpoints.issuer
        self.jwks_uri = endpoints.jwks
        self.user_info_url = endpoints.userinfo
        self.state_token = self.realm_id = self.id_token = None
        self.access_token = self.refresh_token = self.expires_in = None
        self.x_refresh_token_expires_in = None
        self.x_refresh_token_hard_expires_in = None
        # Intuit then also says when the five years of a grant are over.
        self.headers["x-include-refresh-token-hard-expires-in"] = "true"

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Call the OAuth server, and nobody else."""
        check_login(str(url))
        kwargs["timeout"] = TIMEOUTS
        kwargs["allow_redirects"] = False
        return super().request(method, url, *args, **kwargs)  # type: ignore[no-any-return]

    def tokens(self) -> Tokens:
        """Give what the last answer set on this object.

        Raises:
            Transient: the answer lacked a token.
        """
        if not self.access_token or not self.refresh_token:
            raise Transient("The login server gave an answer that cannot be read.", code="login")
        return Tokens(
            access=str(self.access_token),
            refresh=str(self.refresh_token),
            expires_in=int(self.expires_in or 3600),
            refresh_expires_in=_seconds(self.x_refresh_token_expires_in),
            hard_expires_in=_seconds(self.x_refresh_token_hard_expires_in),
        )


def _seconds(value: Any) -> int | None:
    return int(value) if value else None


def endpoints_of(access: Access, clock: Clock) -> Endpoints:
    """Give the addresses of the OAuth server, read once a day from its discovery document."""
    url = access.discovery_url or DISCOVERY.get(access.environment)
    if not url:
        raise ConfigError(f"There is no login server for {access.environment}.")
    check_login(url)
    known = _endpoints.get(url)
    if known is not None and clock.now() - known[0] < ENDPOINTS_LIVE:
        return known[1]
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(url, timeout=TIMEOUTS, allow_redirects=False)
        answer.raise_for_status()
        endpoints = _read_endpoints(answer.json())
    except (requests.RequestException, KeyError, ValueError) as error:
        if access.environment in DISCOVERY:
            return KNOWN
        raise Transient("The login server of QuickBooks does not answer.", code="login") from error
    _endpoints[url] = (clock.now(), endpoints)
    return endpoints


def _read_endpoints(document: Mapping[str, Any]) -> Endpoints:
    endpoints = Endpoints(
        authorization=document["authorization_endpoint"],
        token=document["token_endpoint"],
        revocation=document["revocation_endpoint"],
        issuer=document["issuer"],
        jwks=document["jwks_uri"],
        userinfo=document["userinfo_endpoint"],
    )
    check_login(endpoints.token)
    check_login(endpoints.revocation)
    return endpoints


def authorization_url(access: Access, clock: Clock, *, state: str) -> str:
    """Give Intuit's page where an admin grants access; `state` binds it to their session."""
    client = OauthClient(access, endpoints_of(access, clock))
    url: str = client.get_authorization_url([Scopes.ACCOUNTING], state_token=state)
    return url


def exchange(access: Access, clock: Clock, *, code: str) -> Tokens:
    """Turn the code of the callback into tokens.

    Raises:
        Reconnect: the code is used up, too old or not ours.
        Transient: the login server does not answer.
    """
    client = OauthClient(access, endpoints_of(access, clock))
    try:
        client.get_bearer_token(code)
    except AuthClientError as error:
        raise Reconnect(
            "QuickBooks did not accept the log-in; start it again.",
            code="invalid_grant",
            http_status=error.status_code,
            tid=error.intuit_tid,
        ) from error
    except requests.RequestException as error:
        raise Transient("The login server of QuickBooks does not answer.") from error
    return client.tokens()


def renew(access: Access, clock: Clock, *, refresh_token: str) -> Tokens | None:
    """Turn a refresh token into new tokens; None when Intuit says that it is dead.

    Raises:
        Transient: the login server does not answer, or not to the point.
    """
    client = OauthClient(access, endpoints_of(access, clock))
    try:
        client.refresh(refresh_token)
    except AuthClientError as error:
        if is_ended(error):
            return None
        raise Transient(
            "The login server of QuickBooks had a problem.",
            code="login",
            http_status=error.status_code,
            tid=error.intuit_tid,
        ) from error
    except (requests.RequestException, ValueError) as error:
        raise Transient(SILENT, code="login") from error
    return client.tokens()


def revoke(access: Access, clock: Clock, *, refresh_token: str) -> None:
    """Give a grant back; one that Intuit no longer knows is as good as given back.

    Raises:
        Transient: the login server does not answer.
    """
    client = OauthClient(access, endpoints_of(access, clock))
    try:
        client.revoke(refresh_token)
    except AuthClientError as error:
        if error.status_code >= 500:
            raise Transient(
                "The login server of QuickBooks had a problem.", code="login"
            ) from error
    except requests.RequestException as error:
        raise Transient(SILENT, code="login") from error


def is_ended(error: AuthClientError) -> bool:
    """Tell whether the grant is over; the wording varies, this word does not."""
    content = error.content if isinstance(error.content, bytes) else b""
    return b"invalid_grant" in content or error.status_code == UNAUTHORIZED
