"""Webhooks over a real listener: what is told, how it is signed, and how often it is tried."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from quickbooks import QuickBooks

from tests.contract.consent import companies
from tests.contract.listener import Listener
from tests.contract.wire import Wire, fresh, running
from tests.servers import wait_until

LADDER = (10, 20, 30, 300, 1200, 7200, 14400, 21600, 21600)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as made:
        yield made


@pytest.fixture(params=["cloudevents", "legacy"])
def shape(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def listen(wire: Wire, listener: Listener, shape: str = "cloudevents", **given: Any) -> None:
    wire.control("POST", "webhooks", {"url": listener.url, "format": shape, **given})


def newest(wire: Wire) -> dict[str, Any]:
    """Give the newest delivery to the present address; those before it were another test's."""
    found = wire.control("GET", "webhooks")
    mine = [one for one in found["deliveries"] if one["url"] == found["webhooks"]["url"]]
    return mine[0] if mine else {"attempts": 0, "state": "not made yet"}


def tried_so_often(wire: Wire, tries: int) -> dict[str, Any]:
    wait_until(lambda: newest(wire)["attempts"] == tries, what=f"try {tries}")
    return newest(wire)


def heard(listener: Listener, number: int) -> list[tuple[str, str, str]]:
    wait_until(lambda: len(listener.events()) >= number, what=f"{number} events")
    return listener.events()


def refused(wire: Wire, body: dict[str, Any], path: str = "webhooks") -> str:
    url = f"{wire.details['control_url']}/api/{path}"
    answer = wire.http.post(url, json=body, timeout=10)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


# --- registering -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["file:///etc/hostname", "ftp://127.0.0.1/x", "127.0.0.1:80", "http://", "http://x:99999"],
)
def test_an_address_that_is_none_is_refused(wire: Wire, url: str) -> None:
    refused(wire, {"url": url})
    assert wire.control("GET", "state")["webhooks"] is None


def test_a_format_there_is_not_is_refused(wire: Wire) -> None:
    assert "legacy" in refused(wire, {"url": "http://127.0.0.1:9/", "format": "pigeon"})


def test_a_test_needs_an_address(wire: Wire) -> None:
    assert "address" in refused(wire, {}, "webhooks/test")


def test_only_what_happens_afterwards_is_told(wire: Wire, listener: Listener) -> None:
    wire.customer()
    listen(wire, listener)
    after = wire.customer()
    assert heard(listener, 1) == [("customer", after["Id"], "created")]


def test_nobody_is_told_once_it_is_switched_off(wire: Wire, listener: Listener) -> None:
    listen(wire, listener)
    wire.control("POST", "webhooks", {"url": None})
    wire.customer()
    listen(wire, listener)
    last = wire.customer()
    assert heard(listener, 1) == [("customer", last["Id"], "created")]


def test_a_test_is_sent_at_once_and_logged(wire: Wire, listener: Listener, shape: str) -> None:
    listen(wire, listener, shape)
    sent = wire.control("POST", "webhooks/test", {})["delivery"]
    assert (sent["state"], sent["outcome"], sent["attempts"]) == ("test", "answered 200", 1)
    assert len(listener.events()) == 1
    assert newest(wire) == sent


# --- what is told ------------------------------------------------------------------------------


def words(shape: str, *operations: str) -> list[str]:
    told = {"Create": "created", "Update": "updated", "Delete": "deleted", "Void": "voided"}
    told |= {"Merge": "merged", "Emailed": "emailed"}
    return [told[one] if shape == "cloudevents" else one for one in operations]


def test_each_operation_is_told(wire: Wire, listener: Listener, shape: str) -> None:
    invoice = wire.invoice("10.00", BillEmail={"Address": "ann@shop.example"})
    listen(wire, listener, shape)
    wire.fine("POST", f"invoice/{invoice['Id']}/send")
    wire.end("Invoice", wire.read("Invoice", invoice["Id"]), "void")
    wire.end("Invoice", wire.read("Invoice", invoice["Id"]), "delete")
    other = wire.customer()
    expected = words(shape, "Update", "Emailed", "Void", "Delete")
    assert [one[2] for one in heard(listener, 5)[:4]] == expected
    assert listener.events()[4] == ("customer", other["Id"], *words(shape, "Create"))


def test_a_merge_names_the_id_that_is_gone(wire: Wire, listener: Listener, shape: str) -> None:
    kept, gone = wire.customer(), wire.customer()
    listen(wire, listener, shape)
    body = {"type": "Customer", "keep": kept["Id"], "gone": gone["Id"]}
    wire.control("POST", "accountant/merge", body)
    (event,) = heard(listener, 1)
    assert event == ("customer", kept["Id"], *words(shape, "Merge"))
    (told,) = listener.bodies()
    if shape == "legacy":
        (entity,) = told["eventNotifications"][0]["dataChangeEvent"]["entities"]
        assert entity["deletedId"] == gone["Id"]
    else:
        assert told[0]["type"] == "qbo.customer.merged.v1"
        assert told[0]["data"]["deletedId"] == gone["Id"]


