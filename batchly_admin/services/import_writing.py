"""Writes the plan of a chunk: customers, products, orders, lines, and the account of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.domain import money
from batchly_admin.domain.import_lines import Verdict
from batchly_admin.domain.order_import import MESSAGE_LENGTH, Options, warning_sentence
from batchly_admin.domain.statuses import ItemType, OrderStatus
from batchly_admin.ids import new_id
from batchly_admin.models.catalogue import PaymentTerm, Product
from batchly_admin.models.changes import ImportLine, ImportRun
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.services import settings
from batchly_admin.services.import_planning import Placed, Plan, Planner
from batchly_admin.services.orders import recalculate
from batchly_admin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Terms:
    """What an order takes over from its customer."""

    name: str
    address: dict[str, Any] | None
    shipping_address: dict[str, Any] | None
    tax_code_id: UUID | None
    payment_terms: str | None


@dataclass(frozen=True, slots=True)
class Goods:
    """What a line takes over from its product."""

    name: str
    unit_of_measure: str
    is_taxable: bool


def write(uow: UnitOfWork, run: ImportRun, plan: Plan, planner: Planner) -> None:
    """Write what a chunk's plan creates, and count it into the run, in this one transaction."""
    _write_records(uow, plan)
    orders = _write_orders(uow, run, plan)
    _write_lines(uow.session, plan)
    uow.session.flush()
    _tax(uow, orders.values())
    _set_warnings(uow.session, plan, orders)
    _write_verdicts(uow, run, plan.verdicts, planner)
    _count(run, plan)


def _write_records(uow: UnitOfWork, plan: Plan) -> None:
    uow.session.add_all(
        Customer(
            id=customer.id,
            display_name=customer.display_name,
            account_number=customer.account_number,
            billing_address={"country": customer.country} if customer.country else None,
        )
        for customer in plan.customers
    )
    uow.session.add_all(
        Product(
            id=product.id,
            name=product.name,
            sku=product.sku,
            description=product.description or None,
            qb_type=ItemType.SERVICE if product.is_service else ItemType.NON_INVENTORY,
            unit_price=product.unit_price,
        )
        for product in plan.products
    )
    uow.session.flush()


def _write_orders(uow: UnitOfWork, run: ImportRun, plan: Plan) -> dict[UUID, PurchaseOrder]:
    """Make the new orders, and bring the totals of those that get more lines up to date."""
    added: dict[UUID, Decimal] = {}
    first: dict[UUID, Placed] = {}
    for placed in plan.placed:
        amount = money.line_total(placed.line.quantity, placed.line.unit_price)
        added[placed.order.id] = added.get(placed.order.id, money.ZERO) + amount
        first.setdefault(placed.order.id, placed)
    new = [placed for placed in first.values() if placed.order.is_new]
    terms = _terms(uow.session, {placed.order.customer_id for placed in new})
    orders = {
        placed.order.id: _new_order(run, placed, terms[placed.order.customer_id]) for placed in new
    }
    uow.session.add_all(orders.values())
    grown = [order_id for order_id in added if order_id not in orders]
    query = sa.select(PurchaseOrder).where(PurchaseOrder.id.in_(grown))
    orders.update({order.id: order for order in uow.session.scalars(query)} if grown else {})
    for order_id, amount in added.items():
        order = orders[order_id]
        order.subtotal = money.money(order.subtotal + amount)
        order.total_amount = money.money(order.total_amount + amount)
    return orders


def _new_order(run: ImportRun, placed: Placed, terms: Terms) -> PurchaseOrder:
    return PurchaseOrder(
        id=placed.order.id,
        po_number=placed.order.number,
        customer_id=placed.order.customer_id,
        customer_name=terms.name,
        status=OrderStatus.PENDING,
        po_date=placed.line.order_date,
        billing_address=_address(terms.address, placed.order.country or ""),
        shipping_address=terms.shipping_address,
        subtotal=money.ZERO,
        total_amount=money.ZERO,
        tax_code_id=terms.tax_code_id,
        payment_terms=terms.payment_terms,
        source="import",
        import_run_id=run.id,
    )


