"""The settings of the sync: what the page shows, refuses and keeps, and what each of them does."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.errors import InvalidInput
from batchly_admin.jobs import schedule
from batchly_admin.models.billing import Invoice
from batchly_admin.models.catalogue import Product, QbAccount
from batchly_admin.models.changes import ChangeSet
from batchly_admin.models.company import Setting
from batchly_admin.models.customers import Customer
from batchly_admin.models.notices import OutgoingMail
from batchly_admin.models.sync import (
    FieldMapping,
    QbConnection,
    ScheduleSlot,
    SyncDifference,
    SyncSchedule,
    WebhookEvent,
)
from batchly_admin.qbo.auth.grant import end_login
from batchly_admin.services import field_mapping, mailing, records, settings
from batchly_admin.services.actions import ACTIONS
from config.schedule import PULLS
from tests.functional.notified import post
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop, pulled_tax_code
from tests.house import House
from tests.mail_server import post_office
from tests.notifications import cloud_event

PAGE = "/admin/quickbooks/settings"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


class Browser:
    """Somebody who is logged in."""

    def __init__(self, house: House, role: str) -> None:
        self.person = house.log_in(role)

    def page(self, path: str = PAGE) -> str:
        answer = self.person.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, **data: Any) -> Any:
        return self.person.send(path, **data)


@pytest.fixture
def browser(house: House) -> Browser:
    return Browser(house, "admin")


def setting(shop: Shop, key: str) -> Any:
    with shop.uows.read() as session:
        return settings.get(session, key)


def put(shop: Shop, key: str, value: Any) -> None:
    with shop.begin() as uow:
        settings.put(uow, key, value)


def feed(shop: Shop, entity_type: str, **sources: str) -> None:
    with shop.begin() as uow:
        for name, source in sources.items():
            field_mapping.choose(uow, entity_type, name.replace("__", "."), source)


RULES = {
    "invoice_trigger": "shipped",
    "auto_issue": "",
    "sync_start_date": "2026-01-01",
    "customer_master": "quickbooks",
    "customer_updates": "nightly",
    "default_payment_term": "",
    "pulled_item_types": ["Service"],
    "auto_create_products": "",
    "income_account": "",
    "sync_purchase_orders": "1",
    "pull_pending_estimates": "",
    "tax_mode": "quickbooks",
    "tax_rounding": "document",
    "default_tax_code": "",
    "refund_account": "",
}


def test_the_rules_are_kept_with_who_changed_them(browser: Browser, shop: Shop) -> None:
    assert browser.post(f"{PAGE}/rules", **RULES).status_code == 302

    assert setting(shop, "invoice_trigger") == "shipped"
    assert setting(shop, "auto_issue") is False
    assert setting(shop, "pulled_item_types") == ["Service"]
    assert setting(shop, "sync_start_date") == "2026-01-01"
    assert setting(shop, "default_tax_code") is None
    page = browser.page()
    assert 'value="shipped" selected' in page
    assert "Latest changes" in page
    assert ">admin<" in page
    browser.post(f"{PAGE}/rules", **RULES | {"invoice_trigger": "manual"})
    page = browser.page()
    changes = page[page.index("Latest changes") :]
    steps = re.findall(r"<td>Make an order.*?<td>(\w+)</td><td>(\w+)</td>", changes)
    assert steps == [("shipped", "manual"), ("completed", "shipped")]
    sets = [one for one in shop.all(ChangeSet) if one.summary == "QuickBooks settings"]
    assert [one.actor_name for one in sets] == ["admin", "admin"]


def test_a_rule_that_makes_no_sense_is_marked_at_its_field_and_nothing_is_kept(
    browser: Browser, shop: Shop
) -> None:
    wrong = RULES | {"sync_start_date": "soon", "tax_mode": "guess", "pulled_item_types": []}
    answer = browser.post(f"{PAGE}/rules", **wrong)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for name in ("sync_start_date", "tax_mode", "pulled_item_types"):
        assert f'id="s-{name}-error"' in page
    assert 'id="s-customer_master-error"' not in page
    assert 'value="nightly" selected' in page, "what was typed is still there"
    assert shop.all(Setting) == []


@pytest.mark.parametrize("role", ["manager", "accountant"])
def test_who_may_only_look_gets_no_buttons_and_is_refused(
    house: House, shop: Shop, role: str
) -> None:
    who = Browser(house, role)

    page = who.page()
    assert "Save rules" not in page
    assert "Pause pushes" not in page
    for path in ("rules", "notices", "schedule", "pause", "resume", "types/invoice", "test-mail"):
        assert who.post(f"{PAGE}/{path}", reason="x").status_code == 403
    assert shop.all(Setting) == shop.all(SyncSchedule) == []


def test_the_office_does_not_see_the_settings(house: House) -> None:
    assert house.log_in("office").get(PAGE).status_code == 403


# --- rhythm ------------------------------------------------------------------------------------


def _rhythms(shop: Shop, **changes: Any) -> dict[str, Any]:
    form: dict[str, Any] = {}
    usual = {"payments": "02:00", "customers": "03:00", "items": "04:00"}
    for name in dict.fromkeys((*shop.engine.pull_types, *PULLS)):
        form |= {f"{name}.rhythm": "daily" if name in usual else "manual", f"{name}.on": "1"}
        form[f"{name}.at_time"] = usual.get(name, "")
    form |= {"tax_rates.rhythm": "weekly", "tax_rates.at_time": "02:00", "tax_rates.weekday": "6"}
    return {key: value for key, value in (form | changes).items() if value is not None}


def test_the_rhythm_is_what_the_scheduler_goes_by(browser: Browser, shop: Shop) -> None:
    changes = {
        "payments.rhythm": "hourly",
        "items.at_time": "05:30",
        "tax_rates.weekday": "0",
        "customers.on": None,
    }
    assert browser.post(f"{PAGE}/schedule", **_rhythms(shop, **changes)).status_code == 302

    with shop.uows.read() as session:
        plan = schedule.plan(session, PULLS)
    assert plan["payments"] == "0 * * * *"
    assert plan["items"] == "30 5 * * *"
    assert plan["tax_rates"] == "0 2 * * 1"
    assert "customers" not in plan
    page = browser.page()
    assert 'name="items.at_time" value="05:30"' in page
    assert not re.search(r'name="customers.on" value="1" checked', page)


def test_a_rhythm_without_a_time_is_marked_and_nothing_is_kept(
    browser: Browser, shop: Shop
) -> None:
    wrong = {"items.at_time": "25:99", "payments.rhythm": "yearly", "customers.on": None}
    answer = browser.post(f"{PAGE}/schedule", **_rhythms(shop, **wrong))

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Write a time like 04:00." in page
    assert "Choose hourly, daily, weekly or by hand." in page
    assert shop.all(SyncSchedule) == []


def test_what_is_as_usual_writes_no_row(browser: Browser, shop: Shop) -> None:
    page = browser.page()
    form: dict[str, str] = {}
    for name in dict.fromkeys((*shop.engine.pull_types, *PULLS)):
        found = re.search(
            rf'name="{name}.rhythm".*?value="(\w+)" selected'
            rf'.*?name="{name}.at_time" value="([^"]*)"'
            rf'.*?name="{name}.weekday".*?value="(\d)" selected',
            page,
            re.DOTALL,
        )
        assert found is not None, name
        form |= {f"{name}.rhythm": found[1], f"{name}.at_time": found[2]}
        form |= {f"{name}.weekday": found[3], f"{name}.on": "1"}
    browser.post(f"{PAGE}/schedule", **form)
    assert shop.all(SyncSchedule) == []


def test_a_type_that_is_off_is_not_fetched_by_hand_either(browser: Browser, shop: Shop) -> None:
    browser.post(f"{PAGE}/schedule", **_rhythms(shop, **{"items.on": None}))

    answer = browser.post("/admin/quickbooks/pull/items")

    assert answer.status_code == 409
    assert [one.name for one in shop.all(ScheduleSlot) if one.name == "items"] == []


# --- pause -------------------------------------------------------------------------------------


def test_a_pause_keeps_the_backlog_and_a_resume_sends_it(
    browser: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    assert browser.post(f"{PAGE}/pause", reason="").status_code == 422
    browser.post(f"{PAGE}/pause", reason="The accountant closes the month")
    invoice = shop.invoice()
    shop.drain()

    assert quickbooks.find("Invoice") == []
    assert shop.row(invoice).status == "pending"
    assert "paused by admin: The accountant closes the month" in browser.page()
    browser.post(f"{PAGE}/resume")
    shop.drain()

    assert len(quickbooks.find("Invoice")) == 1
    told = [mail.subject for mail in shop.all(OutgoingMail)]
    assert told == ["Pushes to QuickBooks are paused", "Pushes to QuickBooks go on"]


def test_one_type_can_be_switched_off_and_on(
    browser: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    browser.post(f"{PAGE}/types/invoice", on="0")
    invoice = shop.invoice()
    shop.drain()

    assert quickbooks.find("Invoice") == []
    assert shop.row(invoice).status == "blocked"
    browser.post(f"{PAGE}/types/invoice", on="1")
    shop.drain()
    assert len(quickbooks.find("Invoice")) == 1


# --- accounts ----------------------------------------------------------------------------------


def test_the_accounts_are_fetched_in_the_background_and_offered(
    browser: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    browser.page()
    browser.page()
    owed = [one for one in shop.all(ScheduleSlot) if one.name == "accounts"]
    assert [one.state for one in owed] == ["pending"], "asked for once, not with every look"

    shop.engine.pull("accounts")
    page = browser.page()
    theirs = quickbooks.find("Account")
    assert len(shop.all(QbAccount)) == len(theirs)
    income = next(one for one in theirs if one["AccountType"] == "Income")
    bank = next(one for one in theirs if one["AccountType"] == "Bank")
    cards = {
        name: page[page.index(f'name="{name}"') :].partition("</select>")[0]
        for name in ("income_account", "refund_account")
    }
    assert f'value="{income["Id"]}"' in cards["income_account"]
    assert f'value="{income["Id"]}"' not in cards["refund_account"]
    assert f'value="{bank["FullyQualifiedName"]}"' in cards["refund_account"]


def test_the_income_account_of_the_settings_is_where_new_items_earn(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    accounts = quickbooks.find("Account", "AccountType = 'Income'")
    put(shop, "income_account", accounts[-1]["Id"])
    product = shop.product()
    shop.enqueue(Product, product, "create")
    shop.drain()

    (item,) = [one for one in quickbooks.find("Item") if one["Name"] == "Flyer A5"]
    assert item["IncomeAccountRef"]["value"] == accounts[-1]["Id"]


# --- mapping -----------------------------------------------------------------------------------


def test_the_preview_shows_our_value_and_the_fragment_and_sends_nothing(
    browser: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice = shop.invoice(tracking_number="1Z999", qb_private_note="Rush")
    data = {"step": "preview", "CustomField1": "tracking_number", "PrivateNote": "nothing"}
    answer = browser.post(f"{PAGE}/mapping/invoice", record=str(invoice), **data)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "1Z999" in page
    assert "&#34;DefinitionId&#34;: &#34;1&#34;" in page
    assert "Rush" not in page
    assert shop.all(FieldMapping) == []
    assert quickbooks.find("Invoice") == []


def test_the_saved_mapping_is_what_quickbooks_gets(
    browser: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    chosen = {"CustomField2": "account_number", "CustomerMemo": "nothing", "TrackingNum": "nothing"}
    browser.post(f"{PAGE}/mapping/invoice", step="save", **chosen)
    customer = shop.customer(account_number="C-77")
    invoice = shop.invoice(customer, qb_customer_memo="Thank you", tracking_number="1Z999")
    shop.drain()

    (body,) = quickbooks.marked(invoice)
    assert {one["DefinitionId"]: one["StringValue"] for one in body["CustomField"]} == {"2": "C-77"}
    assert "CustomerMemo" not in body
    assert "TrackingNum" not in body


def test_the_mapping_of_customers_items_and_payments_is_sent_too(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    feed(shop, "customer", Notes="notes", PrintOnCheckName="company_name")
    feed(shop, "item", Description="name", Sku="nothing")
    feed(shop, "payment", PaymentRefNum="payment_number", PrivateNote="reference")
    customer = shop.customer(notes="Ring twice", company_name="Smith Ltd")
    product = shop.product(sku="F-1", description="Long")
    invoice = shop.invoice(customer, [(product, "1", "10")])
    shop.drain()
    payment = shop.payment(invoice, "10.00")
    shop.drain()

    (theirs,) = quickbooks.find("Customer")
    assert (theirs["Notes"], theirs["PrintOnCheckName"]) == ("Ring twice", "Smith Ltd")
    item = next(one for one in quickbooks.find("Item") if one["Name"] == "Flyer A5")
    assert item["Description"] == "Flyer A5"
    assert "Sku" not in item
    (paid,) = quickbooks.find("Payment")
    assert paid["PaymentRefNum"] == "PAY-0001"
    assert str(payment) in paid["PrivateNote"]


def test_a_change_of_notes_is_an_update_only_when_notes_are_sent(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    customer = shop.customer()
    shop.enqueue(Customer, customer, "create")
    shop.drain()

    _note(shop, customer, "first")
    assert shop.row(customer, "update") is None
    feed(shop, "customer", Notes="notes")
    _note(shop, customer, "second")
    shop.drain()

    assert quickbooks.find("Customer")[0]["Notes"] == "second"


def _note(shop: Shop, customer: UUID, words: str) -> None:
    with shop.begin() as uow:
        records.update_record(uow, uow.session.get_one(Customer, customer), {"notes": words})


def test_a_source_that_is_not_offered_is_refused_whatever_the_route(
    browser: Browser, shop: Shop
) -> None:
    answer = browser.post(f"{PAGE}/mapping/invoice", step="save", CustomerMemo="internal_notes")
    assert answer.status_code == 422
    assert "Message on invoice can be fed from" in answer.get_data(as_text=True)
    with shop.begin() as uow, pytest.raises(InvalidInput):
        field_mapping.create(
            uow, {"entity_type": "invoice", "qbo_field": "DocNumber", "our_field": "notes"}
        )
    assert browser.person.get(f"{PAGE}/mapping/vendor").status_code == 404


def test_who_may_map_need_not_be_admin_and_who_may_not_can_look(house: House, shop: Shop) -> None:
    shop.invoice(tracking_number="1Z999")
    accountant = Browser(house, "accountant")
    assert accountant.post(f"{PAGE}/mapping/invoice", step="save").status_code == 302
    manager = Browser(house, "manager")

    page = manager.page(f"{PAGE}/mapping/invoice")
    assert "1Z999" in page
    assert "Save mapping" not in page
    assert manager.post(f"{PAGE}/mapping/invoice", step="save").status_code == 403


# --- taxes and notices -------------------------------------------------------------------------


def test_when_quickbooks_computes_the_tax_none_is_sent_and_a_difference_is_flagged(
    shop: Shop, quickbooks: Quickbooks
) -> None:
    quickbooks.tax_code("State", {"Sales": "10"})
    code = pulled_tax_code(shop)
    put(shop, "tax_mode", "quickbooks")
    product = shop.product()
    right = shop.invoice(
        None, [(product, "1", "100")], tax_code_id=code.id, tax_amount=Decimal("10.00")
    )
    wrong = shop.invoice(
        None, [(product, "1", "100")], tax_code_id=code.id, tax_amount=Decimal("9.00")
    )
    shop.drain()

    for invoice in (right, wrong):
        (body,) = quickbooks.marked(invoice)
        assert Decimal(str(body["TxnTaxDetail"]["TotalTax"])) == Decimal(10)
    assert shop.get(Invoice, right).sync_state == "synced"
    assert shop.get(Invoice, wrong).sync_state == "warning"
    assert {one.field for one in shop.all(SyncDifference)} == {"tax", "total"}


def test_a_mismatch_and_a_lost_login_are_mailed(
    browser: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    quickbooks.tax_code("State", {"Sales": "10"})
    code = pulled_tax_code(shop)
    put(shop, "tax_mode", "quickbooks")
    shop.invoice(tax_code_id=code.id, tax_amount=Decimal("9.00"))
    shop.drain()
    assert [mail.kind for mail in shop.all(OutgoingMail)] == ["mismatch"]
    assert shop.all(OutgoingMail)[0].recipient == "admin@shop.example"


def test_repeated_refusals_are_mailed_once(browser: Browser, shop: Shop) -> None:
    for number in range(5):
        customer = shop.customer(f"Customer {number}")
        shop.invoice(customer, number=f"INV-{'9' * 22}{number}")
    shop.drain()

    assert [mail.kind for mail in shop.all(OutgoingMail)] == ["failures"]


def test_the_notices_are_kept_and_wrong_ones_marked(browser: Browser, shop: Shop) -> None:
    form = {
        "notice_kinds": ["mismatch"],
        "notice_recipients": "boss@shop.example, clerk@shop.example",
        "notice_digest_at": "06:15",
        "notice_failures_after": "5",
    }
    assert browser.post(f"{PAGE}/notices", **form).status_code == 302
    assert setting(shop, "notice_recipients") == ["boss@shop.example", "clerk@shop.example"]
    assert setting(shop, "notice_failures_after") == 5

    wrong = form | {"notice_recipients": "nobody", "notice_failures_after": "many"}
    page = browser.post(f"{PAGE}/notices", **wrong).get_data(as_text=True)
    assert "nobody is not an e-mail address." in page
    assert "Give a whole number from 1 to 100." in page
    assert setting(shop, "notice_digest_at") == "06:15"


def test_the_outbox_shows_what_is_kept(browser: Browser, shop: Shop) -> None:
    browser.post(f"{PAGE}/test-mail")
    (mail,) = shop.all(OutgoingMail)
    assert mail.recipient == "admin@shop.example"
    assert browser.person.get("/admin/outbox").status_code == 200
    window = {"offset": 0, "limit": 10}
    rows = browser.person.get("/admin/outbox/window", **window).text
    assert "Batchly: test of the notices" in rows
    mailing.drain(shop.uows, None)
    with post_office() as office:
        mailing.drain(shop.uows, office.server)
        assert office.mails == []
        with shop.begin() as uow:
            words = ACTIONS["outgoing_mails", "send-again"].perform(uow, mail.id, {})
        mailing.drain(shop.uows, office.server)
        assert (words, office.to()) == ("Waits to be sent.", ["admin@shop.example"])


def test_the_bulk_action_says_what_it_leaves_out(browser: Browser, shop: Shop) -> None:
    browser.post(f"{PAGE}/test-mail")
    (waiting,) = shop.all(OutgoingMail)
    with shop.uows.read() as session:
        seen = ACTIONS["outgoing_mails", "send-again"].preview(session, [waiting.id], {})
    assert (seen.will, seen.wont) == (0, 1)


def test_news_of_a_type_that_is_off_are_not_followed(
    browser: Browser, house: House, shop: Shop, simulator: dict[str, Any]
) -> None:
    browser.post(f"{PAGE}/schedule", **_rhythms(shop, **{"items.on": None}))
    realm = str(simulator["realm_id"])

    told = [cloud_event(realm, "item", "1"), cloud_event(realm, "payment", "2")]
    post(house.app.test_client(), told)

    found = {event.entity_type: event.state for event in shop.all(WebhookEvent)}
    assert found == {"item": "not_followed", "payment": "waiting"}


def test_a_login_that_ended_is_mailed_once(browser: Browser, shop: Shop) -> None:
    for _ in range(2):
        with shop.begin() as uow:
            end_login(uow, uow.session.scalars(sa.select(QbConnection)).one(), "It has ended.")
    assert [mail.kind for mail in shop.all(OutgoingMail)] == ["login_lost"]


def test_an_outage_is_mailed_once_and_the_rest_waits_for_the_digest(
    browser: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    for number in range(3):
        shop.invoice(shop.customer(f"Customer {number}"))
    quickbooks.fault("http503", route="customer.create", count=50)
    for _ in range(20):
        shop.drain()
        shop.later(300)

    mails = [mail for mail in shop.all(OutgoingMail) if mail.kind == "outage"]
    assert len(mails) in (1, 2), "hours pass, so it may be told again after one"


def test_a_comparison_that_finds_something_is_mailed_and_one_that_does_not_is_not(
    browser: Browser, shop: Shop, quickbooks: Quickbooks
) -> None:
    invoice = shop.invoice()
    shop.drain()
    shop.engine.reconcile()
    assert shop.all(OutgoingMail) == []

    quickbooks.void("Invoice", shop.get(Invoice, invoice).qb_invoice_id)
    shop.engine.reconcile()
    shop.engine.reconcile()

    assert [mail.kind for mail in shop.all(OutgoingMail)] == ["reconciliation"]
