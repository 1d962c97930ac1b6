"""Intuit's OAuth server, through Intuit's own client."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from tests.contract.conftest import auth_client
from tests.contract.wire import CALLBACK, Wire

DAY = 86_400
DISCOVERY_KEYS = {
    *("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint"),
    *("revocation_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported"),
    *("id_token_signing_alg_values_supported", "scopes_supported"),
    *("token_endpoint_auth_methods_supported", "claims_supported"),
}


def refresh(wire: Wire, token: str, **headers: str) -> requests.Response:
    body = {"grant_type": "refresh_token", "refresh_token": token}
    return wire.token_call(body, headers=headers)


def works(wire: Wire, access_token: str) -> bool:
    answer = wire.call("GET", f"companyinfo/{wire.realm}", token=access_token)
    return answer.status_code == 200


def test_the_discovery_document_has_every_key(wire: Wire) -> None:
    found = wire.http.get(wire.details["discovery_url"], timeout=5).json()
    assert set(found) >= DISCOVERY_KEYS
    assert found["response_types_supported"] == ["code"]
    assert found["id_token_signing_alg_values_supported"] == ["RS256"]


def test_the_production_discovery_document_is_there_too(wire: Wire) -> None:
    url = wire.details["discovery_url"].replace("openid_sandbox_", "openid_")
    assert set(wire.http.get(url, timeout=5).json()) >= DISCOVERY_KEYS


def test_a_refresh_token_logs_in(wire: Wire, auth: AuthClient) -> None:
    assert works(wire, auth.access_token)
    assert auth.expires_in == 3600
    assert auth.x_refresh_token_expires_in > 99 * DAY


def test_an_admin_connects_and_the_code_becomes_tokens(wire: Wire) -> None:
    with auth_client(wire, refresh_token=None) as client:
        page = client.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID], "my state")
        shown = wire.http.get(page, timeout=5)
        assert shown.status_code == 200
        assert "Connect" in shown.text
        assert "Cancel" in shown.text
        asked = dict(parse_qsl(urlsplit(page).query))
        answer = wire.http.post(
            page.split("?")[0], data={**asked, "choice": "connect"}, allow_redirects=False
        )
        back = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        assert back["state"] == "my state"
        assert back["realmId"] == wire.realm
        assert len(back["code"]) <= 512
        client.get_bearer_token(back["code"], realm_id=back["realmId"])
        assert works(wire, client.access_token)
        assert client.id_token, "the client has checked its signature, issuer and audience"


def test_cancel_comes_back_without_a_code(wire: Wire) -> None:
    back = wire.authorize(choice="cancel")
    assert back == {"error": "access_denied", "state": "state & more"}


def test_an_unknown_client_gets_no_page(wire: Wire) -> None:
    base = wire.details["discovery_url"].split("/.well-known")[0]
    given = {"client_id": "nobody", "redirect_uri": CALLBACK, "state": "s"}
    answer = wire.http.get(f"{base}/connect/oauth2", params=given, timeout=5)
    assert answer.status_code == 400


def test_a_code_works_once(wire: Wire) -> None:
    code = wire.authorize()["code"]
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    assert wire.token_call(body).status_code == 200
    again = wire.token_call(body)
    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"


def test_a_code_is_good_for_minutes_only(wire: Wire) -> None:
    code = wire.authorize()["code"]
    wire.control("POST", "clock", {"offset_seconds": 1200})
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    assert wire.token_call(body).json()["error"] == "invalid_grant"


def test_a_code_is_bound_to_its_address(wire: Wire) -> None:
    code = wire.authorize()["code"]
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": "http://other/"}
    assert wire.token_call(body).status_code == 400


def test_a_wrong_secret_is_refused(wire: Wire) -> None:
    with auth_client(wire) as client:
        client.client_secret = "wrong"
        with pytest.raises(AuthClientError) as caught:
            client.refresh()
    assert caught.value.status_code == 401
    assert b"invalid_client" in caught.value.content
    assert caught.value.intuit_tid


def test_an_unknown_refresh_token_is_an_invalid_grant(wire: Wire) -> None:
    with (
        auth_client(wire, refresh_token="RT1-nothing") as client,
        pytest.raises(AuthClientError) as caught,
    ):
        client.refresh()
    assert caught.value.status_code == 400
    assert b"invalid_grant" in caught.value.content


def test_token_answers_are_never_cached(wire: Wire) -> None:
    answer = refresh(wire, wire.consent()["refresh_token"])
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["intuit_tid"]
    assert "realmId" not in answer.json()


def test_within_a_day_the_refresh_token_stays(wire: Wire) -> None:
    first = wire.consent()["refresh_token"]
    wire.control("POST", "clock", {"offset_seconds": DAY // 2})
    assert refresh(wire, first).json()["refresh_token"] == first


def test_after_a_day_it_changes_and_the_old_one_works_for_another_day(wire: Wire) -> None:
    first = wire.consent()["refresh_token"]
    wire.control("POST", "clock", {"offset_seconds": 2 * DAY})
    second = refresh(wire, first).json()["refresh_token"]
    assert second != first
    assert refresh(wire, first).json()["refresh_token"] == second, "a lost answer can be repeated"
    wire.control("POST", "clock", {"offset_seconds": 4 * DAY})
    assert refresh(wire, first).json()["error"] == "invalid_grant"
    assert refresh(wire, second).status_code == 200


def test_strict_rotation_ends_the_old_token_at_once(wire: Wire) -> None:
    first = wire.consent()["refresh_token"]
    wire.control("POST", "settings", {"rotation": "strict"})
    second = refresh(wire, first).json()["refresh_token"]
    assert second != first
    assert refresh(wire, first).json()["error"] == "invalid_grant"


def test_an_idle_refresh_token_ends_after_a_hundred_days(wire: Wire) -> None:
    first = wire.consent()["refresh_token"]
    wire.control("POST", "clock", {"offset_seconds": 102 * DAY})
    assert refresh(wire, first).json()["error"] == "invalid_grant"


def test_a_used_refresh_token_ends_after_five_years(wire: Wire) -> None:
    token = wire.consent()["refresh_token"]
    for days in range(90, 5 * 365, 90):
        wire.control("POST", "clock", {"offset_seconds": days * DAY})
        token = refresh(wire, token).json()["refresh_token"]
    wire.control("POST", "clock", {"offset_seconds": (5 * 365 + 3) * DAY})
    assert refresh(wire, token).json()["error"] == "invalid_grant"


def test_the_hard_end_is_told_on_request_only(wire: Wire) -> None:
    token = wire.consent()["refresh_token"]
    name = "x_refresh_token_hard_expires_in"
    assert name not in refresh(wire, token).json()
    headers = {"x-include-refresh-token-hard-expires-in": "true"}
    found = refresh(wire, token, **headers).json()
    assert 4 * 365 * DAY < found[name] <= 5 * 366 * DAY


def test_an_access_token_ends_after_an_hour(wire: Wire) -> None:
    token = wire.consent()["access_token"]
    assert works(wire, token)
    wire.control("POST", "clock", {"offset_seconds": 3700})
    assert not works(wire, token)


@pytest.mark.parametrize("shape", ["json", "form"])
@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_revoking_either_token_ends_both(wire: Wire, shape: str, which: str) -> None:
    tokens = wire.consent()
    body: dict[str, Any] = {"json": {"token": tokens[which]}}
    if shape == "form":
        body = {"data": {"token": tokens[which]}}
    base = wire.details["discovery_url"].split("/.well-known")[0]
    login = (wire.details["client_id"], wire.details["client_secret"])
    url = f"{base}/v2/oauth2/tokens/revoke"
    answer = wire.http.post(url, auth=login, timeout=5, **body)
    assert (answer.status_code, answer.text) == (200, "")
    assert not works(wire, tokens["access_token"])
    assert refresh(wire, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert wire.http.post(url, auth=login, timeout=5, **body).status_code == 400


def test_intuits_client_revokes(wire: Wire) -> None:
    tokens = wire.consent()
    with auth_client(wire, refresh_token=tokens["refresh_token"]) as client:
        assert client.revoke()
        with pytest.raises(AuthClientError):
            client.refresh()


def test_the_customer_disconnects_the_app(wire: Wire) -> None:
    tokens = wire.consent()
    wire.control("POST", "disconnect", {})
    assert not works(wire, tokens["access_token"])
    assert refresh(wire, tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_userinfo_tells_who_connected(wire: Wire) -> None:
    tokens = wire.consent(scope="openid email profile com.intuit.quickbooks.accounting")
    with auth_client(wire, access_token=tokens["access_token"]) as client:
        found = client.get_user_info().json()
    assert {"sub", "email", "emailVerified", "givenName", "familyName"} <= set(found)


def test_userinfo_needs_a_token(wire: Wire) -> None:
    with (
        auth_client(wire, access_token="nothing") as client,
        pytest.raises(AuthClientError) as caught,
    ):
        client.get_user_info()
    assert caught.value.status_code == 401


def test_a_token_without_the_accounting_scope_reads_no_books(wire: Wire) -> None:
    token = wire.consent(scope="openid email")["access_token"]
    answer = wire.call("GET", "companyinfo/1", token=token)
    assert answer.status_code == 403
    assert answer.json()["fault"]["error"][0]["code"] == "3100"


def test_an_unknown_grant_type_is_refused(wire: Wire) -> None:
    answer = wire.token_call({"grant_type": "password", "username": "a"})
    assert answer.status_code == 400
    assert answer.json()["error"] == "unsupported_grant_type"
