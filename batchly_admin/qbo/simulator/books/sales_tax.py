"""The tax of a sale, in the three ways companies have.

- United States, by hand: one code for the document, its rates on every line marked TAX.
- United States, automated: the rates follow from the address, whatever code was sent.
- Elsewhere: every line has a code of its own.

Each rate is rounded to the cent line by line, then summed: a recorded answer shows it
(https://github.com/ruckus/quickbooks-ruby/issues/547).
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.sale_lines import SALES, Sums
from batchly_admin.qbo.simulator.books.tax_service import Part, make_code, make_rate
from batchly_admin.qbo.simulator.wire.refusals import Fault, bad_reference
from batchly_admin.qbo.simulator.wire.values import at, cents, number, reference, truth

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ZERO = Decimal(0)
STATES: dict[str, tuple[tuple[str, str], ...]] = {
    "CA": (("California State", "7.25"),),
    "CT": (("Connecticut State", "6.35"),),
    "FL": (("Florida State", "6"),),
    "NJ": (("New Jersey State", "6.625"),),
    "NY": (("New York State", "4"), ("New York Local", "4")),
    "PA": (("Pennsylvania State", "6"),),
    "TX": (("Texas State", "6.25"), ("Texas Local", "2")),
    "WA": (("Washington State", "6.5"), ("Washington Local", "3.85")),
}
"""What the automated mode knows; every other state has no sales tax here."""


def is_us(books: Books) -> bool:
    """Tell whether the company keeps its books in the United States."""
    return str((books.store.get("CompanyInfo", "1") or {}).get("Country", "US")) == "US"


def compute(books: Books, sale: Record, sums: Sums) -> Decimal:
    """Put the tax of a sale into its TxnTaxDetail and give it.

    Raises:
        Fault: 6170, 2500 or 2280.
    """
    if not truth(books.preference("TaxPrefs.UsingSalesTax")):
        sale.pop("TxnTaxDetail", None)
        return ZERO
    detail = dict(sale.get("TxnTaxDetail") or {})
    if sale.get("GlobalTaxCalculation") == "NotApplicable":
        if "TxnTaxCodeRef" in detail:
            text = "Tax is not applicable but a tax code is given"
            raise Fault("6170", text, element="TxnTaxDetail")
        sums.taxed.clear()
    automated = is_us(books) and truth(books.preference("TaxPrefs.PartnerTaxEnabled"))
    if automated:
        _automate(books, sale, detail)
    lines = _tax_lines(books, sale, detail, sums)
    total = sum((line["Amount"] for line in lines), ZERO)
    if "TotalTax" in detail:
        total = cents(detail["TotalTax"])
    if total < 0:
        raise Fault("2280", f"Invalid tax amount : {total}", element="TxnTaxDetail.TotalTax")
    detail["TotalTax"] = total
    detail.pop("TaxLine", None)
    sale["TxnTaxDetail"] = {**detail, "TaxLine": lines} if lines else detail
    return total


def _tax_lines(books: Books, sale: Record, detail: Record, sums: Sums) -> list[Record]:
    bases = sums.bases(after_discount=truth(sale.get("ApplyTaxAfterDiscount")))
    document_code = reference(detail, "TxnTaxCodeRef")
    parts: dict[str, Decimal] = defaultdict(Decimal)
    nets: dict[str, Decimal] = defaultdict(Decimal)
    found: dict[str, Record] = {}
    for line, amount, code in bases:
        whole = ZERO
        code_id = document_code if is_us(books) else code
        for rate in rates_of(books, code_id):
            part = cents(amount * number(rate["RateValue"], "RateValue") / 100)
            found[rate["Id"]] = rate
            parts[rate["Id"]] += part
            nets[rate["Id"]] += amount
            whole += part
        if sale.get("GlobalTaxCalculation") == "TaxInclusive":
            line[SALES].setdefault("TaxInclusiveAmt", amount + whole)
    if not bases:
        for rate in rates_of(books, document_code):
            found[rate["Id"]] = rate
    return [tax_line(rate, parts[key], nets[key]) for key, rate in found.items()]


def rates_of(books: Books, code_id: str | None, group: str = "SalesTaxRateList") -> list[Record]:
    """Give the rates of a tax code: those for sales, or of another group.

    Raises:
        Fault: 2500 for a code there is not.
    """
    if code_id is None:
        return []
    code = books.store.get("TaxCode", code_id)
    if code is None:
        raise bad_reference("TxnTaxDetail.TxnTaxCodeRef", code_id)
    details = at(code, f"{group}.TaxRateDetail") or []
    found = [books.store.get("TaxRate", reference(part, "TaxRateRef")) for part in details]
    return [rate for rate in found if rate is not None]


def tax_line(rate: Record, amount: Decimal, taxable: Decimal) -> Record:
    """Give the line that says what one rate comes to."""
    return {
        "Amount": amount,
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": rate["Id"]},
            "PercentBased": True,
            "TaxPercent": number(rate["RateValue"], "RateValue"),
            "NetAmountTaxable": taxable,
        },
    }


def _automate(books: Books, sale: Record, detail: Record) -> None:
    """Replace the code that was sent by the one of the address; overrides only where allowed."""
    if not truth(books.setting("tax_override")):
        detail.pop("TotalTax", None)
    customer = books.store.get("Customer", reference(sale, "CustomerRef")) or {}
    if not truth(customer.get("Taxable", True)):
        detail.pop("TxnTaxCodeRef", None)
        return
    company = books.store.get("CompanyInfo", "1") or {}
    address = sale.get("ShipAddr") or company.get("CompanyAddr") or {}
    state = str(address.get("CountrySubDivisionCode", ""))
    rates: Any = (books.setting("automated_rates") or STATES).get(state, ())
    if rates:
        detail["TxnTaxCodeRef"] = {"value": _code_of(books, f"AST {state}", rates)}
    else:
        detail.pop("TxnTaxCodeRef", None)


def _code_of(books: Books, name: str, rates: Any) -> str:
    """Give the id of the automated code of a place, made when it is first needed."""
    known = books.store.ids("TaxCode", "Name", name.casefold())
    if known:
        return known[0]
    agency = books.save("TaxAgency", {"DisplayName": f"{name} Tax Department"})
    parts = [Part(text, Decimal(str(percent)), agency["Id"]) for text, percent in rates]
    ids = [make_rate(books, part) for part in parts]
    return make_code(books, name, ids, config="SYSTEM_GENERATED")
