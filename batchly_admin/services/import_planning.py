"""Decides what becomes of each line of a chunk, and writes nothing: preview and import share it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from batchly_admin.domain import money
from batchly_admin.domain.import_columns import Layout
from batchly_admin.domain.import_lines import Line, Mark, Row, Verdict, read_line, refuse
from batchly_admin.domain.import_values import shown
from batchly_admin.domain.order_import import (
    MAX_AMOUNT,
    REFUSED,
    Options,
    is_account,
    is_fee,
)
from batchly_admin.domain.statuses import OrderStatus
from batchly_admin.ids import new_id
from batchly_admin.services.import_matching import (
    Ambiguous,
    Directory,
    Marks,
    OrderFacts,
    existing_orders,
    key_of,
)

_NOT_OURS = frozenset({"order_closed", "order_number_taken"})


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer the file names and nobody knows."""

    id: UUID
    display_name: str
    account_number: str | None
    country: str


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product the file names and nobody knows."""

    id: UUID
    name: str
    sku: str
    description: str
    unit_price: Decimal
    is_service: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A line that becomes a line of an order."""

    line: Line
    order: OrderFacts
    line_number: int
    product_id: UUID
    key: str


@dataclass(slots=True)
class Plan:
    """What becomes of the lines of one chunk."""

    placed: list[Placed] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    customers: list[NewCustomer] = field(default_factory=list)
    products: list[NewProduct] = field(default_factory=list)
    orders: dict[str, OrderFacts] = field(default_factory=dict)
    warnings: dict[str, tuple[list[int], int]] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many lines the plan accounts for."""
        return len(self.placed) + len(self.verdicts)


class _LeftOut(Exception):
    """Carries the verdict on a line that does not fit."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict


class Planner:
    """Plans chunk after chunk of one file; remembers what earlier chunks said."""

    def __init__(
        self, session: Session, *, file: str, run_id: UUID, layout: Layout, options: Options
    ) -> None:
        self._file = file
        self._run_id = run_id
        self._layout = layout
        self._options = options
        self._directory = Directory(session)
        self._marks = Marks()
        self._marks.learn_file(session, file)
        # How many equal lines came before, by order; kept while an order may still go on.
        self._seen: dict[str, dict[str, int]] = {}

    def remember(self, rows: Iterable[Row]) -> None:
        """Count the lines of an order that an earlier slice has worked through already."""
        for row in rows:
            line = read_line(row, self._layout, self._options)
            if isinstance(line, Line):
                self._occurrence(line)

    def forget(self, but: Container[str]) -> None:
        """Drop the counts of orders that are complete."""
        self._seen = {number: seen for number, seen in self._seen.items() if number in but}

    def plan(self, session: Session, rows: Sequence[Row]) -> Plan:
        """Give the plan of a chunk, on the state of the database that `session` sees."""
        plan = Plan()
        read = [read_line(row, self._layout, self._options) for row in rows]
        numbers = {line.order_number for line in read if line.order_number}
        plan.orders = existing_orders(session, numbers, self._run_id)
        known = {number: len(facts.contents) for number, facts in plan.orders.items()}
        for line in read:
            if line.mark is not None:
                self._marks.learn_file(session, line.mark.file)
            self._place(plan, line)
        self._warn(session, plan, read, known)
        return plan

    def mark_of(self, line: Line | Verdict) -> Mark:
        """Give the mark a line carries, or its own."""
        return line.mark or Mark(self._file, line.number)

    def _place(self, plan: Plan, line: Line | Verdict) -> None:
        mark = self.mark_of(line)
        occurrence = 0
        if isinstance(line, Line):
            occurrence = self._occurrence(line)
        if self._marks.is_created(mark) and not _is_skipped(line):
            message = f"This line was imported before (line {mark.line} of its first file)."
            plan.verdicts.append(_skip(line, message))
        elif isinstance(line, Verdict):
            plan.verdicts.append(line)
        else:
            try:
                self._fit(plan, line, occurrence)
            except _LeftOut as left_out:
                plan.verdicts.append(left_out.verdict)

    def _occurrence(self, line: Line) -> int:
        seen = self._seen.setdefault(line.order_number, {})
        seen[line.content] = seen.get(line.content, 0) + 1
        return seen[line.content]

    def _fit(self, plan: Plan, line: Line, occurrence: int) -> None:
        """Put a line into its order; raise the verdict when it does not fit."""
        order = plan.orders.get(line.order_number)
        if order is not None:
            if line.mark is not None:
                occurrence = _next_free(order, line.content, occurrence)
            _check_order(order, line, f"{line.content}.{occurrence}")
        customer_id, product_id = self._look_up(line)
        if order is not None and _differs(order, customer_id, line):
            raise _LeftOut(refuse(line, "customer_differs", _differs_message(line)))
        amount = money.line_total(line.quantity, line.unit_price)
        if amount + (order.subtotal if order else 0) > MAX_AMOUNT:
            message = f"With this line the order would come to more than {MAX_AMOUNT:,}."
            raise _LeftOut(refuse(line, "amount_too_large", message))
        if order is None:
            order = self._new_order(plan, line, customer_id or self._new_customer(plan, line))
        product_id = product_id or self._new_product(plan, line)
        mark = self.mark_of(line)
        order.last_line += 1
        order.subtotal += amount
        order.contents.add(f"{line.content}.{occurrence}")
        self._marks.create(mark)
        key = key_of(mark, line.content, occurrence)
        plan.placed.append(Placed(line, order, order.last_line, product_id, key))

    def _look_up(self, line: Line) -> tuple[UUID | None, UUID | None]:
        """Give the known customer and the known product of a line."""
        try:
            customer_id = self._directory.customer(line.customer)
        except Ambiguous:
            message = _ambiguous("customer", line.customer)
            raise _LeftOut(refuse(line, "ambiguous_customer", message)) from None
        try:
            return customer_id, self._directory.product(line.sku)
        except Ambiguous:
            raise _LeftOut(refuse(line, "ambiguous_sku", _ambiguous("SKU", line.sku))) from None

    def _new_order(self, plan: Plan, line: Line, customer_id: UUID) -> OrderFacts:
        order = OrderFacts(
            id=new_id(),
            number=line.order_number,
            customer_id=customer_id,
            is_new=True,
            country=line.country,
        )
        plan.orders[line.order_number] = order
        return order

    def _new_customer(self, plan: Plan, line: Line) -> UUID:
        text = line.customer
        account = text if is_account(text) and text != self._options.walk_in_customer else None
        name = self._directory.new_customer_name(
            f"Customer {account}" if account else text, account or "new"
        )
        customer = NewCustomer(new_id(), name, account, line.country)
        self._directory.add_customer(customer.id, name, account)
        plan.customers.append(customer)
        return customer.id

    def _new_product(self, plan: Plan, line: Line) -> UUID:
        name = self._directory.new_product_name(line.description, line.sku)
        product = NewProduct(
            new_id(), name, line.sku, line.description, line.unit_price, is_fee(line.sku)
        )
        self._directory.add_product(product.id, name, line.sku)
        plan.products.append(product)
        return product.id

    def _warn(
        self,
        session: Session,
        plan: Plan,
        read: Sequence[Line | Verdict],
        known: dict[str, int],
    ) -> None:
        """Note which lines of each touched order are still missing because they were refused."""
        refused: set[str] = set()
        for verdict in plan.verdicts:
            if verdict.outcome == REFUSED and verdict.order_number:
                if verdict.reason not in _NOT_OURS:
                    self._marks.refuse(verdict.order_number, self.mark_of(verdict))
                refused.add(verdict.order_number)
        touched = {placed.order.number for placed in plan.placed}
        again = _all_again(read, plan, known) - refused
        for number, order in plan.orders.items():
            if not order.is_open:
                continue
            if order.warning and order.import_run_id:
                self._marks.learn_run(session, order.import_run_id)
            missing = [] if number in again else self._marks.open_lines(number)
            if missing or (order.warning and (number in touched or number in again)):
                plan.warnings[number] = (missing, len(order.contents) + len(missing))