def test_a_merge_may_keep_it_to_itself(wire: Wire, listener: Listener) -> None:
    kept, gone = wire.customer(), wire.customer()
    wire.control("POST", "settings", {"merge_deleted_id": False})
    try:
        listen(wire, listener, "legacy")
        body = {"type": "Customer", "keep": kept["Id"], "gone": gone["Id"]}
        wire.control("POST", "accountant/merge", body)
        heard(listener, 1)
    finally:
        wire.control("POST", "settings", {"merge_deleted_id": True})
    assert b"deletedId" not in listener.heard[0][0]


def test_tax_codes_are_told_to_nobody(wire: Wire, listener: Listener) -> None:
    listen(wire, listener)
    wire.tax_code("4")
    wire.customer()
    told = {one[0] for one in heard(listener, 2)}
    assert told == {"taxagency", "customer"}


def test_both_companies_are_told_with_their_ids(wire: Wire, listener: Listener) -> None:
    second = next(realm for realm in companies(wire) if realm != wire.realm)
    listen(wire, listener, "legacy")
    rows = [{"type": "Customer", "data": {"DisplayName": fresh("Second")}}]
    wire.control("POST", f"seed?realm={second}", {"entities": rows})
    heard(listener, 1)
    assert listener.bodies()[0]["eventNotifications"][0]["realmId"] == second
    wire.customer()
    heard(listener, 2)
    assert listener.bodies()[1]["eventNotifications"][0]["realmId"] == wire.realm


def test_starting_over_is_no_change(wire: Wire, listener: Listener) -> None:
    listen(wire, listener)
    wire.control("POST", "reset", {"company": "empty"})
    made = wire.customer()
    assert heard(listener, 1) == [("customer", made["Id"], "created")]


def test_a_batch_and_the_accountant_are_heard_too(wire: Wire, listener: Listener) -> None:
    invoice = wire.invoice("10.00")
    listen(wire, listener)
    item = {"bId": "1", "operation": "create", "Vendor": {"DisplayName": fresh("Vendor")}}
    wire.fine("POST", "batch", {"BatchItemRequest": [item]})
    wire.control("POST", "accountant/payment", {"invoice": invoice["Id"], "amount": 4})
    told = {(one[0], one[2]) for one in heard(listener, 3)}
    assert told >= {("vendor", "created"), ("payment", "created"), ("invoice", "updated")}


def test_a_cloud_event_has_all_its_parts(wire: Wire, listener: Listener) -> None:
    listen(wire, listener)
    made = wire.customer()
    heard(listener, 1)
    ((event,),) = listener.bodies()
    assert (event["specversion"], event["type"]) == ("1.0", "qbo.customer.created.v1")
    assert (event["intuitentityid"], event["intuitaccountid"]) == (made["Id"], wire.realm)
    assert event["datacontenttype"] == "application/json"
    moment, nanoseconds = event["time"].removesuffix("Z").split(".")
    assert len(nanoseconds) == 9
    created = datetime.fromisoformat(made["MetaData"]["CreateTime"])
    assert datetime.fromisoformat(f"{moment}+00:00") == created.replace(microsecond=0)


def test_a_notification_of_old_has_all_its_parts(wire: Wire, listener: Listener) -> None:
    listen(wire, listener, "legacy")
    made = wire.customer()
    heard(listener, 1)
    (note,) = listener.bodies()[0]["eventNotifications"]
    (event,) = note["dataChangeEvent"]["entities"]
    assert note["realmId"] == wire.realm
    assert (event["name"], event["id"], event["operation"]) == ("Customer", made["Id"], "Create")
    created = datetime.fromisoformat(made["MetaData"]["CreateTime"])
    assert datetime.fromisoformat(event["lastUpdated"]) == created


def test_every_body_is_signed(wire: Wire, listener: Listener, shape: str, qb: QuickBooks) -> None:
    listen(wire, listener, shape)
    wire.customer(DisplayName=fresh("Łódź"))
    heard(listener, 1)
    body, signature = listener.heard[0]
    secret = wire.details["webhook_verifier_token"].encode()
    assert base64.b64decode(signature) == hmac.new(secret, body, hashlib.sha256).digest()
    assert qb.validate_webhook_signature(body.decode(), signature, secret.decode())


def test_an_event_keeps_its_id_and_no_other_has_it(wire: Wire, listener: Listener) -> None:
    listener.answers.extend([500])
    listen(wire, listener, waits=[0])
    for _ in range(3):
        wire.customer()
    heard(listener, 3)
    ids = [one["id"] for body in listener.bodies() for one in body]
    assert len(set(ids)) == len(ids) == 3
    assert json.loads(listener.tried[0])[0]["id"] == ids[0]


