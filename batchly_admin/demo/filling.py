"""Fill an empty database: draw the shop, then live through its past."""

from __future__ import annotations

from collections.abc import Callable

from batchly_admin.demo import events, lists, mirror, rounds, sales, stock, story, traffic, troubles
from batchly_admin.demo.billing import Desk
from batchly_admin.demo.bills import draft_bills
from batchly_admin.demo.catalogue import draft_products
from batchly_admin.demo.customers import draft_customers
from batchly_admin.demo.events import Event
from batchly_admin.demo.floor import Floor
from batchly_admin.demo.orders import OrderBook
from batchly_admin.demo.simulated import open_books
from batchly_admin.jobs.runtime import Runtime
from batchly_admin.services import settings
from batchly_admin.services.unit_of_work import UnitOfWork

Action = Callable[[UnitOfWork, Event], None]


def fill(runtime: Runtime) -> None:
    """Write the demo shop into an empty, migrated database, up to the present of its clock."""
    told = story.begin(runtime)
    customers, products = draft_customers(told.rng), draft_products()
    orders = OrderBook(told.rng, customers, products, told.days).draw()
    bills = draft_bills(told.rng, orders, told.days)
    bad = troubles.choose(orders, bills, told.days)

    books = open_books(told)
    lists.write_lists(told)
    if books is not None:
        mirror.mirror_lists(told, books)
    directory = sales.write_sales(told, customers, products)
    with told.chapter("admin", told.moment(0, 8.1), "Settings") as uow:
        settings.put(uow, "invoice_trigger", "manual")
    if books is not None:
        mirror.mirror_names(told, books, directory, bad)
    floor = Floor(told, directory, orders)
    desk = Desk(told, bills, bad, floor.order_ids)
    _live(told, events.tell(told, orders, bills), floor, desk)
    stock.write_stock(told, directory)
    sales.write_communications(told, directory)
    if books is not None:
        sent = mirror.mirror_documents(told, books, desk)
        traffic.write_traffic(told, books, desk, directory, sent)
        rounds.write_rounds(told, books)
    rounds.write_notices(told, is_connected=books is not None)


def _live(
    told: story.Story, weeks: list[tuple[int, list[Event]]], floor: Floor, desk: Desk
) -> None:
    for phase, happened in weeks:
        _name, role, summary = events.PHASES[phase]
        with told.chapter(role, happened[0].moment, summary) as uow:
            for event in happened:
                told.clock.stand_at(event.moment)
                act: Action = getattr(desk if phase >= desk.FIRST_PHASE else floor, event.action)
                act(uow, event)
