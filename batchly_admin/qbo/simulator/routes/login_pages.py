"""The addresses of the OAuth and OpenID server, the page where a customer chooses a company too."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from batchly_admin.qbo.simulator.faults import breaking
from batchly_admin.qbo.simulator.oauth import ACCOUNTING, ISSUER, OAuthRefusal
from batchly_admin.qbo.simulator.routes.look import page
from batchly_admin.qbo.simulator.wire.json_text import dumps
from batchly_admin.qbo.simulator.world import World

HARD_HEADER = "x-include-refresh-token-hard-expires-in"
OWNER: dict[str, Any] = {
    "sub": "simulated-user",
    "email": "owner@riverside.example",
    "emailVerified": True,
    "givenName": "Robin",
    "familyName": "Owner",
    "phoneNumber": "+1 5185550100",
    "phoneNumberVerified": False,
    "address": {
        "streetAddress": "12 Mill Road",
        "locality": "Albany",
        "region": "NY",
        "postalCode": "12207",
        "country": "US",
    },
}


def blueprint(world: World) -> Blueprint:
    """Give the routes of the OAuth server."""
    found = Blueprint("oauth", __name__)
    found.register_error_handler(OAuthRefusal, _refused)
    _consent_routes(found, world)
    _token_routes(found, world)
    _openid_routes(found, world)
    return found


def _refused(refusal: OAuthRefusal) -> ResponseReturnValue:
    return _fresh(refusal.body, refusal.status)


def _consent_routes(found: Blueprint, world: World) -> None:
    @found.get("/.well-known/openid_sandbox_configuration/")
    @found.get("/.well-known/openid_configuration/")
    def discovery() -> ResponseReturnValue:
        return jsonify(_discovery(request.host_url.rstrip("/")))

    @found.get("/connect/oauth2")
    def authorize() -> ResponseReturnValue:
        return _authorize_page(world)

    @found.post("/connect/oauth2")
    def decide() -> ResponseReturnValue:
        return _decide(world)


def _token_routes(found: Blueprint, world: World) -> None:
    @found.post("/oauth2/v1/tokens/bearer")
    def tokens() -> ResponseReturnValue:
        _check_client(world)
        is_refresh = request.form.get("grant_type") == "refresh_token"
        route = f"oauth.{'refresh' if is_refresh else 'code'}"
        rule = world.injector.choose("POST", route, request.path)
        broken = breaking.before(world, rule) if rule is not None else None
        if broken is not None:
            return Response(broken.body, broken.status, content_type=broken.content_type)
        answer = _exchange(world)
        if rule is None:
            return _fresh(answer)
        whole = breaking.after(world, rule, breaking.Answer(200, dumps(answer)))
        return Response(whole.body, whole.status, content_type=whole.content_type)

    @found.post("/v2/oauth2/tokens/revoke")
    def revoke() -> ResponseReturnValue:
        _check_client(world)
        sent = request.get_json(silent=True) if request.is_json else request.form
        token = sent.get("token", "") if isinstance(sent, Mapping) else ""
        if not world.oauth.revoke(str(token)):
            raise OAuthRefusal(400, "invalid_request", "Token invalid")
        return Response(status=200)


def _openid_routes(found: Blueprint, world: World) -> None:
    @found.get("/v1/openid_connect/userinfo")
    def userinfo() -> ResponseReturnValue:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if world.oauth.check_access(token) is None:
            return _fresh({"error": "invalid_token"}, 401)
        return _fresh(OWNER)

    @found.get("/op/v1/jwks")
    def jwks() -> ResponseReturnValue:
        return jsonify(world.oauth.jwks())


def _decide(world: World) -> ResponseReturnValue:
    form = request.form
    target = form.get("redirect_uri", "")
    if not target:
        raise OAuthRefusal(400, "invalid_request", "The redirect_uri is missing")
    answer = {"error": "access_denied", "state": form.get("state", "")}
    if form.get("choice") == "connect":
        answer = {
            "code": world.oauth.code(target, form.get("scope", ACCOUNTING)),
            "state": form.get("state", ""),
            "realmId": world.oauth.fact("realm_id"),
        }
    return redirect(f"{target}{'&' if '?' in target else '?'}{urlencode(answer)}")


def _discovery(base: str) -> dict[str, Any]:
    return {
        "issuer": ISSUER,
        "authorization_endpoint": f"{base}/connect/oauth2",
        "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
        "userinfo_endpoint": f"{base}/v1/openid_connect/userinfo",
        "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
        "jwks_uri": f"{base}/op/v1/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }


def _authorize_page(world: World) -> ResponseReturnValue:
    given = request.args
    if given.get("client_id") != world.oauth.fact("client_id") or not given.get("redirect_uri"):
        return page("Not possible", Markup("<p>The client or its address is unknown.</p>")), 400
    hidden = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, given.get(name, ""))
        for name in ("redirect_uri", "state", "scope")
    )
    company = (world.store.get("CompanyInfo", "1") or {}).get("CompanyName", "")
    form = Markup(
        '<form method="post"><p>An app wants to read and write the books of</p>'
        '<p><label><input type="radio" name="company" checked> {}</label></p>{}'
        '<p><button name="choice" value="connect">Connect</button> '
        '<button name="choice" value="cancel" class="quiet">Cancel</button></p></form>'
    ).format(escape(company), hidden)
    return page("Connect a company", form)


def _check_client(world: World) -> None:
    header = request.headers.get("Authorization", "")
    expected = f"{world.oauth.fact('client_id')}:{world.oauth.fact('client_secret')}"
    given = header.removeprefix("Basic ").strip()
    by_form = f"{request.form.get('client_id')}:{request.form.get('client_secret')}"
    if base64.b64encode(expected.encode()).decode() != given and by_form != expected:
        raise OAuthRefusal(401, "invalid_client", "The client is unknown")


def _exchange(world: World) -> dict[str, Any]:
    form = request.form
    kind = form.get("grant_type")
    if kind == "authorization_code":
        answer = world.oauth.exchange(form.get("code", ""), form.get("redirect_uri", ""))
    elif kind == "refresh_token":
        answer = world.oauth.refresh(form.get("refresh_token", ""))
    else:
        raise OAuthRefusal(400, "unsupported_grant_type", "The grant type is not supported")
    if request.headers.get(HARD_HEADER) == "true":
        seconds = world.oauth.hard_seconds(answer["refresh_token"])
        answer["x_refresh_token_hard_expires_in"] = seconds
    return answer


def _fresh(body: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-cache, no-store"
    response.headers["Pragma"] = "no-cache"
    return response
