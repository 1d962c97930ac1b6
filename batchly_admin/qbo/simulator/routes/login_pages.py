"""The addresses of the OAuth and OpenID server, the page where a customer chooses a company too."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.faults import breaking
from batchly_admin.qbo.simulator.grants import ACCOUNTING
from batchly_admin.qbo.simulator.oauth import OAuthRefusal
from batchly_admin.qbo.simulator.openid import ISSUER, user_info
from batchly_admin.qbo.simulator.routes.consent_page import consent_page, problem_page
from batchly_admin.qbo.simulator.wire.json_text import dumps
from batchly_admin.qbo.simulator.world import World

HARD_HEADER = "x-include-refresh-token-hard-expires-in"
OF_A_COMPANY = frozenset(
    {
        *(ACCOUNTING, "com.intuit.quickbooks.payment"),
        *("project-management.project", "app-foundations.custom-field-definitions"),
        *("app-foundations.custom-dimensions.read", "time-tracking.time-entry"),
        *("payroll.compensation.read", "indirect-tax.tax-calculation.quickbooks"),
    }
)
OF_THE_USER = frozenset({"openid", "email", "profile", "address", "phone"})
KEPT = ("client_id", "response_type", "scope", "redirect_uri", "state")
JSON = "application/json;charset=UTF-8"


class Problem(Exception):
    """A request to connect that never gets back to the app: the customer is shown why."""

    def __init__(self, detail: str, *, told: str = "", status: int = 400) -> None:
        super().__init__(detail)
        self.told = told or "Something is wrong with what the app asked for. Tell its makers."
        self.detail = detail
        self.status = status


def blueprint(world: World) -> Blueprint:
    """Give the routes of the OAuth server."""
    found = Blueprint("oauth", __name__)
    found.register_error_handler(OAuthRefusal, _refused)
    found.register_error_handler(Problem, _explained)
    _consent_routes(found, world)
    _token_routes(found, world)
    _openid_routes(found, world)
    return found


def _refused(refusal: OAuthRefusal) -> ResponseReturnValue:
    return _fresh(refusal.body, refusal.status)


def _explained(problem: Problem) -> ResponseReturnValue:
    return problem_page(problem.told, problem.detail), problem.status


def _fresh(body: Mapping[str, Any], status: int = 200) -> Response:
    return _uncached(Response(dumps(body), status, content_type=JSON))


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache, no-store"
    response.headers["Pragma"] = "no-cache"
    response.headers["Strict-Transport-Security"] = "max-age=15552000"
    return response


# --- asking the customer -------------------------------------------------------------------------


def _consent_routes(found: Blueprint, world: World) -> None:
    @found.get("/.well-known/openid_sandbox_configuration/")
    @found.get("/.well-known/openid_configuration/")
    def discovery() -> ResponseReturnValue:
        return jsonify(_discovery(request.host_url.rstrip("/")))

    @found.get("/connect/oauth2")
    def authorize() -> ResponseReturnValue:
        asked = request.args.to_dict()
        scopes = _check(world, asked)
        kept = {name: asked[name] for name in KEPT if name in asked}
        return consent_page(scopes, _choices(world, scopes), kept)

    @found.post("/connect/oauth2")
    def decide() -> ResponseReturnValue:
        # The page was asked for with everything; what is sent back may leave out what never varies.
        usual = {"client_id": world.oauth.fact("client_id"), "response_type": "code"}
        asked = {**usual, "scope": ACCOUNTING, **request.form.to_dict()}
        return _decide(world, asked, _check(world, asked))


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


def _check(world: World, asked: Mapping[str, str]) -> list[str]:
    """Give the scopes of a request to connect.

    Raises:
        Problem: the app, its address, the scope or the response type will not do.
    """
    if asked.get("client_id") != world.oauth.fact("client_id"):
        raise Problem("client_id: no app has this id.")
    if not world.oauth.may_return_to(asked.get("redirect_uri", "")):
        raise Problem(
            "redirect_uri: the address is not among the app's redirect URIs. It has to be there "
            "letter for letter."
        )
    if asked.get("response_type") != "code":
        raise Problem("response_type: it has to be code.")
    scopes = list(dict.fromkeys(asked.get("scope", "").split()))
    unknown = sorted(set(scopes) - OF_A_COMPANY - OF_THE_USER)
    if unknown:
        raise Problem(f"scope: {' '.join(unknown)[:200]} is unknown.")
    if not scopes:
        raise Problem("scope: it is missing.")
    return scopes


def _choices(world: World, scopes: list[str]) -> list[tuple[str, str]]:
    """Give the companies to choose from; none where only the user is asked for.

    Raises:
        Problem: the user may not connect any company.
    """
    if OF_A_COMPANY.isdisjoint(scopes):
        return []
    found = [
        (one.realm_id, one.here.name)
        for one in world.everywhere()
        if one.settings().get("admin") != "lost"
    ]
    if not found:
        raise _not_admin()
    return found


def _not_admin() -> Problem:
    return Problem(
        "The user is no admin of a company.",
        told="Only an admin of the company can connect an app. Ask one to do it.",
        status=403,
    )


def _decide(world: World, asked: Mapping[str, str], scopes: list[str]) -> ResponseReturnValue:
    answer = {"state": asked["state"]} if "state" in asked else {}
    if asked.get("choice") != "connect":
        return _back(asked["redirect_uri"], {"error": "access_denied", **answer})
    realm = ""
    choices = _choices(world, scopes)
    if choices:
        realm = asked.get("company") or world.oauth.fact("realm_id")
        if world.at(realm) is None:
            raise Problem("company: there is no such company.")
        if realm not in dict(choices):
            raise _not_admin()
        answer["realmId"] = realm
    code = world.oauth.grants.new_code(realm, " ".join(scopes), asked["redirect_uri"])
    return _back(asked["redirect_uri"], {"code": code, **answer})


def _back(address: str, answer: Mapping[str, str]) -> ResponseReturnValue:
    return redirect(f"{address}{'&' if '?' in address else '?'}{urlencode(answer)}")


# --- tokens --------------------------------------------------------------------------------------


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
        return _uncached(Response(whole.body, whole.status, content_type=whole.content_type))

    @found.post("/v2/oauth2/tokens/revoke")
    def revoke() -> ResponseReturnValue:
        _check_client(world)
        sent = request.get_json(silent=True) if request.is_json else request.form
        token = sent.get("token", "") if isinstance(sent, Mapping) else ""
        known = world.oauth.grants.revoke(str(token))
        if not known and str(world.settings().get("revoke_unknown")) != "200":
            raise OAuthRefusal(400, "invalid_request", "Token invalid")
        return _uncached(Response(status=200))


def _check_client(world: World) -> None:
    """Let the app in, whether it says who it is in a header or in the body.

    Raises:
        OAuthRefusal: it is not the app.
    """
    header = request.headers.get("Authorization")
    given = request.form.get("client_id", ""), request.form.get("client_secret", "")
    if header is not None:
        scheme, _, encoded = header.partition(" ")
        try:
            text = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            text = ""
        client_id, _, secret = text.partition(":")
        given = (client_id, secret) if scheme.lower() == "basic" else ("", "")
    if not world.oauth.is_client(*given):
        raise OAuthRefusal(401, "invalid_client")


def _exchange(world: World) -> dict[str, Any]:
    """Give tokens for a code or a refresh token.

    Raises:
        OAuthRefusal: it is no good, or something else was sent.
    """
    kind = request.form.get("grant_type")
    if kind == "authorization_code":
        answer = world.oauth.exchange(_field("code"), _field("redirect_uri"))
    elif kind == "refresh_token":
        answer = world.oauth.refresh(_field("refresh_token"))
    elif kind:
        raise OAuthRefusal(400, "unsupported_grant_type", "The grant type is not supported")
    else:
        raise OAuthRefusal(400, "invalid_request", "The grant_type is missing")
    if request.headers.get(HARD_HEADER, "").lower() == "true":
        seconds = world.oauth.hard_seconds(answer["refresh_token"])
        answer["x_refresh_token_hard_expires_in"] = seconds
    return answer


def _field(name: str) -> str:
    found = request.form.get(name)
    if not found:
        raise OAuthRefusal(400, "invalid_request", f"The {name} is missing")
    return found


# --- who the user is -----------------------------------------------------------------------------


def _openid_routes(found: Blueprint, world: World) -> None:
    @found.get("/v1/openid_connect/userinfo")
    def userinfo() -> ResponseReturnValue:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        consent = world.oauth.opened_by(token)
        if consent is None:
            raise OAuthRefusal(401, "invalid_token")
        if "openid" not in consent.scopes:
            raise OAuthRefusal(403, "insufficient_scope")
        return _fresh(user_info(consent.scopes))

    @found.get("/op/v1/jwks")
    def jwks() -> ResponseReturnValue:
        return jsonify(world.oauth.signer.jwks())
