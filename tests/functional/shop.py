"""A small shop with an engine that talks to the simulator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import redis
import sqlalchemy as sa

from batchly_admin.domain.money import line_total, total
from batchly_admin.models.billing import Invoice, InvoiceLineItem, Payment, PaymentAllocation
from batchly_admin.models.catalogue import Product, TaxCode
from batchly_admin.models.customers import Customer
from batchly_admin.models.sync import QbConnection, SyncAttempt, SyncQueueRow
from batchly_admin.qbo.auth import connect_simulator
from batchly_admin.qbo.engine import DrainResult, Engine
from batchly_admin.qbo.gateway import Access
from batchly_admin.qbo.throttle import Pace
from batchly_admin.qbo.vault import TokenBox
from batchly_admin.services import numbering, outbox
from batchly_admin.services.unit_of_work import SYSTEM, UnitOfWork, UnitOfWorks

KEYS = (("k1", b"0" * 32),)
FAST = Pace(per_second=10_000, burst=10_000, per_minute=1_000_000)
IMPATIENT = (2.0, 1.0)
DAY = date(2026, 3, 4)

Line = tuple[UUID, str, str]
"""Product, quantity, unit price."""


@dataclass(slots=True)
class Shop:
    """The database, the engine and the simulator of one test."""

    uows: UnitOfWorks
    details: dict[str, Any]
    redis_url: str
    box: TokenBox = field(default_factory=lambda: TokenBox(KEYS))
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = self.new_engine()

    def new_engine(self, *, pace: Pace = FAST) -> Engine:
        """Give another engine, as another process would have it."""
        connection = redis.Redis.from_url(self.redis_url)
        engine = Engine(self.uows, self.box, Access(), connection=connection, pace=pace)
        engine.timeouts = IMPATIENT
        return engine

    def connect(self) -> UUID:
        """Connect the simulator."""
        return connect_simulator(self.uows, self.box, self.details)

    def begin(self) -> Any:
        """Open a unit of work of the office."""
        return self.uows.begin(actor=SYSTEM, source="form")

    def drain(self, engine: Engine | None = None) -> DrainResult:
        """Push what is due."""
        return (engine or self.engine).drain(seconds=60)

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.uows.clock.advance(timedelta(seconds=seconds))  # type: ignore[attr-defined]

    def forget_pace(self) -> None:
        """Let Redis' own clock catch up with the one we moved."""
        connection = redis.Redis.from_url(self.redis_url)
        connection.flushall()
        connection.close()

    def customer(self, name: str = "Ann Smith", **values: Any) -> UUID:
        """Make a customer that nobody has pushed."""
        with self.begin() as uow:
            made = Customer(display_name=name, **values)
            uow.session.add(made)
            uow.session.flush()
            return made.id

    def product(self, name: str = "Flyer A5", **values: Any) -> UUID:
        """Make a product that nobody has pushed."""
        with self.begin() as uow:
            made = Product(name=name, unit_price=Decimal("0.1250"), **values)
            uow.session.add(made)
            uow.session.flush()
            return made.id

    def invoice(
        self,
        customer_id: UUID | None = None,
        lines: Sequence[Line] = (),
        **values: Any,
    ) -> UUID:
        """Issue an invoice and queue it, as the services do it."""
        customer_id = customer_id or self._any(Customer) or self.customer()
        lines = lines or [(self._any(Product) or self.product(), "7", "1.0050")]
        with self.begin() as uow:
            made = _invoice(uow, customer_id, lines, values)
            outbox.enqueue(uow, made)
            return made.id

    def payment(self, invoice_id: UUID, amount: str) -> UUID:
        """Type a payment of an invoice and queue it."""
        with self.begin() as uow:
            invoice = uow.session.get(Invoice, invoice_id)
            made = Payment(
                payment_number=numbering.document_number(uow, "PAY-"),
                customer_id=invoice.customer_id,
                payment_date=DAY,
                amount=Decimal(amount),
            )
            made.allocations = [PaymentAllocation(invoice_id=invoice_id, amount=Decimal(amount))]
            uow.session.add(made)
            uow.session.flush()
            outbox.enqueue(uow, made)
            return made.id

    def enqueue(self, model: type[Any], record_id: UUID, operation: str) -> UUID:
        """Queue one more operation."""
        with self.begin() as uow:
            return outbox.enqueue(uow, uow.session.get(model, record_id), operation).id

    def get(self, model: type[Any], record_id: UUID) -> Any:
        """Give a record as it stands in the database now."""
        with self.uows.read() as session:
            return session.get(model, record_id)

    def row(self, entity_id: UUID, operation: str = "create") -> SyncQueueRow:
        """Give the newest queue row of a record."""
        with self.uows.read() as session:
            return session.scalars(
                sa.select(SyncQueueRow)
                .where(SyncQueueRow.entity_id == entity_id, SyncQueueRow.operation == operation)
                .order_by(SyncQueueRow.id.desc())
            ).first()  # type: ignore[return-value]

    def rows(self) -> list[SyncQueueRow]:
        """Give the whole queue, oldest first."""
        return self.all(SyncQueueRow)

    def all(self, model: type[Any]) -> list[Any]:
        """Give every row of a table, oldest first."""
        with self.uows.read() as session:
            return list(session.scalars(sa.select(model).order_by(model.id)))

    def attempts(self, entity_id: UUID) -> list[SyncAttempt]:
        """Give every try of a record's newest row."""
        row_id = self.row(entity_id).id
        return [item for item in self.all(SyncAttempt) if item.queue_row_id == row_id]

    def connection(self) -> QbConnection:
        """Give the connection as it stands now."""
        return self.all(QbConnection)[0]  # type: ignore[no-any-return]

    def _any(self, model: type[Any]) -> UUID | None:
        with self.uows.read() as session:
            return session.scalar(sa.select(model.id).order_by(model.id).limit(1))


def _invoice(
    uow: UnitOfWork, customer_id: UUID, lines: Sequence[Line], values: dict[str, Any]
) -> Invoice:
    customer = uow.session.get(Customer, customer_id)
    assert customer is not None
    number = values.pop("number", None) or numbering.document_number(uow, "INV-")
    made = Invoice(
        invoice_number=number,
        customer_id=customer_id,
        customer_name=customer.display_name,
        invoice_date=values.pop("invoice_date", DAY),
        due_date=date(2026, 4, 3),
        status="draft",
        **values,
    )
    made.lines = [
        InvoiceLineItem(
            line_number=position,
            product_id=product_id,
            description=f"Line {position}",
            quantity=Decimal(quantity),
            unit_price=Decimal(price),
        )
        for position, (product_id, quantity, price) in enumerate(lines, 1)
    ]
    uow.session.add(made)
    uow.session.flush()
    made.subtotal = total(
        line_total(Decimal(quantity), Decimal(price)) for _, quantity, price in lines
    )
    made.total_amount = (
        made.subtotal
        - (made.discount_amount or 0)
        + (made.shipping_amount or 0)
        + (made.tax_amount or 0)
    )
    made.status, made.issued_at = "sent", uow.now()
    uow.session.flush()
    return made


def pulled_tax_code(shop: Shop) -> TaxCode:
    """Give a pulled tax code with a rate."""
    shop.engine.pull("tax_rates")
    found: TaxCode = next(code for code in shop.all(TaxCode) if code.combined_rate)
    return found
