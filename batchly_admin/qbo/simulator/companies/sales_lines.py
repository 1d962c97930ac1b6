"""What customers of the demo company order: goods, work on them, and what goes along."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from batchly_admin.qbo.simulator.books.sale_lines import DISCOUNT, GROUP, SALES, SHIPPING, TEXT
from batchly_admin.qbo.simulator.companies.shop import Record, Shop
from batchly_admin.qbo.simulator.wire.values import cents, reference

QUANTITIES = (72, 96, 144, 200, 288, 360, 432, 500)
DOZEN = 12
CLASS_OF = {
    "Embroidery": "Embroidery",
    "Digitizing": "Embroidery",
    "Mug": "Promotional",
    "Tote bag": "Promotional",
}
"""What a line counts for, by how its item's name begins; all else is screen printing."""
WORK = (
    *("Screen printing, one color", "Screen printing, two colors"),
    *("Screen printing, four colors", "Embroidery, small", "Embroidery, large"),
    *("Direct to garment print", "Heat transfer"),
)


class Orders:
    """Makes up orders out of what lies in stock."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        items = list(shop.books.store.all("Item"))
        self._items = {one["FullyQualifiedName"]: one for one in items}
        self._goods = [one for one in items if one["Type"] == "Inventory"]

    def order(self, *, taxed: bool) -> list[Record]:
        """Give the lines of an ordinary order: goods, work on each, and what that needs."""
        chance = self._shop.chance
        lines: list[Record] = []
        quantity = chance.choice(QUANTITIES)
        for item in chance.sample(self._goods, chance.choice((1, 1, 2))):
            pieces = min(quantity, self._on_hand(item))
            if pieces:
                lines.append(self._line(item, pieces, taxed=taxed))
            work = self._items[chance.choice(WORK)]
            lines.append(self._line(work, pieces or quantity, taxed=False))
        lines.append(self.named("Screen set-up", chance.randint(1, 4)))
        if chance.random() < 0.3:
            lines.append(self.named("Artwork, per hour", chance.choice((1, 2, Decimal("1.5")))))
        return lines

    def handful(self) -> list[Record]:
        """Give the lines of a sale over the counter."""
        chance = self._shop.chance
        item = chance.choice(self._goods)
        pieces = min(chance.choice((1, 2, 4, 6, DOZEN)), self._on_hand(item))
        work = self.named("Heat transfer", pieces or 3)
        stickers = self._line(self._items["Sticker sheet"], chance.randint(1, 5), taxed=True)
        return [*([self._line(item, pieces, taxed=True)] if pieces else []), work, stickers]

    def named(self, name: str, quantity: Decimal | int) -> Record:
        """Give the line of one service."""
        return self._line(self._items[name], quantity, taxed=False)

    def bundle(self, name: str, quantity: int) -> Record:
        """Give the line of a bundle, which QuickBooks spreads into its members."""
        detail = {"GroupItemRef": {"value": self._items[name]["Id"]}, "Quantity": quantity}
        return {"DetailType": GROUP, "Description": name, GROUP: detail}

    def _on_hand(self, item: Record) -> int:
        """Give how many whole dozens may be promised; some are kept for bundles and estimates."""
        pieces = int(self._shop.books.ledger.stock(item["Id"])[0]) - 10 * DOZEN
        return max(pieces // DOZEN * DOZEN, 0)

    def _line(self, item: Record, quantity: Decimal | int, *, taxed: bool) -> Record:
        price = Decimal(item["UnitPrice"])
        kind = next((one for start, one in CLASS_OF.items() if item["Name"].startswith(start)), "")
        return {
            "Amount": cents(quantity * price),
            "Description": item.get("Description", item["Name"]),
            "DetailType": SALES,
            SALES: {
                "ItemRef": {"value": item["Id"]},
                "Qty": quantity,
                "UnitPrice": price,
                "ClassRef": self._shop.ref("Class", kind or "Screen Printing"),
                "TaxCodeRef": {"value": "TAX" if taxed else "NON"},
            },
        }


def shipping(amount: str) -> Record:
    """Give the line that charges for shipping."""
    return {
        "Amount": Decimal(amount),
        "DetailType": SALES,
        SALES: {"ItemRef": {"value": SHIPPING}, "TaxCodeRef": {"value": "NON"}},
    }


def discount(shop: Shop, *, percent: int = 0, amount: str = "") -> Record:
    """Give the line that takes something off the whole."""
    detail: dict[str, Any] = {"DiscountAccountRef": shop.account("Discounts given")}
    if percent:
        return {
            "DetailType": DISCOUNT,
            DISCOUNT: {**detail, "PercentBased": True, "DiscountPercent": percent},
        }
    return {
        "Amount": Decimal(amount),
        "DetailType": DISCOUNT,
        DISCOUNT: {**detail, "PercentBased": False},
    }


def remark(text: str) -> Record:
    """Give a line that only says something."""
    return {"DetailType": TEXT, "Description": text, "DescriptionLineDetail": {}}


def again(lines: list[Record]) -> list[Record]:
    """Give the lines of a document as those of another one, made of it."""
    return [
        {key: one[key] for key in one if key not in {"Id", "LineNum"}}
        for one in lines
        if one["DetailType"] in {SALES, DISCOUNT}
    ]


def returned(lines: list[Record], pieces: int) -> list[Record]:
    """Give the line of some pieces that come back, at the price they were sold at."""
    for line in lines:
        detail = line.get(SALES, {})
        if detail.get("Qty", 0) >= pieces and reference(detail, "TaxCodeRef") == "TAX":
            amount = cents(pieces * detail["UnitPrice"])
            return [{**line, "Amount": amount, SALES: {**detail, "Qty": pieces}}]
    return []
