"""What QuickBooks computes in a sale: lines, subtotal, discount, shipping, tax, total.

US companies with manual sales tax: a line is TAX or NON, the transaction names the tax code, tax
is computed for each rate line by line, rounded half up, and summed. A TotalTax that the client
sends stands as an override.
https://developer.intuit.com/app/developer/qbo/docs/workflows/manage-sales-tax-for-us-locales
"""

from __future__ import annotations

from decimal import Decimal

from batchly_admin.qbo.simulator.faults import Fault, bad_reference
from batchly_admin.qbo.simulator.store import Record, Store
from batchly_admin.qbo.simulator.values import at, cents, number, reference, truth

ZERO = Decimal(0)
SHIPPING = "SHIPPING_ITEM_ID"


def compute(store: Store, sale: Record, preferences: Record) -> None:
    """Bring a sale into the shape QuickBooks keeps: numbered lines, tax and totals.

    Raises:
        Fault: for a line that cannot be, such as 6070 where the amount is not quantity x price.
    """
    lines = [
        line for line in sale.get("Line", []) if line.get("DetailType") != "SubTotalLineDetail"
    ]
    if not lines:
        raise Fault("2250", "No lines were specified", element="Line")
    subtotal, shipping, discount = ZERO, ZERO, ZERO
    taxable: list[Decimal] = []
    for place, line in enumerate(lines, 1):
        kind = line.get("DetailType", "SalesItemLineDetail")
        line["DetailType"] = kind
        if kind == "SalesItemLineDetail":
            amount = _sales_line(store, line, preferences)
            is_shipping = reference(line[kind], "ItemRef") == SHIPPING
            shipping += amount if is_shipping else ZERO
            subtotal += ZERO if is_shipping else amount
            if reference(line[kind], "TaxCodeRef") == "TAX":
                taxable.append(amount)
        elif kind == "DiscountLineDetail":
            discount = _discount(line, subtotal, preferences)
        elif kind != "DescriptionOnly":
            raise Fault("2170", f"Invalid Enumeration : {kind}", element="DetailType")
        if kind != "DiscountLineDetail":
            line["LineNum"] = place
    _number_lines(lines)
    tax = _tax(store, sale, preferences, taxable, discount, subtotal)
    sale["Line"] = _with_subtotal(lines, subtotal)
    sale["TotalAmt"] = cents(subtotal + shipping - discount + tax)


def _sales_line(store: Store, line: Record, preferences: Record) -> Decimal:
    if "Amount" not in line:
        raise Fault("2020", "Required parameter Line.Amount is missing", element="Line.Amount")
    amount = cents(number(line["Amount"], "Line.Amount"))
    detail = line.setdefault("SalesItemLineDetail", {})
    item_id = reference(detail, "ItemRef")
    if item_id == SHIPPING:
        if not truth(at(preferences, "SalesFormsPrefs.AllowShipping")):
            raise Fault("6000", "Shipping is not enabled for this company", element="Line")
    elif item_id is not None:
        _check_item(store, detail, item_id)
    if "Qty" in detail and "UnitPrice" in detail:
        quantity = number(detail["Qty"], "Qty")
        price = number(detail["UnitPrice"], "UnitPrice")
        # Client libraries send zeros where nothing was set.
        if (quantity or price) and cents(quantity * price) != amount:
            text = f"Amount is not equal to UnitPrice * Qty. Supplied value:{amount}"
            raise Fault("6070", text, element="Line.Amount")
        detail["Qty"], detail["UnitPrice"] = quantity, price
    code = reference(detail, "TaxCodeRef")
    if code is None:
        detail["TaxCodeRef"] = {"value": "NON"}
    elif code not in {"TAX", "NON"}:
        raise Fault("6100", f"Invalid tax code : {code}", element="TaxCodeRef")
    line["Amount"] = amount
    return amount


def _check_item(store: Store, detail: Record, item_id: str) -> None:
    item = store.get("Item", item_id)
    if item is None or not truth(item.get("Active", True)):
        raise bad_reference("Line.SalesItemLineDetail.ItemRef", item_id)
    if item.get("Type") == "Category":
        raise bad_reference("Line.SalesItemLineDetail.ItemRef", item_id)
    detail["ItemRef"] = {"value": item_id, "name": item["Name"]}


def _discount(line: Record, subtotal: Decimal, preferences: Record) -> Decimal:
    if not truth(at(preferences, "SalesFormsPrefs.AllowDiscount")):
        raise Fault("6000", "Discounts are not enabled for this company", element="Line")
    detail = line.setdefault("DiscountLineDetail", {})
    percent = detail.get("DiscountPercent")
    if truth(detail.get("PercentBased")) and percent is not None:
        amount = cents(subtotal * number(percent, "DiscountPercent") / 100)
    elif "Amount" in line:
        amount = cents(number(line["Amount"], "Line.Amount"))
    else:
        raise Fault("6090", "The discount line has neither amount nor percent", element="Line")
    line["Amount"] = amount
    return amount


def _number_lines(lines: list[Record]) -> None:
    known = {str(line["Id"]) for line in lines if "Id" in line}
    following = max([int(text) for text in known if text.isdigit()], default=0)
    for line in lines:
        if "Id" not in line:
            following += 1
            line["Id"] = str(following)


def _with_subtotal(lines: list[Record], subtotal: Decimal) -> list[Record]:
    line = {"Amount": cents(subtotal), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    place = next(
        (i for i, one in enumerate(lines) if one["DetailType"] == "DiscountLineDetail"), len(lines)
    )
    return [*lines[:place], line, *lines[place:]]


def _tax(
    store: Store,
    sale: Record,
    preferences: Record,
    taxable: list[Decimal],
    discount: Decimal,
    subtotal: Decimal,
) -> Decimal:
    if not truth(at(preferences, "TaxPrefs.UsingSalesTax")):
        sale.pop("TxnTaxDetail", None)
        return ZERO
    detail = dict(sale.get("TxnTaxDetail") or {})
    rates = _rates(store, reference(detail, "TxnTaxCodeRef"))
    amounts = _after_discount(sale, taxable, discount, subtotal)
    lines = []
    for rate in rates:
        percent = number(rate["RateValue"], "RateValue")
        part = sum((cents(amount * percent / 100) for amount in amounts), ZERO)
        lines.append(_tax_line(rate, percent, part, sum(amounts, ZERO)))
    total = sum((line["Amount"] for line in lines), ZERO)
    if "TotalTax" in detail:
        total = cents(number(detail["TotalTax"], "TotalTax"))
    detail["TotalTax"] = total
    if lines:
        detail["TaxLine"] = lines
    else:
        detail.pop("TaxLine", None)
    sale["TxnTaxDetail"] = detail
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


def _after_discount(
    sale: Record, taxable: list[Decimal], discount: Decimal, subtotal: Decimal
) -> list[Decimal]:
    """Take the discount off the taxable amounts where the sale says so."""
    if not discount or not subtotal or not truth(sale.get("ApplyTaxAfterDiscount")):
        return taxable
    return [amount - cents(discount * amount / subtotal) for amount in taxable]


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
