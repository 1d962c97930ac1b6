"""What the JSON API answers, and what both it and the pages refuse."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.wire.json_text import dumps, loads
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.world import World

UNUSABLE: tuple[type[Exception], ...] = (
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
    RecursionError,
)
"""What comes of input that makes no sense."""
POLICY = "; ".join(
    (
        *("default-src 'none'", "style-src 'self'", "script-src 'self'", "connect-src 'self'"),
        *("img-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"),
    )
)


def guard(found: Blueprint) -> None:
    """Refuse other sites, turn what cannot be done into an answer, and bind what a page may do."""
    found.before_request(_check_origin)
    found.after_request(_protect)
    found.register_error_handler(Fault, _refused)
    for kind in UNUSABLE:
        found.register_error_handler(kind, _unusable)


def _check_origin() -> Response | None:
    """Refuse what the page of another site sends; programs send no origin at all."""
    origin = request.headers.get("Origin")
    if request.method == "GET" or origin in {None, request.host_url.rstrip("/")}:
        return None
    return answer({"error": f"{origin} has no business here"}, 403)


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    # With none at all, a browser would not say either where its own forms come from.
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint != "control.static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _refused(fault: Fault) -> ResponseReturnValue:
    return answer({"Fault": fault.fault()}, 400)


def _unusable(error: Exception) -> ResponseReturnValue:
    return answer({"error": in_words(error)}, 400)


def in_words(error: Exception) -> str:
    """Give what is wrong as a sentence."""
    if isinstance(error, Fault):
        return f"{error.detail.rstrip('.')} (code {error.code})."
    if isinstance(error, KeyError):
        return f"{error} is missing or unknown"
    return str(error)


def answer(body: Any, status: int = 200) -> Response:
    """Give an answer of the JSON API."""
    return Response(dumps(body), status, content_type="application/json")


def sent() -> dict[str, Any]:
    """Give the JSON object that was sent; nothing at all counts as an empty one.

    Raises:
        TypeError: it is something else.
        ValueError: it is no JSON.
    """
    found = loads(request.get_data() or b"{}")
    if not isinstance(found, dict):
        raise TypeError("The request needs a JSON object")
    return found


def chosen(world: World) -> World:
    """Give the world as seen from the company the address asks for by `realm`: the main one else.

    Raises:
        ValueError: there is no such company.
    """
    realm = request.args.get("realm", "")
    found = world.at(realm) if realm else world
    if found is None:
        raise ValueError(f"There is no company {realm[:50]}")
    return found
