"""Answers broken on purpose: before the books are touched, or after, when only they know."""

from __future__ import annotations

import os
import socket
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request

from batchly_admin.qbo.simulator.faults.injection import AFTER, Rule
from batchly_admin.qbo.simulator.wire.json_text import dumps, loads
from batchly_admin.qbo.simulator.wire.refusals import MESSAGES, Fault, throttled

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.world import World

JSON = "application/json;charset=UTF-8"
NO_ANSWER_SECONDS = 150.0
THROTTLED_XML = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse '
    'xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE"><Error '
    'code="3001"><Message>message=ThrottleExceeded; errorCode=003001; statusCode=429'
    "</Message></Error></Fault></IntuitResponse>"
)
FAULTS = {
    "http500": Fault("10000", MESSAGES["10000"], kind="SystemFault", status=500),
    "http500_after_apply": Fault("10000", MESSAGES["10000"], kind="SystemFault", status=500),
    "http503": Fault("10000", "Service Unavailable", kind="SystemFault", status=503),
    "fault200": Fault("6000", MESSAGES["6000"], status=200),
    "subscription_lapsed": Fault("6190", MESSAGES["6190"], status=403, kind="AuthorizationFault"),
    "stale": Fault("5010", MESSAGES["5010"]),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: status, body and type of content."""

    status: int
    body: str | bytes
    content_type: str = JSON


def fault_answer(world: World, fault: Fault) -> Answer:
    """Give a refusal of the entity layer."""
    return Answer(fault.status, dumps({"Fault": fault.fault(), "time": world.stamp()}))


def before(world: World, rule: Rule) -> Answer | None:
    """Let a rule strike before the books are touched; None lets the request pass.

    Raises:
        ConnectionResetError: when the rule breaks the connection.
    """
    if rule.kind in AFTER:
        return None
    if rule.kind == "delay":
        time.sleep(rule.seconds)
    elif rule.kind == "no_answer":
        wait_and_reset(rule)
    elif rule.kind == "reset_before":
        reset()
    elif rule.kind == "expired_token":
        world.oauth.expire_access()
    elif rule.kind == "revoked_grant":
        world.oauth.disconnect(world.realm_id)
    else:
        return _canned(world, rule.kind)
    return None


def _canned(world: World, kind: str) -> Answer:
    if kind == "http429":
        milliseconds = int(world.now().timestamp() * 1000)
        return Answer(429, dumps(throttled().body(milliseconds)))
    if kind == "xml":
        return Answer(429, THROTTLED_XML, "application/xml")
    if kind == "html":
        return Answer(502, "<html><body><h1>Bad Gateway</h1></body></html>", "text/html")
    if kind == "empty200":
        return Answer(200, "")
    return fault_answer(world, FAULTS[kind])


def after(world: World, rule: Rule, whole: Answer) -> Answer:
    """Let a rule strike once the books have changed; it gets the answer there would have been.

    Raises:
        ConnectionResetError: when the rule breaks the connection.
    """
    if rule.kind == "reset_after_apply":
        reset()
    if rule.kind == "timeout_after_apply":
        wait_and_reset(rule)
    if rule.kind == "truncated":
        return Answer(200, whole.body[: len(whole.body) // 2], whole.content_type)
    if rule.kind == "empty_after_apply":
        return Answer(200, "")
    if rule.kind == "http500_after_apply":
        return fault_answer(world, FAULTS[rule.kind])
    if rule.kind == "wrong_total" and whole.content_type == JSON:
        return Answer(200, dumps(_with_wrong_total(loads(whole.body))))
    return whole


def _with_wrong_total(found: Any) -> Any:
    for record in found.values():
        if isinstance(record, dict) and "TotalAmt" in record:
            record["TotalAmt"] += 1
    return found


def wait_and_reset(rule: Rule) -> None:
    """Keep the other side waiting, then break the connection.

    Raises:
        ConnectionResetError: always.
    """
    time.sleep(rule.seconds if rule.seconds > 1 else NO_ANSWER_SECONDS)
    reset()


def reset() -> None:
    """Break the connection so that the other side sees a reset, not an end.

    Raises:
        ConnectionResetError: always.
    """
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # The server's own files still hold the socket; only closing what lies below ends it now.
    os.close(connection.detach())
    raise ConnectionResetError
