"""The tables to sit down at, and their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from batchly_admin.services import invoicing, payments, production, users
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests import given
from tests.browser.conftest import PASSWORD

ROWS = 6
BOSS = "sixty@shop.example"


@dataclass(frozen=True)
class Kind:
    """A table to sit down at: its rows, the columns to work in, and why it takes nothing."""

    name: str
    path: str
    label: str
    text: str
    more: tuple[str, ...]
    search: str = "Sixty"
    number: str = ""
    numbers: tuple[str, ...] = ("1", "2", "3", "4")
    day: str = ""
    flag: str = ""
    refuses: bool = False
    fixed: str = ""
    deletes: bool = True
    lines: bool = False
    line: str = "Quantity"

    @property
    def look_only(self) -> bool:
        """Whether nobody writes into this table by hand."""
        return self.refuses and not self.lines


KINDS = (
    Kind(
        "customers", "/customers", "display_name", "company_name", ("email",),
        number="credit_limit", flag="tax_exempt",
    ),
    Kind(
        "products", "/products", "name", "description", ("sku", "qb_type"),
        number="unit_price", flag="is_taxable",
    ),
    Kind(
        "orders", "/orders", "po_number", "customer_notes", ("customer_id", "status"),
        number="priority", day="due_date", flag="rush_order", lines=True,
    ),
    Kind(
        "jobs", "/jobs", "job_number", "blocked_reason", ("customer_id", "status"),
        search="Made in", line="Completed", number="priority", day="estimated_completion_date",
        flag="on_hold", lines=True,
    ),
    Kind(
        "invoices", "/invoices", "invoice_number", "qb_customer_memo", ("customer_id", "status"),
        search="Paid by", number="discount_amount", day="due_date", flag="shipping_taxable",
        refuses=True, lines=True,
    ),
    Kind(
        "payments", "/payments", "payment_number", "notes", ("customer_id", "source"),
        search="Paid by", fixed="amount", deletes=False,
    ),
    Kind(
        "change_sets", "/change-sets", "summary", "actor_name", ("address", "source"),
        search="Ann", refuses=True, deletes=False,
    ),
)  # fmt: skip


def seed(uows: UnitOfWorks) -> None:
    """Make six rows of each kind through the services."""
    with uows.begin(actor=given.ANN, source="form") as uow:
        users.create_user(uow, email=BOSS, name="Boss", role="admin", password=PASSWORD)
    buyer = given.customer(uows, "Sixty buyer")
    worker = given.customer(uows, "Made in sixties")
    payer = given.customer(uows, "Paid by sixties")
    for at in range(1, ROWS + 1):
        if at < ROWS:
            given.customer(uows, f"Sixty {at}", company_name=f"Firm {at}")
        given.product(uows, f"Sixty {at}", price=f"{at}.10", description=f"box {at}")
        given.order(uows, customer_id=buyer, customer_notes=f"Ring {at}")
        made = given.approved_order(uows, customer_id=worker)
        sold = given.approved_order(uows, customer_id=payer)
        with uows.begin(actor=given.ANN, source="grid") as uow:
            [job] = production.create_jobs(uow, order_id=made)
            job.blocked_reason = f"Ink {at}"
            draft = invoicing.draft_from_order(uow, order_id=sold)
            draft.qb_customer_memo = f"Thanks {at}"
            uow.session.flush()
            invoicing.issue(uow, invoice_id=draft.id)
            payments.record_payment(
                uow,
                customer_id=payer,
                amount=Decimal(10 + at),
                payment_date=date(2026, 4, at),
                allocations={},
                reference=f"Cheque {at}",
                notes=f"By post {at}",
            )
