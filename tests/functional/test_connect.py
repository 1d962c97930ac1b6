"""Connecting to QuickBooks and letting it go, against the simulator's own log-in page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from batchly_admin.models.changes import AuditEvent
from batchly_admin.models.customers import Customer
from batchly_admin.models.matching import ReleasedLink
from batchly_admin.models.sync import QbConnection
from batchly_admin.services.unit_of_work import SYSTEM
from tests.functional.desk import Desk, granted, open_desk

PAGE = "/admin/quickbooks/connect"


@pytest.fixture
def desk(simulator: dict[str, Any], shop_folder: Path, redis_url: str) -> Iterator[Desk]:
    with open_desk(simulator, shop_folder, redis_url) as found:
        yield found


def change(desk: Desk, **values: Any) -> None:
    with desk.runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
        found = uow.session.get_one(QbConnection, desk.connection.id)
        for name, value in values.items():
            setattr(found, name, value)


def linked_customer(desk: Desk) -> None:
    with desk.runtime.uows.begin(actor=SYSTEM, source="cli") as uow:
        uow.session.add(Customer(display_name="Ann Smith", qb_customer_id="58"))


def test_disconnecting_forgets_the_tokens_and_connecting_brings_new_ones(desk: Desk) -> None:
    desk.post("/admin/quickbooks/disconnect")
    assert desk.state == "disconnected"
    assert not desk.holds_tokens

    away = desk.post("/admin/quickbooks/connect")
    assert away.status_code == 302
    back = granted(away.headers["Location"])
    assert desk.client.get(back).headers["Location"].endswith("/admin/quickbooks/status")
    assert desk.state == "connected"
    assert desk.holds_tokens


def test_an_answer_is_taken_once(desk: Desk) -> None:
    desk.post("/admin/quickbooks/disconnect")
    back = granted(desk.post("/admin/quickbooks/connect").headers["Location"])
    desk.client.get(back)
    desk.post("/admin/quickbooks/disconnect")
    assert desk.client.get(back).status_code == 422
    assert desk.state == "disconnected"


def test_an_answer_nobody_asked_for_is_refused(desk: Desk) -> None:
    desk.post("/admin/quickbooks/disconnect")
    desk.post("/admin/quickbooks/connect")
    answer = desk.client.get("/admin/quickbooks/callback?code=x&state=forged&realmId=1")
    assert answer.status_code == 422
    assert desk.state == "disconnected"


def test_refusing_access_connects_nothing(desk: Desk) -> None:
    desk.post("/admin/quickbooks/disconnect")
    back = granted(desk.post("/admin/quickbooks/connect").headers["Location"], choice="cancel")
    assert desk.client.get(back).status_code == 302
    assert desk.state == "disconnected"


def test_an_answer_that_comes_too_late_is_refused(desk: Desk) -> None:
    desk.post("/admin/quickbooks/disconnect")
    back = granted(desk.post(PAGE).headers["Location"])
    with desk.client.session_transaction() as kept:
        kept["quickbooks_state"][1] -= 601
        kept.modified = True
    assert desk.client.get(back).status_code == 422
    assert desk.state == "disconnected"
    assert "qbo.state.refused" in [event.event for event in desk.all(AuditEvent)]


def test_a_second_tab_makes_the_first_ones_answer_worthless(desk: Desk) -> None:
    desk.post("/admin/quickbooks/disconnect")
    first = granted(desk.post(PAGE).headers["Location"])
    second = granted(desk.post(PAGE).headers["Location"])
    assert desk.client.get(first).status_code == 422
    # The state is gone with the first look, so a stolen answer cannot be tried twice either.
    assert desk.client.get(second).status_code == 422
    assert desk.state == "disconnected"


def test_another_company_is_refused_and_its_permission_given_back(desk: Desk) -> None:
    linked_customer(desk)
    before = desk.connection.realm_id
    desk.post("/admin/quickbooks/disconnect")
    back = granted(desk.post(PAGE).headers["Location"], company=1)
    assert desk.client.get(back).headers["Location"].endswith("?other=1")
    assert "linked to another QuickBooks company" in desk.see(f"{PAGE}?other=1")
    assert (desk.state, desk.connection.realm_id) == ("disconnected", before)
    assert not desk.holds_tokens
    assert "qbo.other_company.refused" in [event.event for event in desk.all(AuditEvent)]


def test_links_are_not_released_without_the_companys_name(desk: Desk) -> None:
    linked_customer(desk)
    desk.post("/admin/quickbooks/release", confirmation="yes")
    assert desk.state == "connected"
    assert desk.all(Customer)[0].qb_customer_id == "58"
    assert desk.all(ReleasedLink) == []


def test_released_links_stay_in_the_history_and_another_company_can_come(desk: Desk) -> None:
    linked_customer(desk)
    first = desk.connection.realm_id
    desk.post("/admin/quickbooks/release", confirmation=first)
    found = desk.all(Customer)[0]
    assert (found.qb_customer_id, found.sync_state) == (None, "not_synced")
    [link] = desk.all(ReleasedLink)
    assert (link.realm_id, link.entity_id, link.qbo_id) == (first, found.id, "58")

    back = granted(desk.post(PAGE).headers["Location"], company=1)
    assert desk.client.get(back).headers["Location"].endswith("/admin/quickbooks/setup")
    assert desk.connection.realm_id != first
    assert desk.connection.went_live_at is None
    desk.work()
    assert desk.connection.company_name


def test_the_page_shows_the_company_and_both_clocks(desk: Desk) -> None:
    desk.post("/admin/quickbooks/disconnect")
    desk.client.get(granted(desk.post(PAGE).headers["Location"]))
    desk.runtime.engine.pull("company")
    seen = desk.see(PAGE)
    for words in ("New Company", "QuickBooks Online Plus", "US", "USD", "Unused, it ends"):
        assert words in seen
    assert "It ends for good" in seen
    assert desk.connection.refresh_token_hard_expires_at is not None
    assert str(desk.connection.refresh_token) not in seen


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("refresh_token_expires_at", "when it is not used before"),
        ("refresh_token_hard_expires_at", "five years after it was given"),
    ],
)
def test_a_clock_that_runs_out_is_said_on_every_page(desk: Desk, column: str, words: str) -> None:
    now = desk.runtime.clock.now()
    change(desk, **{column: now + timedelta(days=31)})
    assert words not in desk.see("/customers")
    change(desk, **{column: now + timedelta(days=29)})
    assert words in desk.see("/customers")
    assert words in desk.see(PAGE)


def test_a_login_that_ended_is_said_and_can_be_renewed(desk: Desk) -> None:
    change(desk, state="reconnect", last_error="The login to QuickBooks has ended.")
    assert "The login to QuickBooks has ended." in desk.see("/customers")
    assert "Reconnect" in desk.see("/admin/quickbooks/reconnect")
    desk.client.get(granted(desk.post(PAGE).headers["Location"]))
    assert desk.state == "connected"
    assert "has ended" not in desk.see("/customers")


def test_coming_from_quickbooks_list_of_apps_is_not_believed(desk: Desk) -> None:
    assert "you disconnected Batchly there" in desk.see("/admin/quickbooks/disconnected")
    desk.work()
    assert desk.state == "connected"


def test_a_permission_taken_back_in_quickbooks_is_found_out(
    desk: Desk, simulator: dict[str, Any]
) -> None:
    desk.runtime.engine.pull("company")
    url = f"{simulator['control_url']}/api/disconnect"
    assert requests.post(url, json={}, timeout=5).ok
    desk.client.get("/admin/quickbooks/disconnected")
    with pytest.raises(Exception, match="QuickBooks"):
        desk.work()
    assert desk.state == "reconnect"


def test_use_of_tokens_is_in_the_audit_log_without_any_token(desk: Desk) -> None:
    desk.runtime.engine.pull("company")
    events = [(event.event, str(event.details)) for event in desk.all(AuditEvent)]
    assert ("qbo.token.renewed", "None") in events
    assert "Access renewed" in desk.see(PAGE)
