"""What QuickBooks computes in a sale: lines, subtotal, discount, shipping, tax, total.

US companies with manual sales tax: a line is TAX or NON, the transaction names the tax code, tax
is computed for each rate line by line, rounded half up, and summed. A TotalTax that the client
sends stands as an override.
https://developer.intuit.com/app/developer/qbo/docs/workflows/manage-sales-tax-for-us-locales
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from batchly_admin.qbo.simulator.faults import Fault, bad_reference
from batchly_admin.qbo.simulator.indexes import Record
from batchly_admin.qbo.simulator.store import Store
from batchly_admin.qbo.simulator.values import at, cents, number, reference, truth

ZERO = Decimal(0)
SHIPPING = "SHIPPING_ITEM_ID"
SALES, DISCOUNT = "SalesItemLineDetail", "DiscountLineDetail"
SUBTOTAL, TEXT = "SubTotalLineDetail", "DescriptionOnly"
PURCHASES = ("ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail")


@dataclass(slots=True)
class _Sums:
    subtotal: Decimal = ZERO
    shipping: Decimal = ZERO
    discount: Decimal = ZERO
    taxable: list[Decimal] = field(default_factory=list)
    taxed_shipping: list[Decimal] = field(default_factory=list)

    def tax_base(self, *, after_discount: bool) -> list[Decimal]:
        """Give what is taxed, line by line, each less its share of the discount if so asked."""
        amounts = self.taxable
        if after_discount and self.discount and self.subtotal:
            amounts = [
                amount - cents(self.discount * amount / self.subtotal) for amount in self.taxable
            ]
        return [*amounts, *self.taxed_shipping]


def keep_line_ids(record: Record, before: Record | None) -> None:
    """Keep the ids of lines that were there; other lines get one of their own."""
    known = {one["Id"] for one in (before or {}).get("Line", []) if "Id" in one}
    following = max((int(text) for text in known if text.isdigit()), default=0)
    used: set[str] = set()
    for line in record.get("Line", []):
        if line.get("DetailType") == SUBTOTAL:
            continue
        if line.get("Id") not in known - used:
            following += 1
            line["Id"] = str(following)
        used.add(line["Id"])


def compute(store: Store, sale: Record, preferences: Record) -> None:
    """Bring a sale into the shape QuickBooks keeps: numbered lines, tax and totals.

    Raises:
        Fault: for a line that cannot be, such as 6070 where the amount is not quantity x price.
    """
    lines = [line for line in sale.get("Line", []) if line.get("DetailType") != SUBTOTAL]
    discounts = [line for line in lines if line.get("DetailType") == DISCOUNT]
    lines = [line for line in lines if line.get("DetailType") != DISCOUNT]
    if not lines:
        raise Fault("2250", "No lines were specified", element="Line")
    if len(discounts) > 1:
        raise Fault("6000", "A transaction has at most one discount line", element="Line")
    sums = _Sums()
    for place, line in enumerate(lines, 1):
        _line(store, sale, line, preferences, sums)
        line["LineNum"] = place
    for line in discounts:
        sums.discount = _discount(line, sums.subtotal, preferences)
    tax = _tax(store, sale, preferences, sums)
    subtotal = {"Amount": cents(sums.subtotal), "DetailType": SUBTOTAL, SUBTOTAL: {}}
    sale["Line"] = [*lines, subtotal, *discounts]
    sale["TotalAmt"] = cents(sums.subtotal + sums.shipping - sums.discount + tax)
    if sale["TotalAmt"] < 0:
        raise Fault("6000", "Transaction amount must be 0 or greater.", element="Line")


def _line(store: Store, sale: Record, line: Record, preferences: Record, sums: _Sums) -> None:
    kind = line.setdefault("DetailType", SALES)
    if kind == TEXT:
        _text_line(line, sums)
        return
    if kind != SALES:
        raise Fault("2170", f"Invalid Enumeration : {kind}", element="DetailType")
    amount = _sales_line(store, sale, line, preferences)
    is_shipping = reference(line[SALES], "ItemRef") == SHIPPING
    if is_shipping:
        sums.shipping += amount
    else:
        sums.subtotal += amount
    if reference(line[SALES], "TaxCodeRef") == "TAX":
        (sums.taxed_shipping if is_shipping else sums.taxable).append(amount)


def _text_line(line: Record, sums: _Sums) -> None:
    line.pop("Amount", None)
    line.pop(SALES, None)
    line.setdefault("DescriptionLineDetail", {})
    if line.get("Description") == "Subtotal:":
        line["Description"] = f"Subtotal: {cents(sums.subtotal)}"


def _sales_line(store: Store, sale: Record, line: Record, preferences: Record) -> Decimal:
    if "Amount" not in line:
        raise Fault("2020", "Required parameter Line.Amount is missing", element="Line.Amount")
    amount = cents(line["Amount"])
    detail = line.setdefault(SALES, {})
    item_id = reference(detail, "ItemRef")
    if item_id == SHIPPING:
        if not truth(at(preferences, "SalesFormsPrefs.AllowShipping")):
            raise Fault("6000", "Shipping is not enabled for this company", element="Line")
    elif item_id is None:
        # A line without an item is documentation: what it says in numbers does not count.
        amount = ZERO
        detail.pop("Qty", None)
        detail.pop("UnitPrice", None)
    else:
        _check_item(store, sale, detail, item_id)
    check_amount(detail, amount)
    code = reference(detail, "TaxCodeRef")
    if code is None:
        detail["TaxCodeRef"] = {"value": "NON"}
    elif code not in {"TAX", "NON"}:
        raise Fault("6100", f"Invalid tax code : {code}", element="TaxCodeRef")
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


def _check_item(store: Store, sale: Record, detail: Record, item_id: str) -> None:
    item = store.get("Item", item_id)
    if item is None or not item.get("Active", True) or item.get("Type") == "Category":
        raise bad_reference("Line.SalesItemLineDetail.ItemRef", item_id)
    if item.get("Type") == "Inventory" and sale["TxnDate"] < item["InvStartDate"]:
        detail_text = f"The transaction lies before the start date of inventory item {item_id}"
        raise Fault("6270", detail_text, element="TxnDate")
    detail["ItemRef"] = {"value": item_id, "name": item["Name"]}


def _discount(line: Record, subtotal: Decimal, preferences: Record) -> Decimal:
    if not truth(at(preferences, "SalesFormsPrefs.AllowDiscount")):
        raise Fault("6000", "Discounts are not enabled for this company", element="Line")
    detail = line.setdefault(DISCOUNT, {})
    percent = detail.get("DiscountPercent")
    if detail.get("PercentBased") and percent is not None:
        if not 0 <= percent <= 100:
            raise Fault("2150", f"Invalid percent : {percent}", element="DiscountPercent")
        amount = cents(subtotal * percent / 100)
    elif "Amount" in line:
        amount = cents(line["Amount"])
    else:
        raise Fault("6090", "The discount line has neither amount nor percent", element="Line")
    if amount < 0:
        raise Fault("2290", "The amount of a discount is positive", element="Line.Amount")
    line["Amount"] = amount
    return amount


def _tax(store: Store, sale: Record, preferences: Record, sums: _Sums) -> Decimal:
    detail = dict(sale.get("TxnTaxDetail") or {})
    if not truth(at(preferences, "TaxPrefs.UsingSalesTax")):
        sale.pop("TxnTaxDetail", None)
        return ZERO
    if sale.get("GlobalTaxCalculation") == "NotApplicable" and "TxnTaxCodeRef" in detail:
        raise Fault("6170", "Tax is not applicable but a tax code is given", element="TxnTaxDetail")
    base = sums.tax_base(after_discount=bool(sale.get("ApplyTaxAfterDiscount")))
    lines = []
    for rate in _rates(store, reference(detail, "TxnTaxCodeRef")):
        percent = number(rate["RateValue"], "RateValue")
        part = sum((cents(amount * percent / 100) for amount in base), ZERO)
        lines.append(_tax_line(rate, percent, part, sum(base, ZERO)))
    total = sum((line["Amount"] for line in lines), ZERO)
    if "TotalTax" in detail:
        total = cents(detail["TotalTax"])
    if total < 0:
        raise Fault("2280", f"Invalid tax amount : {total}", element="TxnTaxDetail.TotalTax")
    detail["TotalTax"] = total
    detail.pop("TaxLine", None)
    sale["TxnTaxDetail"] = {**detail, "TaxLine": lines} if lines else detail
    return total


def _rates(store: Store, code_id: str | None) -> list[Record]:
    if code_id is None:
        return []
    code = store.get("TaxCode", code_id)
    if code is None:
        raise bad_reference("TxnTaxDetail.TxnTaxCodeRef", code_id)
    details = at(code, "SalesTaxRateList.TaxRateDetail") or []
    found = [store.get("TaxRate", reference(part, "TaxRateRef")) for part in details]
    return [rate for rate in found if rate is not None]


def _tax_line(rate: Record, percent: Decimal, amount: Decimal, taxable: Decimal) -> Record:
    return {
        "Amount": amount,
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": rate["Id"]},
            "PercentBased": True,
            "TaxPercent": percent,
            "NetAmountTaxable": taxable,
        },
    }


def compute_purchase(store: Store, order: Record) -> None:
    """Check the lines of a purchase order and compute its total.

    Raises:
        Fault: for a line that cannot be.
    """
    total = ZERO
    for place, line in enumerate(order["Line"], 1):
        kind = line.get("DetailType")
        if kind not in PURCHASES:
            raise Fault("2170", f"Invalid Enumeration : {kind}", element="DetailType")
        if "Amount" not in line:
            raise Fault("2020", "Required parameter Line.Amount is missing", element="Line.Amount")
        line["LineNum"], line["Amount"] = place, cents(line["Amount"])
        detail = line.setdefault(kind, {})
        for name, target in (("ItemRef", "Item"), ("AccountRef", "Account")):
            target_id = reference(detail, name)
            if target_id is not None and store.get(target, target_id) is None:
                raise bad_reference(f"Line.{kind}.{name}", target_id)
        check_amount(detail, line["Amount"])
        total += line["Amount"]
    order["TotalAmt"] = total
