"""Fixtures of the contract with QuickBooks: one running simulator, and unmodified clients of it."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from intuitlib.client import AuthClient
from quickbooks import QuickBooks

from tests.contract.wire import CALLBACK, Wire, running

# The client library refuses plain http otherwise; everything here stays on loopback.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

SANDBOX = tuple(
    f"QBO_SANDBOX_{name}" for name in ("CLIENT_ID", "CLIENT_SECRET", "REALM_ID", "REFRESH_TOKEN")
)


@pytest.fixture(scope="session")
def _process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with running(tmp_path_factory.mktemp("simulator")) as details:
        wire = Wire(details)
        yield wire
        wire.close()


@pytest.fixture
def wire(_process: Wire) -> Iterator[Wire]:
    """The simulator on the wire, with limits off and every switch as at first."""
    _process.settle()
    yield _process
    _process.settle()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what goes through python-quickbooks alone against Intuit's sandbox as well.

    A test that also takes `wire` looks into the simulator, so it stays with it.
    """
    if "qb_place" in metafunc.fixturenames:
        looks_inside = "wire" in inspect.signature(metafunc.function).parameters
        places = ["simulator"] if looks_inside else ["simulator", "sandbox"]
        metafunc.parametrize("qb_place", places, indirect=True)


@pytest.fixture
def qb_place(request: pytest.FixtureRequest) -> str:
    """Where python-quickbooks works: the simulator, or the sandbox if there are credentials."""
    place = str(request.param)
    missing = [name for name in SANDBOX if not os.environ.get(name)]
    if place == "sandbox" and missing:
        pytest.skip(f"Intuit's sandbox needs {', '.join(missing)}")
    return place


@pytest.fixture
def auth(wire: Wire) -> Iterator[AuthClient]:
    """Intuit's own OAuth client, logged in with a grant of its own."""
    with auth_client(wire, refresh_token=wire.consent()["refresh_token"]) as client:
        client.refresh()
        yield client


@pytest.fixture
def qb(
    qb_place: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[QuickBooks]:
    """python-quickbooks as it comes, told only where the server is."""
    if qb_place == "sandbox":
        auth = request.getfixturevalue("sandbox_login")
        realm = os.environ["QBO_SANDBOX_REALM_ID"]
    else:
        auth = request.getfixturevalue("auth")
        wire: Wire = request.getfixturevalue("wire")
        realm = wire.realm
        monkeypatch.setattr(QuickBooks, "api_url_v3", wire.details["api_base"])
    client = QuickBooks(
        auth_client=auth,
        refresh_token=auth.refresh_token,
        company_id=realm,
        minorversion=75,
        use_decimal=True,
    )
    yield client
    client.session.close()


@pytest.fixture(scope="session")
def sandbox_login() -> Iterator[AuthClient]:
    """A log-in of Intuit's sandbox; the newest refresh token is kept for the next run."""
    kept = Path(os.environ.get("QBO_SANDBOX_TOKEN_FILE", "var/sandbox-refresh-token"))
    given = os.environ["QBO_SANDBOX_REFRESH_TOKEN"]
    with AuthClient(
        os.environ["QBO_SANDBOX_CLIENT_ID"],
        os.environ["QBO_SANDBOX_CLIENT_SECRET"],
        CALLBACK,
        "sandbox",
        refresh_token=kept.read_text().strip() if kept.exists() else given,
    ) as client:
        client.refresh()
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(client.refresh_token)
        kept.chmod(0o600)
        yield client


def auth_client(wire: Wire, **given: Any) -> AuthClient:
    """Give a client of the OAuth server."""
    return AuthClient(
        wire.details["client_id"],
        wire.details["client_secret"],
        CALLBACK,
        wire.details["discovery_url"],
        **{"refresh_token": wire.details["refresh_token"], **given},
    )