def _all_again(read: Sequence[Line | Verdict], plan: Plan, known: dict[str, int]) -> set[str]:
    """Give the orders whose earlier imported lines are all in this chunk again.

    Such a file is a whole new edition of the order, so what an older one lacked does not matter.
    """
    counts: dict[str, int] = {}
    for verdict in plan.verdicts:
        if verdict.reason == "already_imported" and verdict.mark is None:
            counts[verdict.order_number] = counts.get(verdict.order_number, 0) + 1
    marked = {line.order_number for line in read if line.mark is not None}
    return {
        number
        for number, count in counts.items()
        if number not in marked and count >= known.get(number, 0) > 0
    }


def _is_skipped(line: Line | Verdict) -> bool:
    return isinstance(line, Verdict) and line.outcome != REFUSED


def _skip(line: Line | Verdict, message: str) -> Verdict:
    return Verdict(
        line.number, line.cells, "already_imported", message, line.order_number, line.mark
    )


def _next_free(order: OrderFacts, content: str, occurrence: int) -> int:
    """Give a repaired line a place of its own among equal lines of its order."""
    while f"{content}.{occurrence}" in order.contents:
        occurrence += 1
    return occurrence


def _check_order(order: OrderFacts, line: Line, content: str) -> None:
    number = shown(order.number)
    if content in order.contents:
        raise _LeftOut(_skip(line, f"Order {number} has this line already."))
    if order.is_open:
        return
    if not order.is_imported:
        message = (
            f"Order {number} exists and was not made by an import. Change the order number in "
            "the file, or add the line to that order by hand."
        )
        raise _LeftOut(refuse(line, "order_number_taken", message))
    message = (
        f"Order {number} is {OrderStatus[order.status.upper()].label.lower()}; an import adds "
        "lines only while it is a draft or pending. Take it back to pending, or add the line by "
        "hand."
    )
    raise _LeftOut(refuse(line, "order_closed", message))


def _differs(order: OrderFacts, customer_id: UUID | None, line: Line) -> bool:
    if customer_id != order.customer_id:
        return True
    said = bool(order.country and line.country)
    return said and line.country.casefold() != (order.country or "").casefold()


def _differs_message(line: Line) -> str:
    return (
        f"Order {shown(line.order_number)} belongs to another customer or country than "
        f"{shown(line.customer)} {line.country}. Correct the line, or give it an order number of "
        "its own."
    )


def _ambiguous(what: str, text: str) -> str:
    return (
        f"More than one {what} differs from {shown(text)} in capitals only. "
        "Write it exactly as it is in Batchly."
    )
