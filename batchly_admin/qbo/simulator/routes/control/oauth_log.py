"""What came in at the OAuth server goes into the log too; its secrets do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from batchly_admin.qbo.simulator.routes.control.log import SECRETS, mark
from batchly_admin.qbo.simulator.wire.json_text import dumps
from batchly_admin.qbo.simulator.world import World

ROUTES = {
    "/connect/oauth2": "oauth.consent",
    "/oauth2/v1/tokens/bearer": "oauth.code",
    "/v2/oauth2/tokens/revoke": "oauth.revoke",
    "/v1/openid_connect/userinfo": "oauth.userinfo",
}
MOST_LOGGED = 2_000


def keep_log(found: Blueprint, world: World) -> None:
    """Write down every request of the OAuth server, once it is answered."""

    @found.after_app_request
    def note(response: Response) -> Response:
        route = ROUTES.get(request.path)
        if route is not None:
            if request.form.get("grant_type") == "refresh_token":
                route = "oauth.refresh"
            _note(world, route, response)
        return response


def _note(world: World, route: str, response: Response) -> None:
    sent: Any = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    moment = world.stamp()
    entry = {
        "at": moment,
        "method": request.method,
        "path": request.path,
        "query": request.args.to_dict(),
        "route": route,
        "body": dumps(_masked(sent)) if sent else "",
        "status": response.status_code,
        "intuit_tid": response.headers.get("intuit_tid", ""),
        "fault": None,
        "headers": {
            name: mark(value) if name in {"Authorization", "Cookie"} else value
            for name, value in request.headers.items()
        },
    }
    if response.status_code >= 400 and response.is_json:
        entry["answer"] = response.get_data(as_text=True)[:MOST_LOGGED]
    world.store.log(moment, route, entry)


def _masked(sent: Any) -> Any:
    if not isinstance(sent, Mapping):
        return str(sent)[:MOST_LOGGED]
    return {
        str(name): mark(str(value)) if str(name) in SECRETS else str(value)[:MOST_LOGGED]
        for name, value in sent.items()
    }
