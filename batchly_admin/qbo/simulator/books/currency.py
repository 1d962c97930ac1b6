"""The currency of a record: the company's own, or another one where it keeps several."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import cents, reference, truth
from batchly_admin.qbo.simulator.wire.values import day as read_day

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ONE = Decimal(1)
CURRENCIES = {
    "USD": "United States Dollar",
    "CAD": "Canadian Dollar",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
    "AUD": "Australian Dollar",
    "CHF": "Swiss Franc",
    "DKK": "Danish Krone",
    "HKD": "Hong Kong Dollar",
    "INR": "Indian Rupee",
    "JPY": "Japanese Yen",
    "MXN": "Mexican Peso",
    "NOK": "Norwegian Krone",
    "NZD": "New Zealand Dollar",
    "PLN": "Polish Zloty",
    "SEK": "Swedish Krona",
    "SGD": "Singapore Dollar",
    "ZAR": "South African Rand",
}


def home(books: Books) -> str:
    """Give the company's own currency."""
    return str(books.preference("CurrencyPrefs.HomeCurrency.value") or "USD")


def settle(books: Books, record: Record, before: Record | None) -> None:
    """Give a record its currency; once it is set it never changes.

    Raises:
        Fault: 6000 for a change or for another currency than the customer's or vendor's, 2220 for
            one the company does not keep.
    """
    was, asked = reference(before or {}, "CurrencyRef"), reference(record, "CurrencyRef")
    if was is not None and asked is not None and asked != was:
        raise Fault("6000", "The currency cannot be changed once it is set", element="CurrencyRef")
    own = home(books)
    found = asked or was or own
    if found != own and not truth(books.preference("CurrencyPrefs.MultiCurrencyEnabled")):
        detail = f"Invalid currency : {found}; multicurrency is not enabled"
        raise Fault("2220", detail, element="CurrencyRef")
    if found != own and found not in CURRENCIES:
        raise Fault("2220", f"Invalid currency : {found[:20]}", element="CurrencyRef")
    for name, kind in (("CustomerRef", "Customer"), ("VendorRef", "Vendor")):
        party = books.store.get(kind, reference(record, name) or "-")
        if party is not None and reference(party, "CurrencyRef") not in {None, found}:
            detail = f"The {kind.lower()} is in another currency than the transaction"
            raise Fault("6000", detail, element="CurrencyRef")
    record["CurrencyRef"] = {"value": found, "name": CURRENCIES.get(found, found)}


def _known_rate(books: Books, code: str, day: str) -> Record | None:
    """Give the newest rate of a currency that was known on a day."""
    rows = books.store.sql(
        'SELECT "Id" FROM "ExchangeRate" WHERE "SourceCurrencyCode" = ? AND "AsOfDate" <= ? '
        'ORDER BY "AsOfDate" DESC LIMIT 1',
        (code.casefold(), day),
    )
    return books.store.get("ExchangeRate", rows[0][0]) if rows else None


def rate_of(books: Books, code: str, day: str) -> Decimal:
    """Give what one unit of a currency is worth at home on a day; one where nobody said."""
    return Decimal((_known_rate(books, code, day) or {}).get("Rate", ONE))


def shown_rate(books: Books, code: str, day: str) -> Record:
    """Give the exchange rate of a currency on a day as an answer shows it.

    Raises:
        Fault: 2220 for a currency there is not, 2060 for a day that is none.
    """
    if code not in CURRENCIES:
        raise Fault("2220", f"Invalid currency : {code[:20]}", element="SourceCurrencyCode")
    asked = read_day(day, "AsOfDate").isoformat()
    known = _known_rate(books, code, asked)
    if known is not None:
        return {**known, "AsOfDate": asked}
    usual = {"SourceCurrencyCode": code, "TargetCurrencyCode": home(books), "Rate": ONE}
    return {**usual, "AsOfDate": asked, "domain": "QBO", "sparse": False}


def at_home(record: Record, amount: Decimal) -> Decimal:
    """Give an amount of a document in the company's currency."""
    rate = record.get("ExchangeRate")
    return amount if rate is None or rate == 1 else cents(amount * rate)
