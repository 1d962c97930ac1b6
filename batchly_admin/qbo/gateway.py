"""Where QuickBooks answers: the addresses of each environment, and no others.

OAuth addresses come from Intuit's discovery document, as Intuit asks of every app; it is read once
a day and process, and the known addresses stand in when it cannot be read.
https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/openid-connect
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from batchly_admin.errors import ConfigError

API_BASES = {
    "production": "https://quickbooks.api.intuit.com/v3",
    "sandbox": "https://sandbox-quickbooks.api.intuit.com/v3",
}
DISCOVERY = {
    "production": "https://developer.intuit.com/.well-known/openid_configuration/",
    "sandbox": "https://developer.intuit.com/.well-known/openid_sandbox_configuration/",
}
API_HOSTS = frozenset({"quickbooks.api.intuit.com", "sandbox-quickbooks.api.intuit.com"})
LOGIN_HOSTS = frozenset(
    {
        "developer.intuit.com",
        "developer.api.intuit.com",
        "oauth.platform.intuit.com",
        "appcenter.intuit.com",
    }
)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Access:
    """What an installation was given to reach QuickBooks; the simulator brings its own."""

    environment: str = "simulator"
    client_id: str | None = None
    client_secret: str | None = None
    redirect_uri: str = ""
    discovery_url: str | None = None
    api_base: str | None = None

    @property
    def base_url(self) -> str:
        """The address of the API, up to /v3.

        Raises:
            ConfigError: the environment has no address of its own and none was given.
        """
        base = self.api_base or API_BASES.get(self.environment)
        if not base:
            raise ConfigError(f"There is no QuickBooks address for {self.environment}.")
        check_api(base)
        return base


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of the OAuth server."""

    authorization: str
    token: str
    revocation: str
    issuer: str
    jwks: str
    userinfo: str


KNOWN = Endpoints(
    authorization="https://appcenter.intuit.com/connect/oauth2",
    token="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",  # noqa: S106 - an address
    revocation="https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
    issuer="https://oauth.platform.intuit.com/op/v1",
    jwks="https://oauth.platform.intuit.com/op/v1/jwks",
    userinfo="https://accounts.platform.intuit.com/v1/openid_connect/userinfo",
)


def check_api(url: str) -> None:
    """Let an address of the API pass.

    Raises:
        ConfigError: it is neither Intuit's over TLS nor on this machine.
    """
    _check(url, API_HOSTS)


def check_login(url: str) -> None:
    """Let an address of the OAuth server pass.

    Raises:
        ConfigError: it is neither Intuit's over TLS nor on this machine.
    """
    _check(url, LOGIN_HOSTS)


def is_loopback(url: str) -> bool:
    """Tell whether the address is on this machine."""
    return urlsplit(url).hostname in LOOPBACK


def _check(url: str, hosts: frozenset[str]) -> None:
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise ConfigError("An address of QuickBooks carries no user name.")
    if parts.scheme == "https" and parts.hostname in hosts and parts.port in (None, 443):
        return
    if parts.scheme in ("http", "https") and is_loopback(url):
        return
    raise ConfigError(f"{parts.hostname or url!r} is not an address of QuickBooks.")
