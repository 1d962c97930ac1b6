"""What the demo company sells and buys."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

Record = dict[str, Any]

SERVICES = (
    ("Screen printing, one color", "2.10", "Services:Screen Printing"),
    ("Screen printing, two colors", "3.25", "Services:Screen Printing"),
    ("Screen printing, four colors", "4.90", "Services:Screen Printing"),
    ("Embroidery, small", "5.50", "Services:Embroidery"),
    ("Embroidery, large", "9.75", "Services:Embroidery"),
    ("Direct to garment print", "7.40", "Services"),
    ("Heat transfer", "3.60", "Services"),
    ("Screen set-up", "25.00", "Services:Screen Printing"),
    ("Digitizing", "40.00", "Services:Embroidery"),
    ("Artwork, per hour", "65.00", "Services"),
    ("Rush order", "50.00", "Services"),
    ("Folding and bagging", "0.65", "Services"),
    ("Local delivery", "18.00", "Services"),
)
"""Each service with its price and the account of its income."""
GOODS = (
    ("Basic tee", "TEE", "4.35", "Apparel"),
    ("Premium tee", "PTE", "6.80", "Apparel"),
    ("Long sleeve", "LSL", "8.20", "Apparel"),
    ("Hoodie", "HOO", "18.90", "Apparel"),
    ("Crewneck", "CRW", "15.40", "Apparel"),
    ("Trucker cap", "CAP", "6.10", "Apparel"),
    ("Apron", "APR", "9.85", "Apparel"),
    ("Mug", "MUG", "3.95", "Promotional Goods"),
    ("Tote bag", "TOT", "3.30", "Promotional Goods"),
)
"""What lies in stock, in each color: name, number, price and category."""
COLORS = ("Black", "White", "Navy")
CATEGORIES = ("Apparel", "Promotional Goods")
UNCOUNTED = (
    ("Sticker sheet", "STK-01", "3.50", "1.10"),
    ("Vinyl banner, per foot", "BAN-01", "9.00", "3.80"),
    ("Shipping carton", "BOX-01", "4.00", "1.65"),
    ("Poly mailers, per hundred", "PLY-01", None, "14.00"),
)
"""What is not counted: name, number, price where it is sold too, and cost."""
BUNDLES = (
    (
        "Team Kit",
        (("Apparel:Hoodie, navy", 1), ("Apparel:Basic tee, navy", 2), ("Embroidery, small", 1)),
    ),
    (
        "Opening Day Set",
        (
            *(("Apparel:Apron, black", 6), ("Promotional Goods:Mug, white", 24)),
            *(("Screen set-up", 1), ("Screen printing, one color", 30)),
        ),
    ),
)
"""Sets that are sold together, now and then at a discount, and what is in them."""
STARTED = "2019-01-01"


def write(books: Books) -> None:
    """Write all items; the same goods lie in stock each time."""
    accounts = {one["FullyQualifiedName"]: one["Id"] for one in books.store.all("Account")}
    references = {name: {"value": account_id} for name, account_id in accounts.items()}
    *first, last = enumerate(SERVICES, 1)
    for place, service in first:
        _service(books, references, place, *service)
    categories = {
        name: books.save("Item", {"Name": name, "Type": "Category"})["Id"] for name in CATEGORIES
    }
    chance = random.Random(7)  # noqa: S311 - the same stock each time
    for name, sku, price, category in GOODS:
        for color in COLORS:
            goods = _goods(f"{name}, {color.lower()}", f"{sku}-{color[:3].upper()}", price)
            goods |= {"SubItem": True, "ParentRef": {"value": categories[category]}}
            goods["IncomeAccountRef"] = references["Sales of Product Income"]
            goods["ExpenseAccountRef"] = references["Cost of Goods Sold"]
            goods["AssetAccountRef"] = references["Inventory Asset"]
            books.save("Item", {**goods, "QtyOnHand": chance.randrange(240, 600, 12)})
    _uncounted(books, references)
    _bundles(books)
    # Clients try the first item they are given, which is the newest: one that can be sold alone.
    _service(books, references, last[0], *last[1])


def _service(
    books: Books, references: dict[str, Record], place: int, name: str, price: str, income: str
) -> None:
    service = {"Name": name, "Type": "Service", "Sku": f"SVC-{place:02d}", "Description": name}
    books.save("Item", {**service, "UnitPrice": price, "IncomeAccountRef": references[income]})


def _goods(name: str, sku: str, price: str) -> Record:
    return {
        "Name": name,
        "Sku": sku,
        "Type": "Inventory",
        "Description": name.replace(",", " in"),
        "PurchaseDesc": name,
        "UnitPrice": price,
        "PurchaseCost": str(Decimal(price) / 2),
        "TrackQtyOnHand": True,
        "InvStartDate": STARTED,
        "ReorderPoint": 120,
        "Taxable": True,
    }


def _uncounted(books: Books, references: dict[str, Record]) -> None:
    for name, sku, price, cost in UNCOUNTED:
        item: Record = {"Name": name, "Sku": sku, "Type": "NonInventory", "PurchaseDesc": name}
        item |= {"PurchaseCost": cost, "ExpenseAccountRef": references["Job Supplies"]}
        if price is not None:
            income = references["Sales of Product Income"]
            item |= {"UnitPrice": price, "Taxable": True, "IncomeAccountRef": income}
            item["Description"] = name
        books.save("Item", item)


def _bundles(books: Books) -> None:
    ids = {one["FullyQualifiedName"]: one["Id"] for one in books.store.all("Item")}
    for name, members in BUNDLES:
        lines = [{"ItemRef": {"value": ids[item]}, "Qty": count} for item, count in members]
        bundle: Record = {
            "Name": name,
            "Type": "Group",
            "Description": name,
            "PrintGroupedItems": True,
        }
        books.save("Item", {**bundle, "ItemGroupDetail": {"ItemGroupLine": lines}})
