"""Intuit's OAuth server, through Intuit's own client."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from tests.contract.conftest import auth_client
from tests.contract.consent import ask, companies, connected, press, query_of
from tests.contract.wire import ACCOUNTING, CALLBACK, Wire

DAY = 86_400
HOUR = 3600
HARD = "x_refresh_token_hard_expires_in"
HARD_HEADER = {"x-include-refresh-token-hard-expires-in": "true"}
PERSON = [Scopes.OPENID, Scopes.PROFILE, Scopes.EMAIL, Scopes.PHONE, Scopes.ADDRESS]
DISCOVERY_KEYS = {
    *("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint"),
    *("revocation_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported"),
    *("id_token_signing_alg_values_supported", "scopes_supported"),
    *("token_endpoint_auth_methods_supported", "claims_supported"),
}


def refresh(wire: Wire, token: str, **headers: str) -> requests.Response:
    body = {"grant_type": "refresh_token", "refresh_token": token}
    return wire.token_call(body, headers=headers)


def base_of(wire: Wire) -> str:
    return str(wire.details["discovery_url"].split("/.well-known")[0])


def asked(wire: Wire, **changes: str | None) -> requests.Response:
    """Send a customer to the page with a request that is right but for the changes."""
    whole = {
        "client_id": wire.details["client_id"],
        "response_type": "code",
        "scope": ACCOUNTING,
        "redirect_uri": CALLBACK,
        "state": "s",
    }
    given = {name: value for name, value in {**whole, **changes}.items() if value is not None}
    return wire.http.get(f"{base_of(wire)}/connect/oauth2", params=given, timeout=5)


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
        address = client.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID], "my state")
        words = ask(wire, address).words
        assert "Connect" in words
        assert "Cancel" in words
        location = press(wire, address)
        assert location.startswith(f"{CALLBACK}?")
        back = query_of(location)
        assert back["state"] == "my state"
        assert back["realmId"] == wire.realm
        assert len(back["code"]) <= 512
        client.get_bearer_token(back["code"], realm_id=back["realmId"])
        assert works(wire, client.access_token)
        assert client.id_token, "the client has checked its signature, issuer and audience"


def test_cancel_comes_back_without_a_code(wire: Wire) -> None:
    back = wire.authorize(choice="cancel")
    assert back == {"error": "access_denied", "state": "state & more"}


def test_cancel_in_the_browser_comes_back_without_a_code(wire: Wire) -> None:
    with auth_client(wire, refresh_token=None) as client:
        address = client.get_authorization_url([Scopes.ACCOUNTING], "mine")
        back = query_of(press(wire, address, "cancel"))
    assert back == {"error": "access_denied", "state": "mine"}


def test_a_request_without_a_state_gets_none_back(wire: Wire) -> None:
    address = asked(wire, state=None).url
    assert set(query_of(press(wire, address))) == {"code", "realmId"}
    assert query_of(press(wire, address, "cancel")) == {"error": "access_denied"}


def test_an_address_with_a_query_keeps_it(wire: Wire) -> None:
    back = press(wire, asked(wire, redirect_uri=f"{CALLBACK}?shop=1").url)
    assert query_of(back)["shop"] == "1"
    assert query_of(back)["code"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "nobody"),
        ("client_id", None),
        ("redirect_uri", "http://shop.example/callback"),
        ("redirect_uri", "ftp://127.0.0.1/callback"),
        ("redirect_uri", "https://"),
        ("redirect_uri", "https://shop.example/callback#part"),
        ("redirect_uri", "http://[::1/callback"),
        ("redirect_uri", None),
        ("response_type", "token"),
        ("response_type", None),
        ("scope", "com.intuit.quickbooks.acounting"),
        ("scope", ""),
        ("scope", None),
    ],
)
def test_a_wrong_request_to_connect_is_explained_and_never_comes_back(
    wire: Wire, name: str, value: str | None
) -> None:
    answer = asked(wire, **{name: value})
    assert answer.status_code == 400
    assert answer.history == []
    assert f"{name}: " in answer.text, "a developer is told which parameter it is"
    assert 'value="connect"' not in answer.text


def test_what_is_wrong_cannot_be_pressed_either(wire: Wire) -> None:
    for wrong in ({"client_id": "nobody"}, {"redirect_uri": "http://shop.example/"}, {}):
        form = {"choice": "connect", "scope": ACCOUNTING, **wrong}
        url = f"{base_of(wire)}/connect/oauth2"
        answer = wire.http.post(url, data=form, allow_redirects=False, timeout=5)
        assert answer.status_code == 400


def test_a_company_that_was_not_offered_cannot_be_chosen(wire: Wire) -> None:
    form = {"choice": "connect", "redirect_uri": CALLBACK, "company": "123"}
    url = f"{base_of(wire)}/connect/oauth2"
    answer = wire.http.post(url, data=form, allow_redirects=False, timeout=5)
    assert answer.status_code == 400
    assert "company: " in answer.text


def test_only_registered_addresses_will_do_once_there_are_some(wire: Wire) -> None:
    wire.control("POST", "settings", {"redirect_uris": ["https://shop.example/back"]})
    try:
        assert asked(wire, redirect_uri="https://shop.example/back").status_code == 200
        for other in (CALLBACK, "https://shop.example/back/", "https://shop.example/back?x=1"):
            assert asked(wire, redirect_uri=other).status_code == 400
    finally:
        wire.control("POST", "settings", {"redirect_uris": None})
    assert asked(wire).status_code == 200


def test_any_address_with_https_and_any_of_this_machine_will_do_at_first(wire: Wire) -> None:
    for address in ("https://shop.example/", "http://localhost:8000/back", CALLBACK):
        assert asked(wire, redirect_uri=address).status_code == 200


def test_the_page_hands_text_on_as_text(wire: Wire) -> None:
    state = '"><script>alert(1)</script>'
    answer = asked(wire, state=state)
    assert "<script>" not in answer.text
    assert query_of(press(wire, answer.url))["state"] == state


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
    answer = wire.token_call(body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "body",
    [
        {"grant_type": "authorization_code", "redirect_uri": CALLBACK},
        {"grant_type": "authorization_code", "code": "XAB"},
        {"grant_type": "refresh_token"},
        {},
    ],
)
def test_a_token_call_that_lacks_something_is_refused(wire: Wire, body: dict[str, str]) -> None:
    answer = wire.token_call(body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_an_app_may_say_who_it_is_in_the_body(wire: Wire) -> None:
    token = wire.consent()["refresh_token"]
    client = {name: wire.details[name] for name in ("client_id", "client_secret")}
    body = {"grant_type": "refresh_token", "refresh_token": token, **client}
    url = f"{base_of(wire)}/oauth2/v1/tokens/bearer"
    assert wire.http.post(url, data=body, timeout=5).status_code == 200
    wrong = wire.http.post(url, data={**body, "client_secret": "wrong"}, timeout=5)
    assert (wrong.status_code, wrong.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic ?", "Basic bm9ib2R5", "Bearer x", "Basic 4"]
)
def test_a_header_that_names_no_app_is_refused(wire: Wire, header: str) -> None:
    url = f"{base_of(wire)}/oauth2/v1/tokens/bearer"
    body = {"grant_type": "refresh_token", "refresh_token": wire.details["refresh_token"]}
    answer = wire.http.post(url, data=body, headers={"Authorization": header}, timeout=5)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


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
    for answer in (refresh(wire, wire.consent()["refresh_token"]), refresh(wire, "RT1-no")):
        assert answer.headers["Cache-Control"] == "no-cache, no-store"
        assert answer.headers["Pragma"] == "no-cache"
        assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
        assert answer.headers["Strict-Transport-Security"]
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
    wire.control("POST", "settings", {"rotation": "lenient"})
    assert refresh(wire, first).json()["error"] == "invalid_grant", "it does not come back"
    assert refresh(wire, second).status_code == 200


def test_strict_rotation_ends_every_token_before_it(wire: Wire) -> None:
    first = wire.consent()["refresh_token"]
    wire.control("POST", "clock", {"offset_seconds": 2 * DAY})
    second = refresh(wire, first).json()["refresh_token"]
    wire.control("POST", "settings", {"rotation": "strict"})
    third = refresh(wire, second).json()["refresh_token"]
    wire.control("POST", "settings", {"rotation": "lenient"})
    assert refresh(wire, first).json()["error"] == "invalid_grant"
    assert refresh(wire, third).json()["refresh_token"] == third


def test_thousands_of_refreshes_leave_the_server_quick(wire: Wire) -> None:
    wire.control("POST", "settings", {"rotation": "strict"})
    token = wire.consent()["refresh_token"]
    quickest: list[float] = []
    for _ in range(2):
        spent = []
        for _ in range(500):
            answer = refresh(wire, token)
            token = answer.json()["refresh_token"]
            spent.append(answer.elapsed.total_seconds())
        quickest.append(sorted(spent)[len(spent) // 2])
    assert quickest[1] < 2 * quickest[0] + 0.002, "a refresh costs the same however many there were"


def test_several_grants_live_side_by_side(wire: Wire) -> None:
    with connected(wire, wire.realm) as first, connected(wire, wire.realm) as second:
        assert first.refresh_token != second.refresh_token
        assert first.revoke(first.refresh_token)
        assert not works(wire, first.access_token)
        assert works(wire, second.access_token)
        second.refresh()


def test_an_idle_refresh_token_ends_after_a_hundred_days(wire: Wire) -> None:
    first = wire.consent()["refresh_token"]
    wire.control("POST", "clock", {"offset_seconds": 102 * DAY})
    assert refresh(wire, first).json()["error"] == "invalid_grant"


def test_use_starts_the_hundred_days_again(wire: Wire) -> None:
    token = wire.consent()["refresh_token"]
    for days in (90, 180):
        wire.control("POST", "clock", {"offset_seconds": days * DAY})
        answer = refresh(wire, token).json()
        assert answer["x_refresh_token_expires_in"] == 100 * DAY
        token = answer["refresh_token"]


def test_a_used_refresh_token_ends_after_five_years(wire: Wire) -> None:
    token = wire.consent()["refresh_token"]
    for days in range(90, 5 * 365, 90):
        wire.control("POST", "clock", {"offset_seconds": days * DAY})
        answer = refresh(wire, token, **HARD_HEADER).json()
        token = answer["refresh_token"]
        left = 5 * 365 * DAY - days * DAY
        assert abs(answer[HARD] - left) < HOUR
        assert abs(answer["x_refresh_token_expires_in"] - min(100 * DAY, left)) < HOUR
    wire.control("POST", "clock", {"offset_seconds": (5 * 365 + 3) * DAY})
    assert refresh(wire, token).json()["error"] == "invalid_grant"


def test_the_hard_end_is_told_on_request_only(wire: Wire) -> None:
    token = wire.consent()["refresh_token"]
    assert HARD not in refresh(wire, token).json()
    assert 4 * 365 * DAY < refresh(wire, token, **HARD_HEADER).json()[HARD] <= 5 * 366 * DAY


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


def test_a_code_is_worth_nothing_once_the_customer_has_disconnected(wire: Wire) -> None:
    body = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    body["code"] = wire.authorize()["code"]
    wire.control("POST", "disconnect", {})
    assert wire.token_call(body).json()["error"] == "invalid_grant"


def test_revoking_needs_the_app(wire: Wire) -> None:
    tokens = wire.consent()
    url = f"{base_of(wire)}/v2/oauth2/tokens/revoke"
    answer = wire.http.post(url, json={"token": tokens["refresh_token"]}, timeout=5)
    assert answer.status_code == 401
    assert works(wire, tokens["access_token"])


def test_a_user_who_is_no_admin_any_more_reaches_nothing(wire: Wire) -> None:
    tokens = wire.consent()
    realms = list(companies(wire))
    for realm in realms:
        wire.control("POST", f"settings?realm={realm}", {"admin": "lost"})
    try:
        answer = wire.call("GET", "companyinfo/1", token=tokens["access_token"])
        assert answer.status_code == 401
        fault = answer.json()["Fault"]
        assert (fault["type"], fault["Error"][0]["code"]) == ("AuthorizationFault", "120")
        assert asked(wire).status_code == 403, "and connects nothing"
        form = {"choice": "connect", "redirect_uri": CALLBACK}
        url = f"{base_of(wire)}/connect/oauth2"
        assert wire.http.post(url, data=form, allow_redirects=False).status_code == 403
    finally:
        for realm in realms:
            wire.control("POST", f"settings?realm={realm}", {"admin": "present"})
    assert works(wire, tokens["access_token"])


def test_the_id_token_says_which_company_and_when(wire: Wire) -> None:
    with connected(wire, wire.realm, Scopes.OPENID) as client:
        keys = {one["kid"]: one for one in wire.http.get(client.jwks_uri, timeout=5).json()["keys"]}
        header = jwt.get_unverified_header(client.id_token)
        assert header["alg"] == "RS256"
        claims = jwt.decode(
            client.id_token,
            jwt.PyJWK(keys[header["kid"]]).key,
            algorithms=["RS256"],
            audience=wire.details["client_id"],
            issuer="https://oauth.platform.intuit.com/op/v1",
        )
    assert claims["aud"] == [wire.details["client_id"]]
    assert claims["realmid"] == wire.realm
    assert claims["exp"] - claims["iat"] == 3600
    assert {"sub", "auth_time"} <= set(claims)


def test_without_openid_there_is_no_id_token(wire: Wire) -> None:
    assert "id_token" not in wire.consent()


def test_who_asks_for_the_user_only_chooses_no_company(wire: Wire) -> None:
    with auth_client(wire, refresh_token=None) as client:
        address = client.get_authorization_url(PERSON)
        assert ask(wire, address).companies == {}
        back = query_of(press(wire, address))
        assert "realmId" not in back
        client.get_bearer_token(back["code"])
        found = client.get_user_info().json()
    assert found["emailVerified"] is True
    assert set(found["address"]) == {
        *("streetAddress", "locality", "region", "postalCode", "country"),
    }
    assert {"phoneNumber", "phoneNumberVerified"} <= set(found)


def test_userinfo_tells_no_more_than_was_agreed_to(wire: Wire) -> None:
    with connected(wire, wire.realm, Scopes.OPENID, Scopes.EMAIL) as client:
        found = client.get_user_info().json()
    assert set(found) == {"sub", "email", "emailVerified"}


def test_userinfo_needs_the_openid_scope(wire: Wire) -> None:
    with connected(wire, wire.realm) as client, pytest.raises(AuthClientError) as caught:
        client.get_user_info()
    assert caught.value.status_code == 403


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
