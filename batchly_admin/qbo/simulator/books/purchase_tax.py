"""The tax of a purchase.

In the United States nobody reclaims sales tax, so a line's code is a flag and there is no tax of
its own. Elsewhere each line has a code, whose purchase rates are rounded to the cent line by line.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.sale_lines import US_CODES
from batchly_admin.qbo.simulator.books.sales_tax import is_us, rates_of, tax_line
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import cents, number, reference, truth

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ZERO = Decimal(0)
RATES = "PurchaseTaxRateList"


def compute(books: Books, purchase: Record) -> Decimal:
    """Put the tax of a purchase into its TxnTaxDetail and give it.

    Raises:
        Fault: 6100 for a code that is none here, 2500, 6170 or 2280.
    """
    if not truth(books.preference("TaxPrefs.UsingSalesTax")):
        purchase.pop("TxnTaxDetail", None)
        return ZERO
    if is_us(books):
        purchase.pop("TxnTaxDetail", None)
        for line in purchase["Line"]:
            _flag(_detail(line))
        return ZERO
    return _taxed(books, purchase)


def _flag(detail: Record) -> None:
    code = reference(detail, "TaxCodeRef")
    if code is not None and code not in US_CODES:
        raise Fault("6100", f"Invalid tax code : {code}", element="TaxCodeRef")
    detail["TaxCodeRef"] = {"value": code or "NON"}


def _taxed(books: Books, purchase: Record) -> Decimal:
    given = dict(purchase.get("TxnTaxDetail") or {})
    mode = purchase.get("GlobalTaxCalculation")
    if mode == "NotApplicable" and "TxnTaxCodeRef" in given:
        text = "Tax is not applicable but a tax code is given"
        raise Fault("6170", text, element="TxnTaxDetail")
    parts: dict[str, Decimal] = defaultdict(Decimal)
    nets: dict[str, Decimal] = defaultdict(Decimal)
    found: dict[str, Record] = {}
    for line in purchase["Line"] if mode != "NotApplicable" else ():
        amount, whole = line["Amount"], ZERO
        for rate in rates_of(books, reference(_detail(line), "TaxCodeRef"), RATES):
            part = cents(amount * number(rate["RateValue"], "RateValue") / 100)
            found[rate["Id"]] = rate
            parts[rate["Id"]] += part
            nets[rate["Id"]] += amount
            whole += part
        if mode == "TaxInclusive":
            _detail(line)["TaxInclusiveAmt"] = amount + whole
    lines = [tax_line(rate, parts[key], nets[key]) for key, rate in found.items()]
    total = sum((line["Amount"] for line in lines), ZERO)
    if "TotalTax" in given:
        total = cents(given["TotalTax"])
    if total < 0:
        raise Fault("2280", f"Invalid tax amount : {total}", element="TxnTaxDetail.TotalTax")
    purchase["TxnTaxDetail"] = {**given, "TotalTax": total, "TaxLine": lines}
    if not lines:
        del purchase["TxnTaxDetail"]["TaxLine"]
    return total


def _detail(line: Record) -> Record:
    found: Record = line[line["DetailType"]]
    return found