def _tax(uow: UnitOfWork, orders: Iterable[PurchaseOrder]) -> None:
    """Let the rule of all orders total those that may carry tax; for the rest, sums are enough."""
    everywhere = settings.get(uow.session, "default_tax_code") is not None
    for order in orders:
        if everywhere or order.tax_code_id is not None or order.tax_amount:
            recalculate(uow, order)


def _address(known: dict[str, Any] | None, country: str) -> dict[str, Any] | None:
    """Give the customer's address when it is in the file's country, else the country alone."""
    if not country:
        return known
    same = known is not None and (known.get("country") or "").casefold() == country.casefold()
    return {**known, "country": country} if known is not None and same else {"country": country}


def _terms(session: Session, ids: Iterable[UUID]) -> dict[UUID, Terms]:
    query = (
        sa.select(
            Customer.id,
            Customer.display_name,
            Customer.billing_address,
            Customer.shipping_address,
            sa.case((Customer.tax_exempt, None), else_=Customer.default_tax_code_id),
            PaymentTerm.name,
        )
        .outerjoin(PaymentTerm, PaymentTerm.id == Customer.payment_term_id)
        .where(Customer.id.in_(ids))
    )
    return {row[0]: Terms(*row[1:]) for row in session.execute(query)}


def _write_lines(session: Session, plan: Plan) -> None:
    goods = _goods(session, {placed.product_id for placed in plan.placed})
    session.add_all(_line(placed, goods[placed.product_id]) for placed in plan.placed)


def _line(placed: Placed, goods: Goods) -> PoLineItem:
    return PoLineItem(
        po_id=placed.order.id,
        line_number=placed.line_number,
        product_id=placed.product_id,
        item_name=goods.name,
        description=placed.line.description or goods.name,
        sku=placed.line.sku,
        quantity=placed.line.quantity,
        unit_of_measure=goods.unit_of_measure,
        unit_price=placed.line.unit_price,
        is_taxable=goods.is_taxable,
        import_key=placed.key,
    )


def _goods(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, Goods]:
    query = sa.select(Product.id, Product.name, Product.unit_of_measure, Product.is_taxable).where(
        Product.id.in_(ids)
    )
    return {row[0]: Goods(*row[1:]) for row in session.execute(query)}


def _set_warnings(session: Session, plan: Plan, orders: dict[UUID, PurchaseOrder]) -> None:
    for number, (missing, total) in plan.warnings.items():
        facts = plan.orders[number]
        order = orders.get(facts.id) or session.get(PurchaseOrder, facts.id)
        if order is not None:
            order.warning = warning_sentence(missing, total)
    session.flush()


def _write_verdicts(
    uow: UnitOfWork, run: ImportRun, verdicts: list[Verdict], planner: Planner
) -> None:
    moment = uow.now()
    rows = []
    for verdict in verdicts:
        mark = planner.mark_of(verdict)
        rows.append(
            {
                "id": new_id(),
                "import_run_id": run.id,
                "line_number": verdict.number,
                "outcome": verdict.outcome,
                "reason": verdict.reason,
                "message": verdict.message[:MESSAGE_LENGTH],
                "values": {
                    "cells": verdict.cells,
                    "order": verdict.order_number,
                    "file": mark.file,
                    "line": mark.line,
                },
                "created_at": moment,
                "updated_at": moment,
                "version": 1,
            }
        )
    if rows:
        uow.session.execute(sa.insert(ImportLine), rows)


def _count(run: ImportRun, plan: Plan) -> None:
    reasons = dict(run.reasons or {})
    for verdict in plan.verdicts:
        reasons[verdict.reason] = reasons.get(verdict.reason, 0) + 1
        if verdict.outcome == "skipped":
            run.lines_skipped += 1
        else:
            run.lines_refused += 1
    run.reasons = reasons
    run.lines_created += len(plan.placed)
    run.lines_read += plan.lines
    run.position += plan.lines
    run.orders_created += sum(1 for order in plan.orders.values() if order.is_new)
    run.customers_created += len(plan.customers)
    run.products_created += len(plan.products)


def options_of(run: ImportRun) -> Options:
    """Give the options of a run that was started."""
    stored = run.options or {}
    return Options.of({name: stored[name] for name in Options.__slots__ if name in stored})