# --- how often it is tried ---------------------------------------------------------------------


def test_what_is_not_acknowledged_is_tried_again_and_the_rest_waits(
    wire: Wire, listener: Listener, shape: str
) -> None:
    listener.is_deaf = True
    listen(wire, listener, shape, waits=[0.05, 0.05, 0.05])
    first = wire.customer()
    wait_until(lambda: len(listener.tried) >= 3, what="three tries")
    second, third = wire.customer(), wire.customer()
    listener.is_deaf = False
    assert [one[1] for one in heard(listener, 3)] == [one["Id"] for one in (first, second, third)]
    refusals = len(listener.tried) - len(listener.heard)
    assert set(listener.tried[: refusals + 1]) == {listener.heard[0][0]}, "always the same body"
    assert len(listener.heard) == 2, "what was held back comes together"
    wait_until(lambda: newest(wire)["state"] == "delivered", what="the log")
    both = wire.control("GET", "webhooks")["deliveries"][:2]
    assert [one["outcome"] for one in both] == ["answered 200", "answered 200"]
    assert [one["attempts"] for one in both] == [1, refusals + 1]
    assert [one["events"] for one in both] == [2, 1]


def test_the_waits_are_quickbooks_own(wire: Wire, listener: Listener) -> None:
    listener.is_deaf = True
    listen(wire, listener)
    wire.customer()
    passed = 0
    for tries, seconds in enumerate(LADDER, 1):
        found = tried_so_often(wire, tries)
        assert (found["state"], found["outcome"]) == ("waiting", "answered 503")
        tried, due = (datetime.fromisoformat(found[name]) for name in ("tried", "next_try"))
        assert abs((due - tried).total_seconds() - seconds) < 1
        passed += seconds
        wire.control("POST", "clock", {"offset_seconds": passed})
    assert len(set(listener.tried)) == 1


def test_a_clock_put_back_does_not_lengthen_a_wait(wire: Wire, listener: Listener) -> None:
    listener.answers.append(500)
    listen(wire, listener, waits=[0.3])
    wire.customer()
    wait_until(lambda: listener.tried, what="the first try")
    wire.control("POST", "clock", {"offset_seconds": -90 * 86400})
    heard(listener, 1)


def test_leading_elsewhere_acknowledges_nothing(wire: Wire, listener: Listener) -> None:
    listener.answers.append(302)
    listen(wire, listener, waits=[0])
    wire.customer()
    heard(listener, 1)
    assert len(listener.tried) == 2


def test_any_success_but_200_acknowledges_nothing(wire: Wire, listener: Listener) -> None:
    listener.answers.append(202)
    listen(wire, listener, waits=[0])
    wire.customer()
    heard(listener, 1)
    assert len(listener.tried) == 2


def test_three_seconds_of_silence_are_a_refusal(wire: Wire, listener: Listener) -> None:
    listener.may_answer.clear()
    listen(wire, listener)
    wire.customer()
    wait_until(lambda: newest(wire)["attempts"] == 1, what="the end of its patience")
    assert newest(wire)["outcome"] == "no answer within 3 s"


def test_nobody_there_is_said_so(wire: Wire) -> None:
    wire.control("POST", "webhooks", {"url": "http://127.0.0.1:9/nobody-there"})
    wire.customer()
    wait_until(lambda: newest(wire)["attempts"] == 1, what="a try")
    assert newest(wire)["outcome"].startswith("not reached")


def test_another_address_drops_what_waits(wire: Wire, listener: Listener) -> None:
    listener.is_deaf = True
    listen(wire, listener)
    wire.customer()
    wait_until(lambda: newest(wire)["attempts"] == 1, what="a try")
    dropped = newest(wire)["seq"]
    with Listener() as second:
        listen(wire, second)
        made = wire.customer()
        assert heard(second, 1) == [("customer", made["Id"], "created")]
    found = wire.control("GET", "webhooks")["deliveries"]
    assert next(one["state"] for one in found if one["seq"] == dropped) == "dropped"


def test_what_waits_survives_a_restart(tmp_path: Path, listener: Listener) -> None:
    listener.is_deaf = True
    with running(tmp_path) as details:
        first = Wire(details)
        listen(first, listener, "legacy")
        made = first.customer()
        wait_until(lambda: newest(first)["attempts"] == 1, what="a try")
        first.close()
    listener.is_deaf = False
    with running(tmp_path) as details:
        again = Wire(details)
        again.control("POST", "clock", {"offset_seconds": 60})
        assert heard(listener, 1) == [("customer", made["Id"], "Create")]
        again.close()
