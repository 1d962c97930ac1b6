"""Fill the shelves of the demo shop: materials, what came in, was used, and is set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from batchly_admin.demo.sales import Directory
from batchly_admin.demo.story import Story
from batchly_admin.domain.statuses import JobStatus
from batchly_admin.models.orders import PoLineItem
from batchly_admin.models.production import Job, JobLineItem
from batchly_admin.models.stock import InventoryAllocation, InventoryItem, StockMovement
from batchly_admin.services.unit_of_work import UnitOfWork

USED = (JobStatus.COMPLETED, JobStatus.SHIPPED)
UNDER_WAY = (JobStatus.IN_PROGRESS, JobStatus.REVIEW)
SET_ASIDE = (JobStatus.CREATED, JobStatus.PLANNED, *UNDER_WAY)

BLANKS = (
    ("BL-TEE", "Cotton tee, assorted sizes", "3.10", "A1", ("TEE", "YTH", "DTG"), "BTE-BL"),
    ("BL-SFT", "Tri-blend tee, assorted sizes", "4.85", "A2", ("SFT", "TNK"), None),
    ("BL-LST", "Long sleeve tee, assorted sizes", "5.40", "A3", ("LST",), None),
    ("BL-HOD", "Pullover hoodie, assorted sizes", "13.20", "B1", ("HOD", "CRW"), "BHD-BL"),
    ("BL-ZIP", "Zip hoodie, assorted sizes", "16.90", "B2", ("ZIP",), None),
    ("BL-POL", "Pique polo, assorted sizes", "9.80", "B3", ("POL",), None),
    ("BL-QZP", "Quarter-zip and soft shell, assorted", "21.50", "B4", ("QZP", "JKT"), None),
    ("BL-CAP", "Caps, assorted", "4.10", "C1", ("CAP", "BNE"), "BCP-BL"),
    ("BL-TOT", "Tote bags and aprons", "2.05", "C2", ("TOT", "APR"), "BTO-BL"),
    ("BL-MUG", "Mugs, 11 and 15 oz", "2.40", "D1", ("MUG",), None),
    ("BL-GLS", "Pint glasses", "1.85", "D2", ("GLS", "BTL"), None),
    ("BL-JER", "Team jerseys", "8.60", "C3", ("JER",), None),
)
"""SKU, name, cost, place, the families of products made from it, the product it is sold as."""

SUPPLIES = (
    ("INK-WHT", "Plastisol ink, white", "kg", "21.00", "E1", 14, 6),
    ("INK-BLK", "Plastisol ink, black", "kg", "19.50", "E1", 9, 5),
    ("INK-RED", "Plastisol ink, red", "kg", "22.00", "E1", 4, 3),
    ("INK-BLU", "Plastisol ink, blue", "kg", "22.00", "E1", 2, 3),
    ("INK-GLD", "Metallic gold ink", "kg", "38.00", "E2", 0, 1),
    ("EML-PHO", "Photo emulsion", "kg", "31.00", "E3", 5, 2),
    ("THR-WHT", "Embroidery thread, white", "cone", "6.80", "F1", 22, 8),
    ("THR-AST", "Embroidery thread, assorted", "cone", "6.80", "F1", 61, 20),
    ("BCK-CUT", "Cut-away backing", "roll", "34.00", "F2", 3, 2),
    ("VIN-BAN", "Banner vinyl, 54 in", "roll", "118.00", "G1", 4, 2),
    ("VIN-STK", "Sticker vinyl, 30 in", "roll", "96.00", "G1", 1, 2),
    ("BOX-MED", "Shipping box, medium", "each", "0.92", "H1", 210, 100),
    ("BOX-LRG", "Shipping box, large", "each", "1.35", "H1", 84, 60),
    ("BAG-POL", "Clear bag, per piece", "each", "0.05", "H2", 2600, 1000),
)


@dataclass(slots=True)
class Shelf:
    """One material while it is being filled."""

    item: InventoryItem
    families: tuple[str, ...]
    uses: list[tuple[datetime, Decimal, UUID]] = field(default_factory=list)
    reservations: list[tuple[UUID, Decimal, Decimal, UUID, datetime]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Need:
    """What one line of a job takes from the shelf."""

    family: str
    quantity: Decimal
    completed: Decimal
    job_id: UUID
    line_id: UUID
    status: str
    begun: datetime


def write_stock(story: Story, directory: Directory) -> None:
    """Write materials down with movements that add up to what lies on the shelf."""
    with story.chapter("manager", story.present, "Counted the shelves") as uow:
        shelves = [_shelf(story, directory, *blank) for blank in BLANKS]
        uow.session.add_all(shelf.item for shelf in shelves)
        _plan(shelves, _needs(uow.session, story.present))
        for shelf in shelves:
            _fill(uow, story, shelf)
        _supplies(uow, story)


def _shelf(story: Story, directory: Directory, *blank: Any) -> Shelf:
    sku, name, cost, place, families, sold_as = blank
    item = InventoryItem(
        name=name,
        sku=sku,
        unit_cost=Decimal(cost),
        location=place,
        reorder_point=Decimal(96),
        product_id=directory.products[sold_as] if sold_as else None,
        created_at=story.moment(0, 9),
    )
    return Shelf(item, families)


def _needs(session: Session, present: datetime) -> list[Need]:
    rows = session.execute(
        sa.select(Job, JobLineItem, PoLineItem.sku)
        .join(JobLineItem, JobLineItem.job_id == Job.id)
        .join(PoLineItem, PoLineItem.id == JobLineItem.po_line_item_id)
        .where(Job.status.in_((*USED, *SET_ASIDE)))
        .order_by(Job.job_number, JobLineItem.line_number)
    )
    return [
        Need(
            family=(sku or "").split("-")[0],
            quantity=line.quantity_ordered,
            completed=min(line.quantity_completed, line.quantity_ordered),
            job_id=job.id,
            line_id=line.id,
            status=job.status,
            begun=job.actual_start_date or min(job.created_at, present),
        )
        for job, line, sku in rows
    ]


def _plan(shelves: Sequence[Shelf], needs: Sequence[Need]) -> None:
    by_family = {family: shelf for shelf in shelves for family in shelf.families}
    for need in needs:
        shelf = by_family.get(need.family)
        if shelf is None:
            continue
        if need.status in USED:
            shelf.uses.append((need.begun, need.quantity, need.job_id))
            continue
        taken = need.completed if need.status in UNDER_WAY else Decimal(0)
        shelf.reservations.append((need.line_id, need.quantity, taken, need.job_id, need.begun))
        if taken:
            shelf.uses.append((need.begun, taken, need.job_id))


def _fill(uow: UnitOfWork, story: Story, shelf: Shelf) -> None:
    rng, item = story.rng, shelf.item
    used = sum((quantity for _at, quantity, _job in shelf.uses), Decimal(0))
    allocated = sum((whole - taken for _l, whole, taken, _j, _b in shelf.reservations), Decimal(0))
    left = allocated + 12 * rng.randint(2, 30)
    item.quantity_on_hand, item.quantity_allocated = left, allocated
    opening = (used + left) // 3
    deliveries = _deliveries(story, used + left - opening)
    _move(uow, item, "opening count", opening, story.moment(0, 9))
    for moment, quantity in deliveries:
        _move(uow, item, "received", quantity, moment)
    for moment, quantity, job_id in shelf.uses:
        _move(uow, item, "used", -quantity, moment, job_id=job_id)
    uow.session.add_all(
        InventoryAllocation(
            inventory_item=item,
            job_line_item_id=line_id,
            quantity=whole,
            quantity_consumed=taken,
            created_at=begun,
        )
        for line_id, whole, taken, _job, begun in shelf.reservations
    )


def _deliveries(story: Story, quantity: Decimal) -> list[tuple[datetime, Decimal]]:
    last, parts = len(story.days) - 1, 4
    share = quantity // parts
    sizes = [share] * (parts - 1) + [quantity - share * (parts - 1)]
    # The lorry comes before the goods run out, so the first part arrives in the first days.
    return [
        (story.moment(part * last // parts + 1, 11.25), size)
        for part, size in enumerate(sizes)
        if size
    ]


def _supplies(uow: UnitOfWork, story: Story) -> None:
    for sku, name, unit, cost, place, on_hand, reorder in SUPPLIES:
        item = InventoryItem(
            name=name,
            sku=sku,
            unit_of_measure=unit,
            unit_cost=Decimal(cost),
            location=place,
            quantity_on_hand=Decimal(on_hand),
            reorder_point=Decimal(reorder),
            created_at=story.moment(0, 9.5),
        )
        uow.session.add(item)
        spent = Decimal(reorder * 2)
        _move(uow, item, "opening count", on_hand + spent, story.moment(0, 9.5))
        _move(uow, item, "count", -spent, story.moment(len(story.days) * 3 // 4, 16))


def _move(
    uow: UnitOfWork,
    item: InventoryItem,
    reason: str,
    quantity: Decimal,
    moment: datetime,
    *,
    job_id: UUID | None = None,
) -> None:
    if quantity:
        uow.session.add(
            StockMovement(
                inventory_item=item,
                job_id=job_id,
                reason=reason,
                quantity=quantity,
                unit_cost=item.unit_cost,
                moved_at=moment,
                created_at=moment + timedelta(minutes=5),
            )
        )
