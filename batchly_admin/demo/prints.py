"""What goes into one order: goods that fit the customer, the print on them, the services around."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from batchly_admin.demo.catalogue import DIGITAL, NEEDLE, PRESS, SCREEN, ProductDraft

MOST_LINES = 6

TASTES: dict[str, tuple[str, ...]] = {
    "school": ("TEE", "YTH", "HOD", "TOT", "BAN", "YRD", "CRW"),
    "brewery": ("TEE", "SFT", "HOD", "CAP", "GLS", "STK", "LBL"),
    "gym": ("TNK", "TEE", "HOD", "BTL", "SFT"),
    "club": ("JER", "TEE", "YTH", "ZIP", "CAP", "BAN"),
    "cafe": ("APR", "MUG", "TOT", "TEE", "STK"),
    "clinic": ("POL", "QZP", "JKT", "CRD", "MUG"),
    "trade": ("TEE", "LST", "HOD", "CAP", "JKT", "YRD", "CRD"),
    "nonprofit": ("TEE", "TOT", "BAN", "STK", "PST"),
    "office": ("POL", "QZP", "MUG", "CRD", "RET", "BTL"),
    "music": ("SFT", "TEE", "PST", "STK", "BNE", "DTG"),
}
SHELF = ("BTE", "BHD", "BCP", "BTO")
SIZES = ("XS", "S", "M", "L", "XL", "2XL", "3XL")
SIZE_WEIGHTS = (3, 16, 28, 27, 17, 7, 2)
COLORS = ("Black", "Navy", "Natural", "Heather gray", "Forest", "Maroon", "Royal", "White", "Sand")
INKS = ("White", "Black", "PMS 186 C", "PMS 286 C", "PMS 349 C", "PMS 123 C", "Metallic gold")
THREADS = ("White 1001", "Navy 1043", "Red 1147", "Gold 1070", "Charcoal 1241")
FRONTS = ("Front center", "Left chest", "Full front")
BACKS = ("Full back", "Upper back", "Right sleeve")
NOTES = (
    "For the spring event; needed the day before.",
    "Same print as the last order, new sizes.",
    "Split the delivery: half to the office, half to the field.",
    "Please send a proof first.",
    "Names are on the attached list.",
    "Match the ink to the sample we sent.",
)
HOURS_PER_PIECE = {
    SCREEN: Decimal("0.025"),
    NEEDLE: Decimal("0.09"),
    DIGITAL: Decimal("0.02"),
    PRESS: Decimal("0.05"),
}


@dataclass(frozen=True, slots=True)
class Picked:
    """A product in an order, with the print on it."""

    product: ProductDraft
    quantity: int
    specifications: dict[str, Any] | None = None
    hours: Decimal | None = None


class Basket:
    """Fills orders."""

    def __init__(self, rng: Random, products: Sequence[ProductDraft]) -> None:
        self._rng = rng
        self._by_sku = {product.sku: product for product in products}
        self._families: dict[str, list[ProductDraft]] = {}
        for product in products:
            self._families.setdefault(product.sku.split("-")[0], []).append(product)
        self._art = 1040

    def fill(self, kind: str, *, is_made: bool, is_rush: bool) -> list[Picked]:
        """Give one to six lines: goods first, then what has to be done for them."""
        rng = self._rng
        if is_made:
            count = rng.choices((1, 2, 3), (48, 37, 15))[0]
            families = rng.sample(TASTES[kind], count)
        else:
            families = rng.sample(SHELF, rng.choices((1, 2, 3), (50, 35, 15))[0])
        goods = [self._goods(rng.choice(self._families[family])) for family in families]
        extras = list(self._extras(goods, is_rush=is_rush))
        return [*goods, *extras][:MOST_LINES]

    def _goods(self, product: ProductDraft) -> Picked:
        quantity = self._quantity(product.group)
        if product.work is None:
            return Picked(product, quantity)
        hours = HOURS_PER_PIECE[product.work] * quantity + Decimal("0.5")
        if product.group in {"sticker", "paper"}:
            hours = Decimal(1)
        return Picked(
            product,
            quantity,
            self._print(product, quantity),
            (hours * 4).quantize(Decimal(1)) / 4,
        )

    def _quantity(self, group: str) -> int:
        rng = self._rng
        if group in {"garment", "cap", "blank", "bag"}:
            return 12 * rng.choices((1, 2, 3, 4, 6, 8, 12), (14, 24, 20, 16, 13, 8, 5))[0]
        if group == "ware":
            return 12 * rng.randint(2, 6)
        if group == "sticker":
            return 250 * rng.choices((1, 2, 4), (50, 35, 15))[0]
        return rng.randint(1, 4) if group in {"sign", "paper"} else 1

    def _print(self, product: ProductDraft, quantity: int) -> dict[str, Any]:
        rng = self._rng
        self._art += 1
        print_of: dict[str, Any] = {"method": product.work, "artwork": f"ART-{self._art}"}
        if product.group in {"garment", "cap", "bag"}:
            print_of["color"] = rng.choice(COLORS)
            print_of["placement"] = self._placement(product)
        if product.group == "garment":
            print_of["sizes"] = self._sizes(quantity)
        if product.work == SCREEN:
            print_of["inks"] = rng.sample(INKS, _colors(product.sku))
        elif product.work == NEEDLE:
            print_of["threads"] = rng.sample(THREADS, rng.randint(1, 3))
            print_of["stitches"] = rng.randrange(4000, 14000, 500)
        elif product.group in {"sign", "paper", "sticker"}:
            print_of["finish"] = rng.choice(("Gloss", "Matte"))
        return print_of

    def _placement(self, product: ProductDraft) -> list[str]:
        rng = self._rng
        if product.group == "cap":
            return ["Front panel"]
        first = "Left chest" if product.work == NEEDLE else rng.choice(FRONTS)
        return [first, rng.choice(BACKS)] if rng.random() < 0.3 else [first]

    def _sizes(self, quantity: int) -> dict[str, int]:
        chosen = self._rng.choices(SIZES, SIZE_WEIGHTS, k=quantity)
        return {size: count for size in SIZES if (count := chosen.count(size))}

    def _extras(self, goods: Sequence[Picked], *, is_rush: bool) -> Iterator[Picked]:
        rng = self._rng
        screens = sum(len((item.specifications or {}).get("inks", ())) for item in goods)
        if screens:
            yield Picked(self._by_sku["SET-SCR"], screens)
        if any(item.product.work == NEEDLE for item in goods) and rng.random() < 0.5:
            yield Picked(self._by_sku["SET-DIG"], 1)
        if is_rush:
            yield Picked(self._by_sku[rng.choice(("RSH-3D", "RSH-1D"))], 1)
        if any(item.product.group == "garment" for item in goods) and rng.random() < 0.25:
            pieces = sum(item.quantity for item in goods if item.product.group == "garment")
            yield Picked(self._by_sku["FLD-BAG"], pieces)
        if rng.random() < 0.2:
            yield Picked(self._by_sku[rng.choice(("DLV-LOC", "DLV-REG"))], 1)


def _colors(sku: str) -> int:
    """Give how many inks a print takes: TEE-3C is three; full color is mixed from four."""
    code = sku.split("-")[1]
    return int(code[0]) if code[0].isdigit() else 4
