"""The front door: tokens, limits, faults on demand, replayed request ids, the shape of answers."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date

from batchly_admin.qbo.simulator.faults import breaking
from batchly_admin.qbo.simulator.faults.breaking import Answer, fault_answer
from batchly_admin.qbo.simulator.faults.injection import AFTER, Rule
from batchly_admin.qbo.simulator.grants import ACCOUNTING
from batchly_admin.qbo.simulator.routes import api, documents, uploads
from batchly_admin.qbo.simulator.routes.call import Call, is_metered, route_of
from batchly_admin.qbo.simulator.wire.json_text import dumps, loads
from batchly_admin.qbo.simulator.wire.refusals import (
    Fault,
    GatewayFault,
    no_admin,
    not_authenticated,
    not_authorized,
    throttled,
    wrong_realm,
)
from batchly_admin.qbo.simulator.wire.values import trace_id
from batchly_admin.qbo.simulator.wire.xml_answers import to_xml
from batchly_admin.qbo.simulator.world import World

_log = logging.getLogger(__name__)
LONGEST_REQUEST_ID = 50
LONGEST_BATCH_REQUEST_ID = 36
MOST_LOGGED = 20_000
XML = "application/xml"


def blueprint(world: World) -> Blueprint:
    """Give the routes below /v3."""
    found = Blueprint("v3", __name__)

    @found.route("/v3/company/<realm>/<path:rest>", methods=["GET", "POST"])
    def company(realm: str, rest: str) -> Response:
        return _Exchange(world, realm, rest).answer()

    @found.errorhandler(413)
    def too_large(_error: Exception) -> Response:
        most = current_app.config["MAX_CONTENT_LENGTH"]
        return shaped(Fault("6000", f"The request is larger than {most} bytes", status=413))

    def shaped(fault: Fault) -> Response:
        refused = fault_answer(world, fault)
        if not _asks_for_json():
            refused = Answer(refused.status, to_xml(loads(refused.body)), XML)
        return Response(refused.body, refused.status, content_type=refused.content_type)

    @found.app_errorhandler(404)
    @found.app_errorhandler(405)
    def not_known(error: HTTPException) -> ResponseReturnValue:
        if not request.path.startswith("/v3/"):
            return error
        detail = f"Operation is not supported: {request.method[:20]} {request.path[:100]}"
        return shaped(Fault("500", detail, status=error.code or 404))

    return found


def _asks_for_json() -> bool:
    return "json" in request.headers.get("Accept", "") or request.args.get("format") == "json"


class _Exchange:
    """One request and its answer."""

    def __init__(self, world: World, realm: str, rest: str) -> None:
        # A company nobody knows is refused below, once the token was looked at.
        self.world = world.at(realm) or world
        self.realm = realm
        self.tid = trace_id()
        self.call = Call(
            request.method,
            tuple(part for part in rest.split("/") if part),
            request.args.to_dict(),
            request.get_data(),
            request.content_type or "",
        )
        self.route = route_of(self.call)
        self.rule: Rule | None = None

    def answer(self) -> Response:
        """Give the answer, or break it as a rule asks."""
        self.rule = self.world.injector.choose(request.method, self.route, request.path)
        broken = self._broken_before()
        found = broken or self._judged()
        self._log(found)
        if self.rule is not None and self.rule.kind in AFTER and found.status == 200:
            found = breaking.after(self.world, self.rule, found)
        elif broken is None and self._wants_xml(found):
            found = Answer(found.status, to_xml(loads(found.body)), XML)
        response = Response(found.body, found.status, content_type=found.content_type)
        response.headers["intuit_tid"] = self.tid
        response.headers["Date"] = http_date(self.world.now())
        if found.status == 429 and self.world.settings().get("retry_after"):
            response.headers["Retry-After"] = str(self.world.settings()["retry_after"])
        return response

    def _broken_before(self) -> Answer | None:
        if self.rule is None:
            return None
        try:
            return breaking.before(self.world, self.rule)
        except ConnectionResetError:
            self._log(Answer(0, ""))
            raise

    def _wants_xml(self, found: Answer) -> bool:
        """Tell whether the client forgot to ask for JSON; the tax service knows nothing else."""
        return (
            found.content_type == breaking.JSON
            and not _asks_for_json()
            and self.call.head != "taxservice"
        )

    def _judged(self) -> Answer:
        try:
            self._admit()
            return self._done()
        except GatewayFault as fault:
            if fault.status == 429 and self.world.settings().get("throttle_body") == "xml":
                return Answer(429, breaking.THROTTLED_XML, XML)
            milliseconds = int(self.world.now().timestamp() * 1000)
            return Answer(fault.status, dumps(fault.body(milliseconds)))
        except Fault as fault:
            return fault_answer(self.world, fault)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # What no rule foresaw is still answered as QuickBooks answers: in its own shape.
            _log.exception("A request was not understood.")
            unforeseen = Fault("2010", "The request could not be understood")
            return fault_answer(self.world, unforeseen)

    def _admit(self) -> None:
        settings = self.world.settings()
        header = request.headers.get("Authorization", "")
        consent = self.world.oauth.opened_by(header.removeprefix("Bearer ").strip())
        if not header.startswith("Bearer ") or consent is None:
            raise not_authenticated("Token expired" if header else "Token is missing")
        if ACCOUNTING not in consent.scopes:
            raise not_authorized()
        if self.realm != consent.realm:
            raise wrong_realm()
        if settings.get("admin") == "lost":
            raise no_admin()
        if not self.world.limits.admit(settings, batch=self.call.head == "batch"):
            raise throttled()
        is_read = is_metered(self.call)
        if is_read and self.world.is_over_quota():
            raise throttled()
        if self.call.head != "batch":
            self.world.meter(is_read=is_read)
        lapsed = settings.get("subscription") == "lapsed"
        if lapsed and not is_read:
            raise Fault(
                "6190", "Subscription period has ended", kind="AuthorizationFault", status=403
            )
        if request.method == "POST" and "xml" in self.call.content_type:
            self.call = api.from_xml(self.world, self.call)

    def _done(self) -> Answer:
        if self.call.method == "GET" and self.call.parts[2:] == ("pdf",):
            found = documents.pdf(self.world, self.call.parts[0], self.call.parts[1])
            return Answer(200, found, "application/pdf")
        if self.call.method == "GET" and self.call.head == "download":
            return Answer(200, uploads.link(self.world, self.call), "text/plain;charset=UTF-8")
        request_id = self.call.arguments.get("requestid")
        if request_id is None or self.call.method == "GET":
            return Answer(200, dumps(api.answer(self.world, self.call)))
        longest = LONGEST_BATCH_REQUEST_ID if self.call.head == "batch" else LONGEST_REQUEST_ID
        if not 0 < len(request_id) <= longest:
            raise Fault("2130", f"Request ID is malformed : {request_id[:60]}")
        return self._once(request_id)

    def _once(self, request_id: str) -> Answer:
        """Do what a request asks unless it was done before; then give the same answer again."""
        store, now = self.world.store, self.world.now().timestamp()
        hours = self.world.settings().get("request_id_memory")
        with store.lock:
            known = store.replay(request_id, now - float(hours) * 3600 if hours else 0.0)
            if known is not None:
                return Answer(*known)
            try:
                with store.write():
                    body = dumps(api.answer(self.world, self.call))
                    store.remember(request_id, 200, body, now)
            except Fault as fault:
                if not self.world.settings().get("replay_faults"):
                    raise
                refused = fault_answer(self.world, fault)
                store.remember(request_id, refused.status, str(refused.body), now)
                return refused
        return Answer(200, body)

    def _log(self, found: Answer) -> None:
        applied: dict[str, Any] = {}
        if found.status == 200 and self.call.method == "POST" and found.body:
            applied = _applied(found.body)
        moment = self.world.stamp()
        entry = {
            "at": moment,
            "method": request.method,
            "path": request.path,
            "query": self.call.arguments,
            "route": self.route,
            "body": request.get_data()[:MOST_LOGGED].decode("utf-8", "replace"),
            "status": found.status,
            "intuit_tid": self.tid,
            "fault": self.rule.kind if self.rule is not None else None,
            "headers": _headers(),
            **_refusal(found),
            **applied,
        }
        self.world.store.log(moment, self.route, entry)
        if applied:
            self.world.changed.set()


def _headers() -> dict[str, str]:
    """Give the headers that came in; of a token only its end, by which it is told from others."""
    found = {name: value for name, value in request.headers.items() if name != "Cookie"}
    if "Authorization" in found:
        kind, _, token = found["Authorization"].partition(" ")
        found["Authorization"] = f"{kind} …{token[-6:]}"
    return found


def _refusal(found: Answer) -> dict[str, str]:
    """Give what was answered where that was no success."""
    if found.status == 200 or not isinstance(found.body, str):
        return {}
    return {"answer": found.body[:MOST_LOGGED]}


def _applied(body: str | bytes) -> dict[str, Any]:
    found = loads(body)
    for kind, record in found.items():
        if isinstance(record, dict) and "Id" in record:
            return {"entity": kind, "id": record["Id"]}
        if isinstance(record, list):
            return {"entity": kind}
    return {}
