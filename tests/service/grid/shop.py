"""A small shop for the tests of the grid: few rows, each with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from batchly_admin.ids import new_id
from batchly_admin.models.billing import Invoice
from batchly_admin.models.catalogue import PaymentTerm, Product, TaxCode
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.production import Job

NOON = datetime(2026, 3, 4, 17, 0, 5, 123456, tzinfo=UTC)


def put(engine: Engine, model: Any, rows: list[dict[str, Any]]) -> list[UUID]:
    """Insert rows, which need not have the same columns, and give their ids."""
    ids = [new_id() for _ in rows]
    with engine.begin() as connection:
        for key, row in zip(ids, rows, strict=True):
            times = {"created_at": NOON, "updated_at": NOON}
            connection.execute(sa.insert(model), {"id": key, **times, **row})
    return ids


NAMES = ["Ann's Bakery", "=cmd|' /C calc'!A0", "Bob 100%_Cotton"]


def fill(engine: Engine) -> Mapping[str, list[UUID]]:
    """Make customers, products, orders with lines, a job and invoices."""
    customers = _customers(engine)
    products = _products(engine)
    orders = _orders(engine, customers)
    lines = _lines(engine, orders, products)
    jobs = _jobs(engine, orders, customers)
    invoices = _invoices(engine, customers)
    return {
        "customers": customers,
        "products": products,
        "orders": orders,
        "order_lines": lines,
        "jobs": jobs,
        "invoices": invoices,
    }


def _customers(engine: Engine) -> list[UUID]:
    terms = put(engine, PaymentTerm, [{"name": "Net 30"}])
    return put(
        engine,
        Customer,
        [
            {
                "display_name": "Ann's Bakery",
                "account_number": "A-1",
                "email": "Ann@Bakery.example",
                "credit_limit": Decimal("1000.50"),
                "payment_term_id": terms[0],
                "billing_address": {"line1": "1 Main St", "city": "Troy"},
                "sync_state": "synced",
                "qb_customer_id": "145",
            },
            {"display_name": "=cmd|' /C calc'!A0", "sync_state": "failed", "sync_note": "Too long"},
            {"display_name": "Bob 100%_Cotton", "account_number": "B-2", "notes": ""},
            {"display_name": "Carla", "is_active": False, "credit_limit": Decimal("-0.05")},
        ],
    )


def _products(engine: Engine) -> list[UUID]:
    return put(
        engine,
        Product,
        [
            {"name": "T-shirt", "sku": "TS-1", "unit_price": Decimal("12.5")},
            {"name": "Mug", "sku": "MU-1", "unit_price": Decimal("0.0125"), "is_active": False},
        ],
    )


def _orders(engine: Engine, customers: list[UUID]) -> list[UUID]:
    codes = put(engine, TaxCode, [{"name": "NY", "combined_rate": Decimal("0.08875")}])
    return put(
        engine,
        PurchaseOrder,
        [
            {
                "po_number": f"PO-{number:03d}",
                "customer_id": customers[number % 3],
                "customer_name": NAMES[number % 3],
                "status": ("pending", "approved", "completed", "cancelled")[number % 4],
                "invoicing": "none",
                "po_date": date(2026, 2, 1 + number % 10),
                "due_date": None if number % 5 == 0 else date(2026, 3, 1 + number % 20),
                "total_amount": Decimal(number * 25) / 100,
                "job_count": number % 2,
                "rush_order": number % 7 == 0,
                "tax_code_id": codes[0],
            }
            for number in range(30)
        ],
    )


def _lines(engine: Engine, orders: list[UUID], products: list[UUID]) -> list[UUID]:
    return put(
        engine,
        PoLineItem,
        [
            {
                "po_id": orders[0],
                "line_number": number,
                "item_name": "T-shirt",
                "product_id": products[0],
                "quantity": Decimal("1.5"),
                "unit_price": Decimal("2.3333"),
            }
            for number in (1, 2, 3)
        ],
    )


def _jobs(engine: Engine, orders: list[UUID], customers: list[UUID]) -> list[UUID]:
    return put(
        engine,
        Job,
        [
            {"job_number": "J-1", "job_name": "Shirts", "po_id": orders[1]},
            {
                "job_number": "J-2",
                "job_name": "Mugs",
                "estimated_completion_date": date(2026, 3, 3),
                "customer_id": customers[0],
            },
        ],
    )


def _invoices(engine: Engine, customers: list[UUID]) -> list[UUID]:
    return put(
        engine,
        Invoice,
        [
            {
                "invoice_number": "INV-1",
                "customer_id": customers[0],
                "customer_name": NAMES[0],
                "invoice_date": date(2026, 1, 5),
                "due_date": date(2026, 2, 4),
                "total_amount": Decimal(100),
                "amount_paid": Decimal(30),
                "tax_rate": Decimal("0.08875"),
                "status": "partial",
                "issued_at": NOON,
                "sync_state": "failed",
            },
            {
                "invoice_number": "DRAFT-2",
                "customer_id": customers[1],
                "customer_name": NAMES[1],
                "invoice_date": date(2026, 3, 1),
            },
        ],
    )
