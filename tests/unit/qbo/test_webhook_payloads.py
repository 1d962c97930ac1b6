"""Notifications in both shapes: what is genuine, what is read, and what spoils nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchly_admin.qbo.webhooks import is_genuine, read
from batchly_admin.qbo.webhooks.payloads import Event
from tests.notifications import changed, cloud_event, legacy, sign

SECRET = "verifier"


def only(content: Any) -> Event:
    heard = read(orjson.dumps(content))
    assert heard.complaints == ()
    (event,) = heard.events
    return event


def test_a_signature_is_that_of_the_very_bytes() -> None:
    body = b'{"eventNotifications": [ ]}'
    wanted = base64.b64encode(hmac.new(b"verifier", body, hashlib.sha256).digest()).decode()

    assert is_genuine(body, wanted, SECRET)
    assert is_genuine(body, f" {wanted}\n", SECRET), "a proxy may add white space"
    assert not is_genuine(body.replace(b" ", b""), wanted, SECRET)
    assert not is_genuine(body, wanted, "another token")


@pytest.mark.parametrize("signature", [None, "", "x", "ünïcode", "=" * 44, "a" * 10_000])
def test_no_other_text_is_a_signature(signature: str | None) -> None:
    assert not is_genuine(b"{}", signature, SECRET)


def test_a_signature_in_hex_or_of_another_hash_is_none() -> None:
    body = b"[]"
    assert not is_genuine(body, hmac.new(b"verifier", body, hashlib.sha256).hexdigest(), SECRET)
    sha1 = base64.b64encode(hmac.new(b"verifier", body, hashlib.sha1).digest()).decode()
    assert not is_genuine(body, sha1, SECRET)


def test_a_cloud_event_with_nanoseconds() -> None:
    event = only([cloud_event("310687", "creditmemo", "1234", "created", event_id="e1")])

    assert (event.realm, event.entity, event.qbo_id) == ("310687", "creditmemo", "1234")
    assert (event.operation, event.key) == ("created", "310687|e1")
    assert event.happened_at == datetime(2026, 3, 4, 17, 0, 0, 123456, tzinfo=UTC)


def test_a_change_of_old_with_an_offset() -> None:
    part = legacy("310687", changed("Invoice", "33", "Void", at="2026-03-04T09:00:00.000-08:00"))

    event = only({"eventNotifications": [part]})

    assert (event.entity, event.qbo_id, event.operation) == ("invoice", "33", "voided")
    assert event.happened_at == datetime(2026, 3, 4, 17, 0, tzinfo=UTC)


def test_one_notification_may_speak_of_several_companies_in_either_shape() -> None:
    parts = [legacy("1", changed("Item", "5")), legacy("2", changed("Item", "5"))]

    of_old = read(orjson.dumps({"eventNotifications": parts}))
    now = read(orjson.dumps([cloud_event("1", "item", "5"), cloud_event("2", "item", "5")]))

    assert [event.realm for event in of_old.events] == ["1", "2"]
    assert [event.realm for event in now.events] == ["1", "2"]
    assert len({event.key for event in (*of_old.events, *now.events)}) == 4


def test_a_merge_names_who_vanished_in_either_shape() -> None:
    of_old = only(
        {"eventNotifications": [legacy("1", changed("Customer", "5", "Merge", deletedId="6"))]}
    )
    now = only([cloud_event("1", "customer", "5", "merged", deletedId="6")])

    assert (of_old.operation, of_old.qbo_id, of_old.gone_id) == ("merged", "5", "6")
    assert (now.operation, now.qbo_id, now.gone_id) == ("merged", "5", "6")


def test_a_verb_nobody_knows_means_look_at_it() -> None:
    assert only([cloud_event("1", "invoice", "5", "reclassified")]).operation == "updated"


def test_the_same_event_within_one_notification_is_one_event() -> None:
    twice = [changed("Item", "5"), changed("Item", "5")]
    assert len(read(orjson.dumps({"eventNotifications": [legacy("1", *twice)]})).events) == 1


def test_a_key_too_long_or_unprintable_to_be_kept_is_kept_as_its_hash() -> None:
    long, odd = (
        only([cloud_event("1", "item", "5", event_id=name)]) for name in ("x" * 300, "a\x00b")
    )
    assert len(long.key) == len(odd.key) == 64
    assert long.key != odd.key


@pytest.mark.parametrize(
    "spoiled",
    [
        None,
        7,
        "text",
        {},
        [],
        cloud_event("", "item", "5"),
        cloud_event("1", "", "5"),
        cloud_event("1", "item", ""),
        cloud_event("1", "item", "5' OR Id > '0"),
        cloud_event("1", "item", "5", at="yesterday"),
        cloud_event("1", "item", "5", at="0001-01-01T00:00:00+23:59"),
        cloud_event("1", "customer", "5", "merged", deletedId="; DROP"),
        cloud_event("1", "item", "5") | {"type": "qbo"},
        cloud_event("1", "item", "5") | {"id": None},
    ],
)
def test_an_event_that_cannot_be_read_spoils_none_of_the_others(spoiled: Any) -> None:
    heard = read(
        orjson.dumps([cloud_event("1", "item", "4"), spoiled, cloud_event("1", "item", "6")])
    )

    assert [event.qbo_id for event in heard.events] == ["4", "6"]
    assert len(heard.complaints) == 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"{}", b"7", b'{"eventNotifications": 7}']
)
def test_what_is_no_notification_at_all_is_said(body: bytes) -> None:
    heard = read(body)
    assert heard.events == ()
    assert len(heard.complaints) == 1


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(ANYTHING)
def test_nothing_that_is_sent_breaks_the_reading(content: Any) -> None:
    body = orjson.dumps([content, {"eventNotifications": [content]}])
    read(body)
    read(
        orjson.dumps(
            {"eventNotifications": [content, {"dataChangeEvent": {"entities": [content]}}]}
        )
    )
    assert is_genuine(body, sign(body), "another") is False
