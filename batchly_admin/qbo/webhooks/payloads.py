"""What stands in a notification: is it QuickBooks who speaks, and which events does it bring.

Two shapes are in use. The one of old is an object with `eventNotifications`, by company; the one
that replaced it is a list of CloudEvents. An app is moved from one to the other by a switch in
Intuit's portal, so both are understood at any time.
https://blogs.intuit.com/2025/11/12/upcoming-change-to-webhooks-payload-structure
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, NoReturn

import orjson

KEY_LENGTH = 200

_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ENTITY = re.compile(r"[a-z]{1,30}")
_NANOSECONDS = re.compile(r"(\.\d{6})\d+")
_OPERATIONS = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "void": "voided",
    "merge": "merged",
    "emailed": "emailed",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one record; `gone_id` is the id that a merge took away."""

    key: str
    realm: str
    entity: str
    qbo_id: str
    operation: str
    happened_at: datetime
    gone_id: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """The events of one notification, and why something in it could not be read."""

    events: tuple[Event, ...]
    complaints: tuple[str, ...] = ()


class _Unreadable(ValueError):
    """An event lacks what every event has."""


def is_genuine(body: bytes, signature: str | None, secret: str) -> bool:
    """Tell whether a body was signed with the verifier token, over its bytes as they came."""
    wanted = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, (signature or "").strip().encode("utf-8", "replace"))


def read(body: bytes) -> Heard:
    """Give the events of a notification; one that cannot be read spoils none of the others."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Heard((), ("The notification is not JSON.",))
    events: dict[str, Event] = {}
    complaints: list[str] = []
    for found in _each(content):
        try:
            event = found()
        except _Unreadable as error:
            complaints.append(str(error))
        else:
            events[event.key] = event
    return Heard(tuple(events.values()), tuple(complaints))


def _complain(words: str) -> NoReturn:
    raise _Unreadable(words)


def _each(content: Any) -> Iterator[Callable[[], Event]]:
    """Give what makes each event, or complains where there is none to make."""
    if isinstance(content, list):
        for one in content:
            yield partial(_cloud_event, one)
    elif isinstance(content, Mapping) and isinstance(content.get("eventNotifications"), list):
        for one in content["eventNotifications"]:
            yield from _legacy_events(one)
    else:
        yield partial(_complain, "The notification has neither of the two known shapes.")


def _legacy_events(notification: Any) -> Iterator[Callable[[], Event]]:
    changed = notification.get("dataChangeEvent") if isinstance(notification, Mapping) else None
    entities = changed.get("entities") if isinstance(changed, Mapping) else None
    if not isinstance(entities, list):
        yield partial(_complain, "A company's part of the notification has no entities.")
        return
    realm = _text(notification.get("realmId"))
    for one in entities:
        yield partial(_legacy, realm, one)


def _legacy(realm: str, one: Any) -> Event:
    values = one if isinstance(one, Mapping) else {}
    stated = _text(values.get("lastUpdated"))
    entity, qbo_id = _text(values.get("name")).lower(), _text(values.get("id"))
    operation = _operation(values.get("operation"))
    return _checked(
        Event(
            key=f"{realm}|{entity}|{qbo_id}|{operation}|{stated}",
            realm=realm,
            entity=entity,
            qbo_id=qbo_id,
            operation=operation,
            happened_at=_moment(stated),
            gone_id=_text(values.get("deletedId")) or None,
        )
    )


def _cloud_event(one: Any) -> Event:
    """Read one CloudEvent; its type is qbo.payment.created.v1, its id is its own for ever."""
    values = one if isinstance(one, Mapping) else {}
    words = _text(values.get("type")).split(".")
    entity, verb = (words[1].lower(), words[2]) if len(words) > 2 else ("", "")
    data = values.get("data")
    realm, event_id = _text(values.get("intuitaccountid")), _text(values.get("id"))
    if not event_id:
        raise _Unreadable("An event has no id.")
    return _checked(
        Event(
            key=f"{realm}|{event_id}",
            realm=realm,
            entity=entity,
            qbo_id=_text(values.get("intuitentityid")),
            operation=_operation(verb),
            happened_at=_moment(_text(values.get("time"))),
            gone_id=(_text(data.get("deletedId")) if isinstance(data, Mapping) else "") or None,
        )
    )


def _checked(event: Event) -> Event:
    """Let an event pass whose words are what they should be, with a key that can be kept."""
    if not _ID.fullmatch(event.realm):
        raise _Unreadable("An event names no company.")
    if not _ENTITY.fullmatch(event.entity) or not _ID.fullmatch(event.qbo_id):
        raise _Unreadable("An event names no record.")
    if event.gone_id is not None and not _ID.fullmatch(event.gone_id):
        raise _Unreadable("An event names a merged record by no id.")
    if len(event.key) <= KEY_LENGTH and event.key.isprintable():
        return event
    digest = hashlib.sha256(event.key.encode("utf-8", "replace")).hexdigest()
    return replace(event, key=digest)


def _text(value: Any) -> str:
    """Give a text or a number as text; anything else is nothing."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _operation(word: Any) -> str:
    """Give the verb, spelled as CloudEvents spell it; one nobody knows is an update."""
    text = _text(word).lower()
    found = _OPERATIONS.get(text, text)
    return found if found in _OPERATIONS.values() else "updated"


def _moment(stated: str) -> datetime:
    try:
        found = datetime.fromisoformat(_NANOSECONDS.sub(r"\1", stated))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise _Unreadable("An event does not say when it happened.") from None
