"""Fixtures of the contract with QuickBooks: one running simulator, and unmodified clients of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from intuitlib.client import AuthClient
from quickbooks import QuickBooks

from tests.contract.wire import CALLBACK, Wire, running

# The client library refuses plain http otherwise; everything here stays on loopback.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


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


@pytest.fixture
def auth(wire: Wire) -> Iterator[AuthClient]:
    """Intuit's own OAuth client, logged in with a grant of its own."""
    with auth_client(wire, refresh_token=wire.consent()["refresh_token"]) as client:
        client.refresh()
        yield client


@pytest.fixture
def qb(wire: Wire, auth: AuthClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[QuickBooks]:
    """python-quickbooks as it comes, told only where the server is."""
    monkeypatch.setattr(QuickBooks, "api_url_v3", wire.details["api_base"])
    client = QuickBooks(
        auth_client=auth,
        refresh_token=auth.refresh_token,
        company_id=wire.realm,
        minorversion=75,
        use_decimal=True,
    )
    yield client
    client.session.close()


def auth_client(wire: Wire, **given: Any) -> AuthClient:
    """Give a client of the OAuth server."""
    return AuthClient(
        wire.details["client_id"],
        wire.details["client_secret"],
        CALLBACK,
        wire.details["discovery_url"],
        **{"refresh_token": wire.details["refresh_token"], **given},
    )
