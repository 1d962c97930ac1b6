"""The status page and the reports with a real simulator: what goes wrong there is shown here."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.errors import SyncError
from batchly_admin.grid.exports import BYTE_ORDER_MARK
from batchly_admin.models.changes import Run
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import ApiUsage, QbConnection, ScheduleSlot
from batchly_admin.models.watching import SyncRun
from batchly_admin.services import outbox
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop
from tests.house import House

STATUS, PULSE, REPORTS = (
    "/admin/quickbooks/status",
    "/admin/quickbooks/status/pulse",
    "/reports/quickbooks",
)


class Browser:
    """One person at one browser."""

    def __init__(self, house: House, role: str) -> None:
        self.person = house.log_in(role)
        self.client = self.person.client

    def words(self, path: str = STATUS) -> str:
        """Give what the page says, without its tags."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text[:500]
        content = answer.text.split('<main id="content"', 1)[1].split("</main>")[0]
        return " ".join(re.sub(r"<[^>]+>", " ", content).split())

    def part(self, name: str) -> str:
        """Give the words of one live section of the status page."""
        page = self.client.get(STATUS, headers={"X-Batchly-Live": "1"}).text
        text = page.split(f'data-live="{name}"', 1)[1].split('data-live="', 1)[0]
        return " ".join(re.sub(r"<[^>]+>", " ", text.split(">", 1)[1]).split())

    def press(self, path: str, **fields: str) -> Any:
        """Press a button of the page."""
        return self.person.send(path, **fields)

    def pulse(self, tag: str | None = None) -> Any:
        """Ask whether anything changed."""
        headers = {"If-None-Match": tag} if tag else {}
        return self.client.get(PULSE, headers=headers)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough here: the service tests read the figures on both."""
    return sqlite_url


@pytest.fixture
def admin(house: House) -> Browser:
    return Browser(house, "admin")


def retried(shop: Shop, invoice_id: UUID) -> None:
    """Let a row use up its tries."""
    for _ in range(3):
        shop.drain()
        shop.later(133)
    assert shop.row(invoice_id).status == "failed"


def test_before_anything_happened_the_page_says_so(admin: Browser) -> None:
    words = admin.words()
    assert "QuickBooks (simulated)" in words
    assert "Nothing failed" in words
    assert "Nothing is stuck" in words
    assert "Nothing was synced yet" in words
    assert "nothing waits" in admin.part("totals")


def test_what_was_sent_is_counted_timed_and_in_the_history(admin: Browser, shop: Shop) -> None:
    shop.invoice()
    assert "Waiting 1" in admin.part("totals")
    shop.drain()
    totals = admin.part("totals")
    assert "Waiting 0" in totals
    assert "Success, 30 days 100%" in totals
    assert "Latency p50 0 ms" in totals
    history = admin.part("history")
    assert "Documents To QuickBooks" in history
    assert "Done" in history
    [run] = shop.all(SyncRun)
    assert (run.kind, run.state, run.ok, run.failed) == ("push", "done", 3, 0)


def test_a_round_that_found_nothing_to_do_is_no_run(shop: Shop) -> None:
    shop.drain()
    assert shop.all(SyncRun) == []


def test_a_refused_document_is_listed_under_its_cause_and_retried_by_it(
    admin: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    shop.invoice()
    shop.drain()
    quickbooks.close_books("2026-03-31")
    invoice_id = shop.invoice()
    shop.drain()

    causes = admin.part("causes")
    assert "QuickBooks does not accept it" in causes
    assert "books of this period are closed" in causes
    assert "Failed 1" in admin.part("totals")
    # It was refused for what is in it: the sync itself did not fail.
    assert "Success, 30 days 100%" in admin.part("totals")
    code = str(shop.row(invoice_id).error_code)

    other = admin.press("/admin/quickbooks/retry-all", error_class="transient")
    assert other.status_code == 302
    assert shop.row(invoice_id).status == "failed"
    quickbooks.close_books("")
    admin.press("/admin/quickbooks/retry-all", error_class="rejected", error_code=code)
    assert shop.row(invoice_id).status == "pending"
    assert "0/1: 0 sent, 0 failed" in admin.part("progress")
    shop.drain()
    assert "Finished: 1 sent, 0 failed" in admin.part("progress")
    assert "Nothing failed" in admin.part("causes")


def test_failures_of_the_machinery_lower_the_success_rate(
    admin: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    shop.invoice()
    shop.drain()
    quickbooks.fault("http503", count=10)
    retried(shop, shop.invoice())
    totals = admin.part("totals")
    # Customer, item and invoice went through; one invoice did not.
    assert "Success, 30 days 75%" in totals
    assert "QuickBooks did not answer" in admin.part("causes")
    words = admin.words(f"{REPORTS}?section=errors&days=7")
    assert "Failed tries 3" in words
    assert "QuickBooks did not answer" in words


def test_an_outage_and_a_pause_are_said_in_plain_words(
    admin: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    quickbooks.fault("http503", route="customer.create", count=100)
    for number in range(6):
        shop.customer(f"Customer {number}")
    with shop.begin() as uow:
        for customer in uow.session.scalars(sa.select(Customer)):
            outbox.enqueue(uow, customer)
    shop.drain()
    assert "tried again by itself" in admin.part("connection")
    with shop.begin() as uow:
        uow.session.scalars(sa.select(QbConnection)).one().pushes_paused = True
    assert "Pushes to QuickBooks are paused by an admin." in admin.part("connection")
    assert "QuickBooks paused" in admin.part("connection")


def test_a_login_that_ended_is_shown_and_counted_as_time_without_a_connection(
    house: House, shop: Shop, quickbooks: Quickbooks
) -> None:
    shop.later(3600)
    quickbooks.disconnect()
    shop.invoice()
    shop.drain()
    shop.later(3600)
    admin = Browser(house, "admin")
    assert "Reconnect QuickBooks" in admin.part("connection")
    health = admin.words(f"{REPORTS}?section=health&days=7")
    assert "Refused refreshes 1" in health
    assert "State Reconnect" in health


def test_a_pull_that_is_pressed_is_followed_to_its_summary(admin: Browser, shop: Shop) -> None:
    assert admin.press("/admin/quickbooks/pull/terms").status_code == 302
    assert "Fetch payment terms" in admin.part("progress")
    assert "Waiting for its turn" in admin.part("progress")
    assert admin.pulse().get_json()["busy"] is True
    [slot] = shop.all(ScheduleSlot)
    with shop.begin() as uow:
        found = uow.session.get(ScheduleSlot, slot.id)
        found.state, found.started_at = "running", uow.now()
    assert "Under way" in admin.part("progress")
    shop.engine.pull("terms")
    [run] = shop.all(SyncRun)
    assert (run.kind, run.name, run.state) == ("pull", "terms", "done")
    assert run.figures["seen"] >= run.ok > 0
    with shop.begin() as uow:
        found = uow.session.get(ScheduleSlot, slot.id)
        found.state, found.finished_at = "done", uow.now()
    assert f"Done: {run.ok} changed" in admin.part("progress")
    shop.later(180)
    assert "Fetch payment terms" not in admin.part("progress")


def test_a_pull_that_fails_stands_in_the_history_with_its_cause(
    admin: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    quickbooks.fault("http503", route="query.read", count=10)
    with pytest.raises(SyncError):
        shop.engine.pull("terms")
    [run] = shop.all(SyncRun)
    assert (run.state, run.ok) == ("failed", 0)
    assert "could not be reached" in (run.message or "")
    assert "could not be reached" in admin.part("history")


def test_sending_all_of_a_type_is_one_run_over_what_quickbooks_lacks(
    admin: Browser, shop: Shop
) -> None:
    for name in ("Ann Smith", "Bob Jones"):
        shop.customer(name)
    known = shop.customer("Known", qb_customer_id="77", sync_state="synced")
    assert admin.press("/admin/quickbooks/send/customer").status_code == 302
    [run] = shop.all(Run)
    assert (run.table_name, run.action, run.total) == ("customers", "sync", 2)
    assert str(known) not in str(run.params)
    assert admin.press("/admin/quickbooks/send/payment").status_code == 302
    assert len(shop.all(Run)) == 1
    assert admin.press("/admin/quickbooks/send/vendor").status_code == 404


def test_an_unchanged_state_is_answered_with_304(admin: Browser, shop: Shop) -> None:
    first = admin.pulse()
    tag = first.headers["ETag"]
    assert first.get_json()["waiting"] == 0
    same = admin.pulse(tag)
    assert (same.status_code, same.data) == (304, b"")
    shop.invoice()
    changed = admin.pulse(tag)
    assert changed.status_code == 200
    assert changed.get_json()["waiting"] == 1
    assert changed.headers["ETag"] != tag
    assert len(changed.data) < 400
    # A pause that began and ended again is news too, whatever the queue says.
    tag = changed.headers["ETag"]
    with shop.begin() as uow:
        uow.session.scalars(sa.select(QbConnection)).one().pushes_paused = True
    assert admin.pulse(tag).status_code == 200


def test_calls_are_counted_as_the_simulator_counted_them(
    admin: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    shop.invoice()
    shop.drain()
    shop.engine.pull("terms")
    ours = sum(row.calls for row in shop.all(ApiUsage))
    assert "Calls in the last minute" in admin.part("usage")
    shown = re.search(r"Calls in the last minute (\d+) of", admin.part("usage"))
    assert shown is not None
    assert int(shown.group(1)) == ours
    words = admin.words(f"{REPORTS}?section=usage&days=7")
    assert f"Calls {ours} " in words
    reads = sum(row.calls for row in shop.all(ApiUsage) if row.metering == "coreplus")
    assert f"This month, metered {reads} of 500,000" in words


@pytest.mark.parametrize("section", ["performance", "accuracy", "errors", "usage", "health"])
def test_every_table_of_a_section_is_also_csv(admin: Browser, shop: Shop, section: str) -> None:
    shop.invoice()
    shop.drain()
    page = admin.client.get(f"{REPORTS}?section={section}&days=7").text
    found = re.findall(r'href="(/reports/quickbooks/[a-z]+/[a-z-]+\.csv[^"]*)"', page)
    assert found
    for address in found:
        answer = admin.client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer.headers["Content-Disposition"]
        text = answer.get_data(as_text=True).removeprefix(BYTE_ORDER_MARK)
        lines = list(csv.reader(io.StringIO(text)))
        assert len(lines) > 1
        assert {len(line) for line in lines} == {len(lines[0])}


def test_figures_lead_to_the_rows_behind_them(admin: Browser, shop: Shop) -> None:
    shop.invoice()
    shop.drain()
    page = admin.client.get(f"{REPORTS}?section=performance&days=7").text
    found = re.search(r'<dt>Completed</dt><dd[^>]*><a href="(/sync-queue\?filters=[^"]+)">3<', page)
    assert found is not None
    count = admin.client.get(found.group(1).replace("/sync-queue?", "/sync-queue/count?"))
    assert count.get_json()["total"] == 3


def test_charts_have_a_title_a_description_and_no_style_of_their_own(
    admin: Browser, shop: Shop
) -> None:
    shop.invoice()
    shop.drain()
    page = admin.client.get(REPORTS).text
    charts = re.findall(r"<svg viewBox.*?</svg>", page, re.DOTALL)
    assert len(charts) >= 3
    for chart in charts:
        assert 'role="img"' in chart
        assert "<desc" in chart
        assert "style=" not in chart
        assert "<script" not in chart


@pytest.mark.parametrize(
    "query", ["days=8", "from=x", "from=2026-03-02&to=2026-03-01", "from=2020-01-01&to=2026-01-01"]
)
def test_a_period_that_makes_no_sense_is_said(admin: Browser, query: str) -> None:
    assert admin.client.get(f"{REPORTS}?{query}").status_code == 422


def test_unknown_sections_and_tables_are_not_found(admin: Browser) -> None:
    assert admin.client.get(f"{REPORTS}/nothing/x.csv").status_code == 404
    assert admin.client.get(f"{REPORTS}/usage/performance-days.csv").status_code == 404


def test_who_may_see_the_sync_may_watch_and_only_some_may_press(house: House, shop: Shop) -> None:
    viewer = Browser(house, "viewer")
    for path in (STATUS, PULSE, REPORTS):
        assert viewer.client.get(path).status_code == 200
    assert "Fetch" not in viewer.part("types").replace("Fetched", "")
    assert "audit-events" not in viewer.client.get(REPORTS).text
    worker = Browser(house, "worker")
    for path in (STATUS, PULSE, REPORTS):
        assert worker.client.get(path).status_code == 403
    assert shop.all(Run) == []


def test_without_redis_the_page_says_that_it_cannot_count(admin: Browser, house: House) -> None:
    house.app.extensions["batchly"] = dataclasses.replace(house.runtime, redis=None)
    assert "Redis does not answer" in admin.part("usage")
