"""The front door: tokens, limits, faults on demand, replayed request ids, the shape of answers."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import struct
import time
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.http import http_date

from batchly_admin.qbo.simulator import api, documents
from batchly_admin.qbo.simulator.faults import (
    MESSAGES,
    Fault,
    GatewayFault,
    not_authenticated,
    not_authorized,
    throttled,
    wrong_realm,
)
from batchly_admin.qbo.simulator.injection import AFTER, Rule
from batchly_admin.qbo.simulator.oauth import ACCOUNTING
from batchly_admin.qbo.simulator.store import dumps, loads
from batchly_admin.qbo.simulator.world import World

_log = logging.getLogger(__name__)
LONGEST_REQUEST_ID = 50
NO_ANSWER_SECONDS = 150.0
JSON = "application/json;charset=UTF-8"


def blueprint(world: World) -> Blueprint:
    """Give the routes below /v3."""
    found = Blueprint("v3", __name__)

    @found.route("/v3/company/<realm>/<path:rest>", methods=["GET", "POST"])
    def company(realm: str, rest: str) -> Response:
        return _Exchange(world, realm, rest).answer()

    return found


class _Exchange:
    """One request and its answer."""

    def __init__(self, world: World, realm: str, rest: str) -> None:
        self.world = world
        self.realm = realm
        self.tid = f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}"
        self.call = api.Call(
            request.method,
            tuple(part for part in rest.split("/") if part),
            request.args.to_dict(),
            request.get_data(),
            is_text=(request.content_type or "").startswith("application/text"),
        )
        self.route = api.route_of(self.call)
        self.rule: Rule | None = None

    def answer(self) -> Response:
        """Give the answer, or break it as a rule asks."""
        self.rule = self.world.injector.choose(request.method, self.route, request.path)
        status, body, kind = self._broken_before() or self._judged()
        self._log(status, body)
        if self.rule is not None and self.rule.kind in AFTER and status == 200:
            status, body, kind = self._broken_after(body, kind)
        response = Response(body, status, content_type=kind)
        response.headers["intuit_tid"] = self.tid
        response.headers["Date"] = http_date(self.world.now())
        return response

    def _judged(self) -> tuple[int, str | bytes, str]:
        try:
            self._admit()
            return self._done()
        except GatewayFault as fault:
            milliseconds = int(self.world.now().timestamp() * 1000)
            return fault.status, dumps(fault.body(milliseconds)), JSON
        except Fault as fault:
            return fault.status, self._fault(fault), JSON
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # What no rule foresaw is still answered as QuickBooks answers: in its own shape.
            _log.exception("A request was not understood.")
            return 400, self._fault(Fault("2010", "The request could not be understood")), JSON

    def _fault(self, fault: Fault) -> str:
        return dumps({"Fault": fault.fault(), "time": self.world.stamp()})

    def _admit(self) -> None:
        settings = self.world.settings()
        header = request.headers.get("Authorization", "")
        scope = self.world.oauth.check_access(header.removeprefix("Bearer ").strip())
        if not header.startswith("Bearer ") or scope is None:
            raise not_authenticated("Token expired" if header else "Token is missing")
        if ACCOUNTING not in scope.split():
            raise not_authorized()
        if self.realm != self.world.oauth.fact("realm_id"):
            raise wrong_realm()
        if not self.world.limits.admit(settings, batch=self.route.startswith("batch")):
            raise throttled()
        self._count()
        lapsed = settings.get("subscription") == "lapsed"
        if lapsed and not api.is_metered(self.call):
            raise Fault(
                "6190", "Subscription period has ended", kind="AuthorizationFault", status=403
            )

    def _count(self) -> None:
        name = "coreplus" if api.is_metered(self.call) else "core"
        metering = dict(self.world.store.meta.get("metering", {}))
        metering[name] = int(metering.get(name, 0)) + 1
        self.world.store.meta["metering"] = metering

    def _done(self) -> tuple[int, str | bytes, str]:
        if self.call.method == "GET" and self.call.parts[-1:] == ("pdf",):
            return (
                200,
                documents.pdf(self.world, self.call.parts[0], self.call.parts[1]),
                ("application/pdf"),
            )
        request_id = self.call.arguments.get("requestid")
        if request_id is None or self.call.method == "GET":
            return 200, dumps(api.answer(self.world, self.call)), JSON
        if not 0 < len(request_id) <= LONGEST_REQUEST_ID:
            raise Fault("2130", f"Request ID is malformed : {request_id[:60]}")
        with self.world.store.lock:
            known = self.world.store.replay(request_id)
            if known is not None:
                return known[0], known[1], JSON
            with self.world.store.write():
                body = dumps(api.answer(self.world, self.call))
                self.world.store.remember(request_id, 200, body)
        return 200, body, JSON

    def _broken_before(self) -> tuple[int, str, str] | None:
        """Give the answer of a rule that strikes before the books are touched."""
        rule = self.rule
        if rule is None or rule.kind in AFTER:
            return None
        if rule.kind == "delay":
            time.sleep(rule.seconds)
            return None
        if rule.kind == "no_answer":
            time.sleep(max(rule.seconds, 1.0) if rule.seconds > 1 else NO_ANSWER_SECONDS)
            _reset()
        elif rule.kind == "reset_before":
            _reset()
        elif rule.kind == "expired_token":
            self.world.oauth.expire_access()
            return None
        elif rule.kind == "revoked_grant":
            self.world.oauth.disconnect()
            return None
        return self._canned(rule.kind)

    def _canned(self, kind: str) -> tuple[int, str, str]:
        milliseconds = int(self.world.now().timestamp() * 1000)
        if kind == "http429":
            return 429, dumps(throttled().body(milliseconds)), JSON
        if kind == "xml":
            text = (
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse '
                'xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE"><Error '
                'code="3001"><Message>message=ThrottleExceeded; errorCode=003001; statusCode=429'
                "</Message></Error></Fault></IntuitResponse>"
            )
            return 429, text, "application/xml"
        if kind == "html":
            return 502, "<html><body><h1>Bad Gateway</h1></body></html>", "text/html"
        if kind == "empty200":
            return 200, "", JSON
        faults = {
            "http500": Fault("10000", MESSAGES["10000"], kind="SystemFault", status=500),
            "http503": Fault("10000", "Service Unavailable", kind="SystemFault", status=503),
            "fault200": Fault("6000", MESSAGES["6000"], status=200),
            "subscription_lapsed": Fault(
                "6190", MESSAGES["6190"], status=403, kind="AuthorizationFault"
            ),
            "stale": Fault("5010", MESSAGES["5010"]),
        }
        fault = faults.get(kind, faults["http500"])
        return fault.status, self._fault(fault), JSON

    def _broken_after(self, body: str | bytes, kind: str) -> tuple[int, str | bytes, str]:
        """Give the answer of a rule that strikes once the books have changed."""
        rule = self.rule
        assert rule is not None
        if rule.kind == "reset_after_apply":
            _reset()
        if rule.kind == "timeout_after_apply":
            time.sleep(rule.seconds if rule.seconds > 1 else NO_ANSWER_SECONDS)
            _reset()
        if rule.kind == "truncated":
            return 200, body[: len(body) // 2], kind
        if rule.kind == "wrong_total" and isinstance(body, str):
            found = loads(body)
            for record in found.values():
                if isinstance(record, dict) and "TotalAmt" in record:
                    record["TotalAmt"] += 1
            return 200, dumps(found), kind
        return 200, body, kind

    def _log(self, status: int, body: str | bytes) -> None:
        applied: dict[str, Any] = {}
        if status == 200 and isinstance(body, str) and self.call.method == "POST":
            applied = _applied(body)
        entry = {
            "at": self.world.stamp(),
            "method": request.method,
            "path": request.path,
            "query": self.call.arguments,
            "route": self.route,
            "body": self.call.body.decode("utf-8", "replace")[:20_000],
            "status": status,
            "intuit_tid": self.tid,
            "fault": self.rule.kind if self.rule is not None else None,
            **applied,
        }
        self.world.store.log(self.world.stamp(), self.route, entry)
        if applied:
            self.world.changed.set()


def _applied(body: str) -> dict[str, Any]:
    found = loads(body) if body else {}
    for kind, record in found.items() if isinstance(found, dict) else ():
        if isinstance(record, dict) and "Id" in record:
            return {"entity": kind, "id": record["Id"]}
    return {}


def _reset() -> None:
    """Break the connection so that the other side sees a reset, not an end."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # The server's own files still hold the socket; only closing what lies below ends it now.
    os.close(connection.detach())
    raise ConnectionResetError
