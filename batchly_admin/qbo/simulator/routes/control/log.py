"""The log of requests: everything that came in, and how it was answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.routes.control.answers import answer
from batchly_admin.qbo.simulator.routes.control.screen import Screen
from batchly_admin.qbo.simulator.wire.json_text import loads
from batchly_admin.qbo.simulator.wire.values import stamp
from batchly_admin.qbo.simulator.world import World

MOST_LOGGED = 1000
ON_A_PAGE = 50
SECRETS = frozenset(
    {
        *("client_secret", "refresh_token", "access_token", "token", "code", "id_token"),
        *("primarytaxidentifier", "secondarytaxidentifier", "taxidentifier", "ssn"),
        *("number", "cardnumber", "cvc", "password"),
    }
)
"""Names of values that are not shown, wherever they stand."""
STATUSES = {
    "": "any",
    "fine": "200",
    "refused": "400 to 499",
    "429": "429, too many",
    "failed": "500 and more",
    "broken": "no answer",
}
_STATUS = "json_extract(entry, '$.status')"
_CONDITIONS = {
    "fine": f"{_STATUS} BETWEEN 200 AND 299",
    "refused": f"{_STATUS} BETWEEN 400 AND 499",
    "429": f"{_STATUS} = 429",
    "failed": f"{_STATUS} >= 500",
    "broken": f"{_STATUS} = 0",
}
SINCE = {"": "ever", "5": "5 minutes", "60": "an hour", "1440": "a day", "10080": "a week"}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which requests are asked for; `before` is the place the page starts below."""

    route: str = ""
    status: str = ""
    since: str = ""
    before: int = 0


def add_routes(found: Blueprint, screen: Screen) -> None:
    """Give the addresses of the log."""

    @found.get("/api/requests")
    def api_requests() -> ResponseReturnValue:
        store = screen.world.store
        since = int(request.args.get("since", 0))
        limit = min(int(request.args.get("limit", 100)), MOST_LOGGED)
        listed = store.requests(since, request.args.get("route"), limit)
        return answer({"requests": listed, "last": store.last_request()})

    @found.get("/requests")
    def requests() -> ResponseReturnValue:
        return _show(screen)

    @found.get("/requests/<int:seq>")
    def one_request(seq: int) -> ResponseReturnValue:
        return _show_one(screen, seq)


def newest(world: World, wanted: Filter, most: int) -> list[dict[str, Any]]:
    """Give the newest requests that fit, newest first."""
    parts: list[str] = ["1"]
    values: list[Any] = []
    if wanted.before:
        parts.append("seq < ?")
        values.append(wanted.before)
    if wanted.route:
        parts.append("route = ?")
        values.append(wanted.route)
    if wanted.status in _CONDITIONS:
        parts.append(_CONDITIONS[wanted.status])
    if wanted.since in SINCE and wanted.since:
        parts.append("at >= ?")
        values.append(stamp(world.now() - timedelta(minutes=int(wanted.since))))
    rows = world.store.sql(
        f"SELECT seq, entry FROM requests WHERE {' AND '.join(parts)} ORDER BY seq DESC LIMIT ?",  # noqa: S608 - parts of ours
        [*values, most],
    )
    return [{"seq": seq, **loads(entry)} for seq, entry in rows]


def _show(screen: Screen) -> ResponseReturnValue:
    given = request.args
    before = given.get("before", "")
    wanted = Filter(
        given.get("route", "").strip(),
        given.get("status", ""),
        given.get("since", ""),
        int(before) if before.isdigit() else 0,
    )
    world = screen.world
    rows = newest(world, wanted, ON_A_PAGE + 1)
    routes = [one for (one,) in world.store.sql("SELECT DISTINCT route FROM requests ORDER BY 1")]
    return screen.show(
        "requests",
        wanted=wanted,
        rows=rows[:ON_A_PAGE],
        older=rows[ON_A_PAGE - 1]["seq"] if len(rows) > ON_A_PAGE else None,
        kept={"route": wanted.route, "status": wanted.status, "since": wanted.since},
        routes=routes,
        statuses=STATUSES,
        sinces=SINCE,
        follows="follow" in given,
    )


def _show_one(screen: Screen, seq: int) -> ResponseReturnValue:
    store = screen.world.store
    rows = store.sql("SELECT entry FROM requests WHERE seq = ?", (seq,))
    if not rows:
        abort(404)
    entry = loads(rows[0][0])
    around = store.sql(
        "SELECT (SELECT max(seq) FROM requests WHERE seq < ?), "
        "(SELECT min(seq) FROM requests WHERE seq > ?)",
        (seq, seq),
    )[0]
    return screen.show(
        "request",
        seq=seq,
        one=entry,
        earlier=around[0],
        later=around[1],
        body=pretty(entry.get("body", "")),
        refusal=pretty(entry.get("answer", "")),
    )


def pretty(text: str) -> str:
    """Give a body as a person reads it, with what is secret hidden; what is no JSON stays."""
    try:
        found = loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps(hidden(found), indent=2, ensure_ascii=False, default=str)


def hidden(found: Any, name: str = "") -> Any:
    """Give a value without its secrets."""
    if isinstance(found, dict):
        return {key: hidden(one, str(key)) for key, one in found.items()}
    if isinstance(found, list):
        return [hidden(one, name) for one in found]
    if name.casefold() in SECRETS and found not in {None, ""}:
        return mark(str(found))
    return _plain(found)


def mark(text: str) -> str:
    """Give a secret so that it can be told from others, and no more."""
    return f"••• {text[-4:]}" if len(text) > 8 else "•••"


def _plain(found: Any) -> Any:
    """Give a number as JSON can write it."""
    if isinstance(found, str | int | bool | None):
        return found
    return float(found)
