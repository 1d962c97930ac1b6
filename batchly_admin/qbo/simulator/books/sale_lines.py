"""The lines of a sale: each checked and completed, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.wire.refusals import Fault, bad_reference
from batchly_admin.qbo.simulator.wire.values import cents, reference, truth

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ZERO = Decimal(0)
CENT = Decimal("0.01")
SHIPPING = "SHIPPING_ITEM_ID"
SALES, DISCOUNT, GROUP = "SalesItemLineDetail", "DiscountLineDetail", "GroupLineDetail"
SUBTOTAL, TEXT = "SubTotalLineDetail", "DescriptionOnly"
US_CODES = frozenset({"TAX", "NON"})


@dataclass(slots=True)
class Sums:
    """What the lines of a sale add up to; `taxed` holds each line, its amount and its tax code."""

    subtotal: Decimal = ZERO
    shipping: Decimal = ZERO
    discount: Decimal = ZERO
    taxed: list[tuple[Record, Decimal, str]] = field(default_factory=list)
    discountable: list[tuple[Record, Decimal]] = field(default_factory=list)

    def bases(self, *, after_discount: bool) -> list[tuple[Record, Decimal, str]]:
        """Give what is taxed, line by line, each less its share of the discount if so asked."""
        if not (after_discount and self.discount and self.subtotal):
            return self.taxed
        amounts = [amount for _line, amount in self.discountable]
        shares = zip(self.discountable, shared_out(self.discount, amounts), strict=True)
        of_line = {id(line): share for (line, _amount), share in shares}
        return [
            (line, amount - of_line.get(id(line), ZERO), code) for line, amount, code in self.taxed
        ]


def shared_out(whole: Decimal, amounts: list[Decimal]) -> list[Decimal]:
    """Share a discount out so that its parts make the whole again.

    Every part is cut to the cent, and the cents left go one each to the lines that lost most. How
    Intuit shares them is written nowhere; that nothing of a discount is lost can be expected.
    """
    total = sum(amounts, ZERO)
    exact = [whole * amount / total for amount in amounts]
    found = [part.quantize(CENT, ROUND_FLOOR) for part in exact]
    left = int((whole - sum(found, ZERO)) / CENT)
    losses = sorted(range(len(exact)), key=lambda place: found[place] - exact[place])
    for place in losses[:left]:
        found[place] += CENT
    return found


class SaleLines:
    """Reads the lines of one sale."""

    def __init__(self, books: Books, sale: Record, *, is_us: bool) -> None:
        self.books = books
        self.sale = sale
        self.is_us = is_us
        self.sums = Sums()

    def read(self) -> Sums:
        """Check all lines and bring them into the order QuickBooks keeps.

        Raises:
            Fault: for a line that cannot be, such as 6070 where the amount is not quantity x price.
        """
        lines = [one for one in self.sale.get("Line", []) if one.get("DetailType") != SUBTOTAL]
        discounts = [one for one in lines if one.get("DetailType") == DISCOUNT]
        lines = [one for one in lines if one.get("DetailType") != DISCOUNT]
        if not lines:
            raise Fault("2250", "No lines were specified", element="Line")
        if len(discounts) > 1:
            raise Fault("6000", "A transaction has at most one discount line", element="Line")
        for place, line in enumerate(lines, 1):
            self._line(line)
            line["LineNum"] = place
        for line in discounts:
            self.sums.discount = self._discount(line)
        subtotal = {"Amount": cents(self.sums.subtotal), "DetailType": SUBTOTAL, SUBTOTAL: {}}
        self.sale["Line"] = [*lines, subtotal, *discounts]
        return self.sums

    def _line(self, line: Record) -> None:
        kind = line.setdefault("DetailType", SALES)
        if kind == TEXT:
            self._text(line)
        elif kind == GROUP:
            self._group(line)
        elif kind == SALES:
            self._sale(line)
        else:
            raise Fault("2170", f"Invalid Enumeration : {kind}", element="DetailType")

    def _text(self, line: Record) -> None:
        line.pop("Amount", None)
        line.pop(SALES, None)
        line.setdefault("DescriptionLineDetail", {})
        if line.get("Description") == "Subtotal:":
            line["Description"] = f"Subtotal: {cents(self.sums.subtotal)}"

    def _group(self, line: Record) -> None:
        """Spread a bundle into its members, each at its own price."""
        detail = line.setdefault(GROUP, {})
        item_id = reference(detail, "GroupItemRef")
        group = self.books.store.get("Item", item_id)
        if group is None or group.get("Type") != "Group" or not group.get("Active", True):
            raise bad_reference("Line.GroupLineDetail.GroupItemRef", item_id)
        detail["GroupItemRef"] = {"value": group["Id"], "name": group["Name"]}
        quantity = detail.setdefault("Quantity", Decimal(1))
        if not detail.get("Line"):
            members = group.get("ItemGroupDetail", {}).get("ItemGroupLine", [])
            detail["Line"] = [self._member(one, quantity) for one in members]
        for place, member in enumerate(detail["Line"], 1):
            member.setdefault("DetailType", SALES)
            self._sale(member)
            member["LineNum"] = place
        line["Amount"] = sum((one["Amount"] for one in detail["Line"]), ZERO)

    def _member(self, one: Record, quantity: Decimal) -> Record:
        item = self.books.read("Item", reference(one, "ItemRef") or "")
        count, price = one.get("Qty", Decimal(1)) * quantity, item.get("UnitPrice", ZERO)
        detail = {"ItemRef": {"value": item["Id"]}, "Qty": count, "UnitPrice": price}
        if self.is_us:
            detail["TaxCodeRef"] = {"value": "TAX" if item.get("Taxable") else "NON"}
        return {
            "Description": item.get("Description", item["Name"]),
            "Amount": cents(count * price),
            "DetailType": SALES,
            SALES: detail,
        }

    def _sale(self, line: Record) -> None:
        if "Amount" not in line:
            raise Fault("2020", "Required parameter Line.Amount is missing", element="Line.Amount")
        amount = cents(line["Amount"])
        detail = line.setdefault(SALES, {})
        item_id = reference(detail, "ItemRef")
        if item_id == SHIPPING:
            if not truth(self.books.preference("SalesFormsPrefs.AllowShipping")):
                raise Fault("6000", "Shipping is not enabled for this company", element="Line")
        elif item_id is None:
            # A line without an item is documentation: what it says in numbers does not count.
            amount = ZERO
            detail.pop("Qty", None)
            detail.pop("UnitPrice", None)
        else:
            self._check_item(detail, item_id)
        if self.sale.get("GlobalTaxCalculation") != "TaxInclusive":
            check_amount(detail, amount)
        code = self._tax_code(detail)
        line["Amount"] = amount
        if item_id == SHIPPING:
            self.sums.shipping += amount
        else:
            self.sums.subtotal += amount
            self.sums.discountable.append((line, amount))
        if code not in {"NON", ""}:
            self.sums.taxed.append((line, amount, code))

    def _tax_code(self, detail: Record) -> str:
        """Give the code a line is taxed by; in the United States it is a flag only."""
        code = reference(detail, "TaxCodeRef")
        if not self.is_us:
            if code is not None and self.books.store.get("TaxCode", code) is None:
                raise bad_reference("Line.SalesItemLineDetail.TaxCodeRef", code)
            return code or ""
        if code is None:
            code = "NON"
            detail["TaxCodeRef"] = {"value": code}
        elif code not in US_CODES:
            raise Fault("6100", f"Invalid tax code : {code}", element="TaxCodeRef")
        return code

    def _check_item(self, detail: Record, item_id: str) -> None:
        item = self.books.store.get("Item", item_id)
        if (
            item is None
            or not item.get("Active", True)
            or item.get("Type") in {"Category", "Group"}
        ):
            raise bad_reference("Line.SalesItemLineDetail.ItemRef", item_id)
        if item.get("Type") == "Inventory" and self.sale["TxnDate"] < item["InvStartDate"]:
            text = f"The transaction lies before the start date of inventory item {item_id}"
            raise Fault("6270", text, element="TxnDate")
        detail["ItemRef"] = {"value": item_id, "name": item["FullyQualifiedName"]}

    def _discount(self, line: Record) -> Decimal:
        if not truth(self.books.preference("SalesFormsPrefs.AllowDiscount")):
            raise Fault("6000", "Discounts are not enabled for this company", element="Line")
        detail = line.setdefault(DISCOUNT, {})
        percent = detail.get("DiscountPercent")
        if detail.get("PercentBased") and percent is not None:
            if not 0 <= percent <= 100:
                raise Fault("2150", f"Invalid percent : {percent}", element="DiscountPercent")
            amount = cents(self.sums.subtotal * percent / 100)
        elif "Amount" in line:
            amount = cents(line["Amount"])
        else:
            raise Fault("6090", "The discount line has neither amount nor percent", element="Line")
        if amount < 0:
            raise Fault("2290", "The amount of a discount is positive", element="Line.Amount")
        line["Amount"] = amount
        return amount


def check_amount(detail: Record, amount: Decimal) -> None:
    """Check that an amount is quantity times price.

    Raises:
        Fault: 6070.
    """
    if "Qty" not in detail or "UnitPrice" not in detail:
        return
    quantity, price = detail["Qty"], detail["UnitPrice"]
    # Client libraries send zeros where nothing was set.
    if (quantity or price) and cents(quantity * price) != amount:
        text = f"Amount is not equal to UnitPrice * Qty. Supplied value:{amount}"
        raise Fault("6070", text, element="Line.Amount")
