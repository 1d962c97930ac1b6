"""Write down whom the shop sells to and what: customers, products, agreed prices, templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from batchly_admin.demo import words
from batchly_admin.demo.catalogue import ProductDraft
from batchly_admin.demo.customers import KNOWN_AT_START, TAXED_STATES, CustomerDraft
from batchly_admin.demo.story import Story
from batchly_admin.domain.money import money
from batchly_admin.models.catalogue import PaymentTerm, Product, TaxCode
from batchly_admin.models.customers import Communication, Customer, PriceOverride
from batchly_admin.models.orders import OrderTemplate, OrderTemplateLine
from batchly_admin.services.unit_of_work import UnitOfWork

FIRST_ACCOUNT = 1000
OVERRIDES = 24
COMMUNICATIONS = 90


@dataclass(frozen=True, slots=True)
class Directory:
    """The ids of what was written, by the names the drafts use."""

    customers: dict[int, UUID]
    products: dict[str, UUID]


def write_sales(
    story: Story, customers: Sequence[CustomerDraft], products: Sequence[ProductDraft]
) -> Directory:
    """Write customers and products down, the first ones at the start, the others as they came."""
    with story.chapter("admin", story.moment(0, 7.75), "Entered the price list") as uow:
        made = {draft.sku: _product(draft) for draft in products}
        uow.session.add_all(made.values())
    with story.chapter("office", story.moment(0, 8), "Entered the customers") as uow:
        codes = _tax_codes(uow)
        terms = {term.name: term for term in uow.session.scalars(sa.select(PaymentTerm))}
        known = {}
        for draft in customers:
            known[draft.number] = _customer(story, draft, terms[draft.term], codes)
        uow.session.add_all(known.values())
    directory = Directory(
        customers={number: customer.id for number, customer in known.items()},
        products={sku: product.id for sku, product in made.items()},
    )
    _agree(story, directory, products)
    return directory


def _tax_codes(uow: UnitOfWork) -> dict[str, TaxCode]:
    found = uow.session.scalars(sa.select(TaxCode).where(TaxCode.is_active).order_by(TaxCode.name))
    return {code.region: code for code in found if code.region}


def _product(draft: ProductDraft) -> Product:
    return Product(
        name=draft.name,
        sku=draft.sku,
        description=draft.description,
        qb_type=draft.kind,
        unit_price=draft.price,
        unit_cost=draft.cost,
        unit_of_measure=draft.unit,
        is_taxable=draft.is_taxable,
    )


def _customer(
    story: Story, draft: CustomerDraft, term: PaymentTerm, codes: dict[str, TaxCode]
) -> Customer:
    is_taxed = draft.state in TAXED_STATES and not draft.is_exempt
    place = 0
    if draft.number > KNOWN_AT_START:
        place = (draft.number - KNOWN_AT_START) * (len(story.days) // 2) // (300 - KNOWN_AT_START)
    return Customer(
        display_name=draft.display_name,
        name=draft.contact,
        company_name=draft.display_name[:100],
        account_number=str(FIRST_ACCOUNT + draft.number),
        email=draft.email,
        phone=draft.phone,
        website=draft.website,
        billing_address=draft.billing,
        shipping_address=draft.shipping,
        payment_term=term,
        credit_limit=draft.credit_limit,
        tax_exempt=draft.is_exempt,
        default_tax_code=codes.get(draft.state) if is_taxed else None,
        preferred_delivery_method="Email" if draft.email else "Print",
        notes=draft.notes,
        created_at=story.moment(place, 8.5),
    )


def _agree(story: Story, directory: Directory, products: Sequence[ProductDraft]) -> None:
    """Write down prices of single customers and orders that come every week."""
    rng = story.rng
    printed = [draft for draft in products if draft.work and draft.kind == "NonInventory"]
    numbers = list(directory.customers)
    with story.chapter("manager", story.moment(1, 9.25), "Agreed prices") as uow:
        for number in rng.sample(numbers, OVERRIDES):
            draft = rng.choice(printed)
            uow.session.add(
                PriceOverride(
                    customer_id=directory.customers[number],
                    product_id=directory.products[draft.sku],
                    unit_price=money(draft.price * Decimal(rng.choice(("0.9", "0.85", "0.8")))),
                    valid_from=story.days[1],
                    valid_to=story.today + timedelta(days=200) if rng.random() < 0.3 else None,
                )
            )
    _templates(story, directory)


TEMPLATES = (
    ("Monday cup run", (0,), (("MUG-11", 36), ("STK-3", 250))),
    ("Staff shirts, new hires", (1,), (("POL-LC", 12), ("CAP-TR", 12))),
    ("Tap room restock", (2, 4), (("TEE-2C", 24), ("GLS-2C", 48), ("STK-2", 500))),
    ("Match day jerseys", (3,), (("JER-NN", 24), ("SET-SCR", 1))),
    ("Market totes", (4,), (("TOT-1C", 48),)),
    ("Summer camp tees", (0,), (("YTH-2C", 72), ("SET-SCR", 2), ("FLD-BAG", 72))),
)


def _templates(story: Story, directory: Directory) -> None:
    numbers = story.rng.sample(list(directory.customers), len(TEMPLATES))
    with story.chapter("office", story.moment(2, 10), "Orders that come again") as uow:
        for number, (name, weekdays, lines) in zip(numbers, TEMPLATES, strict=True):
            template = OrderTemplate(
                name=name,
                customer_id=directory.customers[number],
                weekdays=list(weekdays),
                is_active=name != "Summer camp tees",
            )
            uow.session.add(template)
            uow.session.add_all(
                OrderTemplateLine(
                    template=template,
                    line_number=line_number,
                    product_id=directory.products[sku],
                    quantity=Decimal(quantity),
                )
                for line_number, (sku, quantity) in enumerate(lines, start=1)
            )


def write_communications(story: Story, directory: Directory) -> None:
    """File calls, mails and notes with their customers, up to this morning."""
    rng = story.rng
    numbers = list(directory.customers)
    places = sorted(rng.randrange(len(story.days)) for _ in range(COMMUNICATIONS))
    with story.chapter("office", story.present, "Calls and messages") as uow:
        for place in places:
            channel, direction, subject = rng.choice(words.CALLS)
            moment = story.moment(place, rng.uniform(8.5, 16.5))
            uow.session.add(
                Communication(
                    customer_id=directory.customers[rng.choice(numbers)],
                    channel=channel,
                    direction=direction,
                    subject=subject,
                    happened_at=moment,
                    user_id=story.user_id("office"),
                    created_at=moment,
                )
            )
