"""Bulk actions of the orders that wait for a decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from batchly_admin.domain.order_papers import PaperReason, PaperState
from batchly_admin.errors import InvalidInput
from batchly_admin.ids import parse_id
from batchly_admin.models.order_papers import OrderPaper
from batchly_admin.services import order_decisions as decisions
from batchly_admin.services.tallies import BulkAction, Params, Preview, preview_of, tally
from batchly_admin.services.unit_of_work import UnitOfWork
from batchly_admin.words import _, later, money, plural

RIGHT = "orders:import"
LOOKUP = "/orders/sync/lookup"

CUSTOMER: dict[str, Any] = {
    "name": "customer_id",
    "label": later("Customer; empty takes the one proposed"),
    "kind": "lookup",
    "url": f"{LOOKUP}/customer_id",
    "value": "",
    "choices": [],
}
ORDER: dict[str, Any] = {
    "name": "order_id",
    "label": later("Order; empty takes the one proposed"),
    "kind": "lookup",
    "url": f"{LOOKUP}/similar_id",
    "value": "",
    "choices": [],
}

Judge = Callable[[str | None, Any], str | None]
"""Why a document is left out, by its reason and whether an order of ours belongs to it."""


def _chosen(params: Params, name: str) -> UUID | None:
    text = params.get(name)
    found = parse_id(text)
    if text and found is None:
        raise InvalidInput("Choose one from the list.", field=name)
    return found


def _create_customer(uow: UnitOfWork, paper_id: UUID, _params: Params) -> str:
    order = decisions.create_customer(uow, paper_id=paper_id)
    return _(
        "Created {customer_name}; imported as {po_number}.",
        customer_name=order.customer_name,
        po_number=order.po_number,
    )


def _link_customer(uow: UnitOfWork, paper_id: UUID, params: Params) -> str:
    chosen = _chosen(params, "customer_id")
    order = decisions.link_customer(uow, paper_id=paper_id, customer_id=chosen)
    return _(
        "Imported as {po_number} of {customer_name}.",
        po_number=order.po_number,
        customer_name=order.customer_name,
    )


def _link_order(uow: UnitOfWork, paper_id: UUID, params: Params) -> str:
    chosen = _chosen(params, "order_id")
    order = decisions.link_order(uow, paper_id=paper_id, order_id=chosen)
    return _("Linked to {po_number}.", po_number=order.po_number)


def _import_new(uow: UnitOfWork, paper_id: UUID, _params: Params) -> str:
    order = decisions.import_new(uow, paper_id=paper_id)
    return _("Imported as {po_number}.", po_number=order.po_number)


def _take(uow: UnitOfWork, paper_id: UUID, _params: Params) -> str:
    order = decisions.take_theirs(uow, paper_id=paper_id)
    return _("{po_number} is as QuickBooks has it.", po_number=order.po_number)


def _keep(uow: UnitOfWork, paper_id: UUID, _params: Params) -> str:
    return _(
        "{po_number} stays as it is.",
        po_number=decisions.keep_ours(uow, paper_id=paper_id).po_number,
    )


def _skip(uow: UnitOfWork, paper_id: UUID, _params: Params) -> str:
    decisions.skip(uow, paper_id=paper_id)
    return _("Left out.")


def _needs_customer(reason: str | None, _order: Any) -> str | None:
    return None if reason in decisions.NEEDS_A_CUSTOMER else _("their customer is known")


def _names_customer(reason: str | None, _order: Any) -> str | None:
    if reason == PaperReason.VENDOR:
        return _("they name no customer")
    return None if reason == PaperReason.CUSTOMER else _("their customer is known")


def _can_be_new(reason: str | None, order: Any) -> str | None:
    if order:
        return _("they have an order")
    if reason in decisions.NEEDS_A_CUSTOMER:
        return _("their customer is unknown")
    if reason == PaperReason.CURRENCY:
        return _("they are in another currency")
    return None


def _has_order(_reason: str | None, order: Any) -> str | None:
    return None if order else _("no order of yours belongs to them")


def _may_be_left(_reason: str | None, order: Any) -> str | None:
    return _("an order of yours stands for them") if order else None


def _can_be_linked(_reason: str | None, order: Any) -> str | None:
    return _("they have an order") if order else None


JUDGES: dict[str, Judge] = {
    "create-customer": _names_customer,
    "link-customer": _needs_customer,
    "link-order": _can_be_linked,
    "import-new": _can_be_new,
    "take-theirs": _has_order,
    "keep-ours": _has_order,
    "skip": _may_be_left,
}


def fitting(row: OrderPaper) -> frozenset[str]:
    """Give the names of the decisions that fit a document as it stands."""
    if row.state != PaperState.OPEN:
        return frozenset()
    has_order = row.order_id is not None
    return frozenset(name for name, judge in JUDGES.items() if judge(row.reason, has_order) is None)


def _preview(
    title: str, will: str, confirm: str, judge: Judge, params: tuple[dict[str, Any], ...] = ()
) -> Callable[[Session, Sequence[UUID], Params], Preview]:
    def preview(session: Session, ids: Sequence[UUID], _params: Params) -> Preview:
        def look(state: str, reason: str | None, order: Any) -> str | None:
            if state != PaperState.OPEN:
                return _("decided already")
            return judge(reason, order)

        columns = [OrderPaper.state, OrderPaper.reason, OrderPaper.order_id.is_not(None)]
        found = tally(session, OrderPaper, ids, columns, judge=look, amount=OrderPaper.total_amount)
        first = _(
            "{documents} worth {amount} {will}",
            documents=plural(found.will, "document"),
            amount=money(found.amount),
            will=_(will),
        )
        lines = (first, _("Nothing changes in QuickBooks. It can be undone."))
        return preview_of(_(title), lines, found, _(confirm), params=params)

    return preview


def _action(
    name: str,
    label: str,
    perform: Callable[[UnitOfWork, UUID, Params], str],
    preview: Callable[[Session, Sequence[UUID], Params], Preview],
) -> BulkAction:
    return BulkAction(name, label, RIGHT, perform, preview)


PAPER_ACTIONS = (
    _action(
        "create-customer",
        later("Create customer and import"),
        _create_customer,
        _preview(
            later("Create customers and import"),
            later("will be imported, with their customers linked to QuickBooks."),
            later("Import"),
            _names_customer,
        ),
    ),
    _action(
        "link-customer",
        later("Link customer and import"),
        _link_customer,
        _preview(
            later("Link to a customer and import"),
            later("will be imported for the customer you choose."),
            later("Import"),
            _needs_customer,
            (CUSTOMER,),
        ),
    ),
    _action(
        "link-order",
        later("Link to an order"),
        _link_order,
        _preview(
            later("Link to an order"),
            later("will be linked; the order stays as it is."),
            later("Link"),
            _can_be_linked,
            (ORDER,),
        ),
    ),
    _action(
        "import-new",
        later("Import as new"),
        _import_new,
        _preview(
            later("Import as new orders"),
            later("will become orders of their own."),
            later("Import"),
            _can_be_new,
        ),
    ),
    _action(
        "take-theirs",
        later("Take theirs"),
        _take,
        _preview(
            later("Take what QuickBooks has"),
            later("will be written over their orders; orders that ended there are cancelled."),
            later("Take theirs"),
            _has_order,
        ),
    ),
    _action(
        "keep-ours",
        later("Keep ours"),
        _keep,
        _preview(
            later("Keep ours"), later("will change nothing here."), later("Keep ours"), _has_order
        ),
    ),
    _action(
        "skip",
        later("Leave out"),
        _skip,
        _preview(
            later("Leave out"),
            later("will be left out until they change there."),
            later("Leave out"),
            _may_be_left,
        ),
    ),
)
