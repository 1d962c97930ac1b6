"""What the rules of the settings do: when invoices are made, when changes of customers go out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from batchly_admin.models.billing import Invoice
from batchly_admin.models.customers import Customer
from batchly_admin.services import production, records, settings
from tests import given
from tests.functional.quickbooks import Quickbooks
from tests.functional.shop import Shop


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def put(shop: Shop, key: str, value: Any) -> None:
    with shop.begin() as uow:
        settings.put(uow, key, value)


@pytest.mark.parametrize(
    ("trigger", "at_completion", "at_shipping"),
    [("completed", 1, 1), ("shipped", 0, 1), ("manual", 0, 0)],
)
@pytest.mark.parametrize("auto_issue", [True, False])
def test_the_trigger_makes_one_invoice_of_a_job_and_auto_issue_says_whether_it_goes_out(
    shop: Shop, trigger: str, at_completion: int, at_shipping: int, *, auto_issue: bool
) -> None:
    put(shop, "invoice_trigger", trigger)
    put(shop, "auto_issue", auto_issue)
    order = given.approved_order(shop.uows)
    with shop.begin() as uow:
        job = production.create_jobs(uow, order_id=order)[0].id

    _advance(shop, job, "in_progress", "completed")
    assert len(shop.all(Invoice)) == at_completion
    _advance(shop, job, "shipped")
    made = shop.all(Invoice)
    assert len(made) == at_shipping
    assert all((one.issued_at is not None) is auto_issue for one in made)
    queued = [row for row in shop.rows() if row.entity_type == "invoice"]
    assert len(queued) == (at_shipping if auto_issue else 0)


def test_a_job_that_is_reopened_and_completed_again_is_not_invoiced_twice(shop: Shop) -> None:
    put(shop, "auto_issue", False)
    order = given.approved_order(shop.uows)
    with shop.begin() as uow:
        job = production.create_jobs(uow, order_id=order)[0].id

    _advance(shop, job, "in_progress", "completed", "in_progress", "completed")

    assert len(shop.all(Invoice)) == 1


def _advance(shop: Shop, job: UUID, *steps: str) -> None:
    for step in steps:
        with shop.begin() as uow:
            production.advance_job(uow, job_id=job, status=step)


def test_changes_of_customers_go_at_once_or_at_night(shop: Shop, quickbooks: Quickbooks) -> None:
    customer = shop.customer(phone="1")
    shop.enqueue(Customer, customer, "create")
    shop.drain()
    put(shop, "customer_updates", "nightly")
    with shop.begin() as uow:
        records.update_record(uow, uow.session.get_one(Customer, customer), {"phone": "2"})
    shop.drain()
    assert quickbooks.find("Customer")[0]["PrimaryPhone"]["FreeFormNumber"] == "1"

    shop.later(16 * 3600)
    shop.drain()

    assert quickbooks.find("Customer")[0]["PrimaryPhone"]["FreeFormNumber"] == "2"
