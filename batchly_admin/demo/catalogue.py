"""What the demo shop sells: families of products, each in a few sizes or prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from batchly_admin.domain.money import money

GOODS, SERVICE = "NonInventory", "Service"


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """One product; `work` says which work center makes it, None when it comes off the shelf."""

    sku: str
    name: str
    description: str
    price: Decimal
    cost: Decimal
    kind: str
    unit: str
    is_taxable: bool
    group: str
    work: str | None


@dataclass(frozen=True, slots=True)
class Family:
    """Products that differ in one respect; `steps` are (code, words, price added)."""

    code: str
    name: str
    price: str
    steps: tuple[tuple[str, str, str], ...]
    group: str
    work: str | None
    unit: str = "each"


SCREEN, NEEDLE, DIGITAL, PRESS = "Screen printing", "Embroidery", "Digital printing", "Heat press"
INKS = (
    ("1C", "1-color print", "0"),
    ("2C", "2-color print", "1.35"),
    ("3C", "3-color print", "2.60"),
    ("4C", "4-color print", "3.75"),
)
STITCHES = (("LC", "left chest logo", "0"), ("LB", "left chest and back logo", "7.50"))
BLANK = (("BL", "blank", "0"),)

FAMILIES = (
    Family("TEE", "Cotton tee", "9.40", INKS, "garment", SCREEN),
    Family("SFT", "Soft tri-blend tee", "13.20", INKS, "garment", SCREEN),
    Family("YTH", "Youth tee", "8.10", INKS[:3], "garment", SCREEN),
    Family("LST", "Long sleeve tee", "14.60", INKS[:3], "garment", SCREEN),
    Family("HOD", "Pullover hoodie", "27.50", INKS[:3], "garment", SCREEN),
    Family("ZIP", "Zip hoodie", "32.80", INKS[:2], "garment", SCREEN),
    Family("CRW", "Crewneck sweatshirt", "23.90", INKS[:3], "garment", SCREEN),
    Family("TNK", "Tank top", "10.75", INKS[:2], "garment", SCREEN),
    Family("JER", "Team jersey", "18.40", (("NN", "name and number", "6.00"),), "garment", PRESS),
    Family("DTG", "Full-color tee", "16.90", (("1S", "one side", "0"), ("2S", "two sides", "6.20")),
           "garment", DIGITAL),
    Family("POL", "Pique polo", "24.60", STITCHES, "garment", NEEDLE),
    Family("QZP", "Quarter-zip pullover", "41.50", STITCHES, "garment", NEEDLE),
    Family("JKT", "Soft shell jacket", "58.00", STITCHES, "garment", NEEDLE),
    Family("CAP", "Cap", "15.80", (("TR", "trucker, embroidered", "0"),
           ("DD", "washed cotton, embroidered", "0.90"), ("PT", "leather patch", "2.40")),
           "cap", NEEDLE),
    Family("BNE", "Knit beanie", "13.40", (("EM", "embroidered", "0"),), "cap", NEEDLE),
    Family("APR", "Apron", "18.75", (("1C", "1-color print", "0"), ("EM", "embroidered", "3.50")),
           "garment", SCREEN),
    Family("TOT", "Tote bag", "7.20", (*INKS[:2], ("FC", "full-color print", "4.10")),
           "bag", SCREEN),
    Family("MUG", "Ceramic mug", "8.60", (("11", "11 oz", "0"), ("15", "15 oz", "1.90")),
           "ware", DIGITAL),
    Family("GLS", "Pint glass", "6.95", INKS[:2], "ware", SCREEN),
    Family("BTL", "Steel bottle", "17.30", (("EN", "engraved", "0"),), "ware", DIGITAL),
    Family("STK", "Die-cut sticker", "0.62", (("2", "2 in", "0"), ("3", "3 in", "0.21"),
           ("4", "4 in", "0.48")), "sticker", DIGITAL),
    Family("LBL", "Label roll", "96.00", (("500", "500 pieces", "0"),
           ("1K", "1,000 pieces", "61.00")), "sign", DIGITAL, "roll"),
    Family("BAN", "Vinyl banner", "42.00", (("24", "2 x 4 ft", "0"), ("36", "3 x 6 ft", "44.00"),
           ("48", "4 x 8 ft", "97.00")), "sign", DIGITAL),
    Family("RET", "Retractable banner", "148.00", (("33", "33 x 80 in", "0"),), "sign", DIGITAL),
    Family("YRD", "Yard sign", "16.40", (("1S", "one side", "0"), ("2S", "two sides", "5.25")),
           "sign", DIGITAL),
    Family("PST", "Poster", "8.80", (("18", "18 x 24 in", "0"), ("24", "24 x 36 in", "7.40")),
           "sign", DIGITAL),
    Family("CRD", "Business cards", "46.00", (("500", "500 pieces", "0"),),
           "paper", DIGITAL, "box"),
    Family("BTE", "Cotton tee", "5.15", BLANK, "blank", None),
    Family("BHD", "Pullover hoodie", "18.90", BLANK, "blank", None),
    Family("BCP", "Trucker cap", "7.60", BLANK, "blank", None),
    Family("BTO", "Tote bag", "3.35", BLANK, "blank", None),
)  # fmt: skip

SERVICES = (
    ("SET-SCR", "Screen set-up, per color", "25.00", "each", "setup"),
    ("SET-DIG", "Embroidery digitizing", "55.00", "each", "setup"),
    ("SET-PMS", "Pantone color match", "15.00", "each", "setup"),
    ("ART-HR", "Art and layout", "65.00", "hour", "setup"),
    ("PRT-SUP", "Screen printing on supplied garments", "4.75", "each", "supplied"),
    ("EMB-SUP", "Embroidery on supplied garments", "8.25", "each", "supplied"),
    ("DTG-SUP", "Direct-to-garment print on supplied garments", "9.60", "each", "supplied"),
    ("NAM-SUP", "Name and number, heat pressed", "6.50", "each", "supplied"),
    ("TAG-IN", "Inside neck label print", "0.95", "each", "finish"),
    ("FLD-BAG", "Fold and bag", "0.45", "each", "finish"),
    ("RSH-3D", "Rush service, 3 days", "75.00", "each", "rush"),
    ("RSH-1D", "Rush service, next day", "150.00", "each", "rush"),
    ("DLV-LOC", "Local delivery", "28.00", "each", "delivery"),
    ("DLV-REG", "Regional delivery", "64.00", "each", "delivery"),
    ("STG-WK", "Storage, per week", "12.00", "week", "delivery"),
)
SERVICE_WORK = {"PRT-SUP": SCREEN, "EMB-SUP": NEEDLE, "DTG-SUP": DIGITAL, "NAM-SUP": PRESS}


def draft_products() -> list[ProductDraft]:
    """Give all products, goods first."""
    return [*_goods(), *_services()]


def _goods() -> Iterator[ProductDraft]:
    for family in FAMILIES:
        for code, what, added in family.steps:
            price = money(Decimal(family.price) + Decimal(added))
            yield ProductDraft(
                sku=f"{family.code}-{code}",
                name=f"{family.name}, {what}",
                description=f"{family.name}, {what}",
                price=price,
                cost=money(price * Decimal("0.46")),
                kind=GOODS,
                unit=family.unit,
                is_taxable=True,
                group=family.group,
                work=family.work,
            )


def _services() -> Iterator[ProductDraft]:
    for sku, name, price, unit, group in SERVICES:
        yield ProductDraft(
            sku=sku,
            name=name,
            description=name,
            price=Decimal(price),
            cost=money(Decimal(price) * Decimal("0.35")),
            kind=SERVICE,
            unit=unit,
            is_taxable=group in {"supplied", "finish"},
            group=group,
            work=SERVICE_WORK.get(sku),
        )
