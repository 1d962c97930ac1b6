"""What an import finds already there: customers, products, orders and lines of earlier imports."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain.import_lines import Mark
from batchly_admin.domain.order_import import customer_name, product_name
from batchly_admin.domain.statuses import OrderStatus
from batchly_admin.models.catalogue import Product
from batchly_admin.models.changes import ImportLine, ImportRun
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder

OPEN_ORDER = (OrderStatus.DRAFT, OrderStatus.PENDING)
TAKEN_BACK = ("undoing", "undone")
_PIECE = 5_000


class Ambiguous(LookupError):
    """Two records answer to one name; carries how they are spelled."""


class Names:
    """Finds ids by text: spelled exactly, else the only one that differs in capitals alone."""

    def __init__(self) -> None:
        self._exact: dict[str, UUID] = {}
        self._folded: dict[str, str | None] = {}

    def __contains__(self, folded: object) -> bool:
        """Tell whether a name without capitals is in use."""
        return folded in self._folded

    def add(self, text: str, record_id: UUID) -> None:
        """Learn a name."""
        self._exact[text] = record_id
        fold = text.casefold()
        known = self._folded.get(fold, text)
        self._folded[fold] = text if known == text else None

    def find(self, text: str) -> UUID | None:
        """Give the id that answers to `text`, or None.

        Raises:
            Ambiguous: when several do and none is spelled exactly so.
        """
        found = self._exact.get(text)
        if found is not None:
            return found
        spelled = self._folded.get(text.casefold(), "")
        if spelled is None:
            raise Ambiguous(text)
        return self._exact.get(spelled)


class Directory:
    """All customers and products by name and number, loaded once for many lines."""

    def __init__(self, session: Session) -> None:
        self.accounts = Names()
        self.customers = Names()
        self.skus = Names()
        self.products = Names()
        customers = sa.select(Customer.id, Customer.account_number, Customer.display_name)
        for customer_id, account, name in session.execute(customers):
            self.add_customer(customer_id, name, account)
        products = sa.select(Product.id, Product.sku, Product.name)
        for product_id, sku, name in session.execute(products):
            self.add_product(product_id, name, sku)

    def add_customer(self, customer_id: UUID, name: str, account: str | None) -> None:
        """Learn a customer."""
        self.customers.add(name, customer_id)
        if account:
            self.accounts.add(account, customer_id)

    def add_product(self, product_id: UUID, name: str, sku: str | None) -> None:
        """Learn a product."""
        self.products.add(name, product_id)
        if sku:
            self.skus.add(sku, product_id)

    def customer(self, text: str) -> UUID | None:
        """Give the customer with this account number, else with this name.

        Raises:
            Ambiguous: when several names differ in capitals only.
        """
        return self.accounts.find(text) or self.customers.find(customer_name(text))

    def product(self, sku: str) -> UUID | None:
        """Give the product with this SKU.

        Raises:
            Ambiguous: when several SKUs differ in capitals only.
        """
        return self.skus.find(sku)

    def new_customer_name(self, name: str, account: str) -> str:
        """Give a display name nobody has; one in use gets the account number behind it."""
        candidate, extra = name, 1
        while candidate.casefold() in self.customers:
            tail = f"{account}" if extra == 1 else f"{account}, {extra}"
            candidate, extra = f"{name} ({tail})", extra + 1
        return candidate

    def new_product_name(self, description: str, sku: str) -> str:
        """Give a product name nobody has."""
        return product_name(description, sku, self.products)


@dataclass(slots=True)
class OrderFacts:
    """What is known about an order while its lines are placed."""

    id: UUID
    number: str
    customer_id: UUID
    is_new: bool
    status: str = OrderStatus.PENDING
    is_imported: bool = True
    import_run_id: UUID | None = None
    # The country its first line gave; None when an earlier import or a person may have set it.
    country: str | None = None
    subtotal: Decimal = Decimal(0)
    last_line: int = 0
    warning: str | None = None
    # What its imported lines say, as `content_of` their keys.
    contents: set[str] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        """Whether an import may still add lines."""
        return self.is_imported and self.status in OPEN_ORDER


def existing_orders(
    session: Session, numbers: Collection[str], import_run_id: UUID | None
) -> dict[str, OrderFacts]:
    """Give the orders with these numbers, with what their imported lines say."""
    orders: dict[str, OrderFacts] = {}
    if not numbers:
        return orders
    query = sa.select(PurchaseOrder).where(PurchaseOrder.po_number.in_(numbers))
    for order in session.scalars(query):
        of_this_run = import_run_id is not None and order.import_run_id == import_run_id
        orders[order.po_number] = OrderFacts(
            id=order.id,
            number=order.po_number,
            customer_id=order.customer_id,
            is_new=False,
            status=order.status,
            is_imported=order.source == "import",
            import_run_id=order.import_run_id,
            country=(order.billing_address or {}).get("country", "") if of_this_run else None,
            subtotal=order.subtotal,
            warning=order.warning,
        )
    by_id = {order.id: order for order in orders.values()}
    lines = sa.select(PoLineItem.po_id, PoLineItem.line_number, PoLineItem.import_key).where(
        PoLineItem.po_id.in_(by_id)
    )
    for po_id, line_number, key in session.execute(lines):
        facts = by_id[po_id]
        facts.last_line = max(facts.last_line, line_number)
        if key:
            facts.contents.add(content_of(key))
    return orders


class Marks:
    """Which lines of which files have been refused, and which have been created, by any import.

    A mark is a file and a line in it; a repaired line carries the mark of the line it repairs.
    """

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._runs: set[UUID] = set()
        self._refused: dict[str, set[Mark]] = defaultdict(set)
        self._created: dict[str, set[int]] = defaultdict(set)

    def learn_file(self, session: Session, file: str) -> None:
        """Read what became of the lines of a file."""
        if file in self._files:
            return
        self._files.add(file)
        keys = sa.select(PoLineItem.import_key).where(PoLineItem.import_key.like(f"{file}.%"))
        for key in session.scalars(keys.execution_options(yield_per=_PIECE)):
            self._created[file].add(int((key or "").partition(":")[0].partition(".")[2]))
        runs = sa.select(ImportRun.id).where(
            ImportRun.file_digest.like(f"{file[1:]}%"), ImportRun.state.not_in(TAKEN_BACK)
        )
        for run_id in session.scalars(runs).all():
            self.learn_run(session, run_id)

    def learn_run(self, session: Session, run_id: UUID) -> None:
        """Read which lines an import refused, and what became of those files since."""
        if run_id in self._runs:
            return
        self._runs.add(run_id)
        query = (
            sa.select(ImportLine.values)
            .where(ImportLine.import_run_id == run_id, ImportLine.outcome == "refused")
            .execution_options(yield_per=_PIECE)
        )
        files = set()
        for values in session.scalars(query):
            if values["order"]:
                mark = Mark(sys.intern(values["file"]), values["line"])
                self.refuse(values["order"], mark)
                files.add(mark.file)
        for file in sorted(files):
            self.learn_file(session, file)

    def create(self, mark: Mark) -> None:
        """Learn a line that is created."""
        self._created[mark.file].add(mark.line)

    def is_created(self, mark: Mark) -> bool:
        """Tell whether a line is in Batchly, in its first form or repaired."""
        return mark.line in self._created.get(mark.file, ())

    def refuse(self, order_number: str, mark: Mark) -> None:
        """Learn a refused line of an order."""
        self._refused[order_number].add(mark)

    def open_lines(self, order_number: str) -> list[int]:
        """Give the numbers of an order's lines that were refused and never created since."""
        marks = self._refused.get(order_number, ())
        return [mark.line for mark in marks if not self.is_created(mark)]


def key_of(mark: Mark, content: str, occurrence: int) -> str:
    """Give the key of a line: where it came from, what it says, which of its equals it is."""
    return f"{mark}:{content}.{occurrence}"


def content_of(key: str) -> str:
    """Give the part of a key that says what a line says and which of its equals it is."""
    return key.rpartition(":")[2]
