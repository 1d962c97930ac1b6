"""Whether a QuickBooks company is set up so that both books can agree, in plain words.

Each check is one small function over QuickBooks' preferences and its company record, and over what
this shop uses. https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/preferences
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from batchly_admin.domain.setup import Check, CheckVerdict

OK, WARNING, MUST_FIX = CheckVerdict.OK, CheckVerdict.WARNING, CheckVerdict.MUST_FIX
SALES = "In QuickBooks: gear, Account and settings, Sales, Sales form content."
ADVANCED = "In QuickBooks: gear, Account and settings, Advanced"
SMALL = ("simple start", "ezstart", "easystart")
ENDED = frozenset({"EXPIRED", "CANCELED", "CANCELLED", "SUSPENDED", "UNPAID"})


@dataclass(frozen=True, slots=True)
class Shop:
    """What this shop does that QuickBooks has to allow for."""

    uses_discounts: bool = False
    uses_shipping: bool = False
    uses_tax: bool = False
    rounding: str = "line"
    currency: str = "USD"
    oldest_waiting: date | None = None
    start: date | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """QuickBooks' own record of itself and of its preferences."""

    info: Mapping[str, Any]
    preferences: Mapping[str, Any]

    def pref(self, group: str, name: str) -> Any:
        """Give one preference; None when it is not told."""
        found = self.preferences.get(group)
        return found.get(name) if isinstance(found, Mapping) else None

    def named(self, name: str) -> str:
        """Give one of the company's further facts, such as its edition."""
        for pair in self.info.get("NameValue") or ():
            if isinstance(pair, Mapping) and pair.get("Name") == name:
                return str(pair.get("Value") or "")
        return ""

    @property
    def edition(self) -> str:
        """Give which QuickBooks Online it is."""
        return self.named("OfferingSku")

    @property
    def home_currency(self) -> str:
        """Give the currency the books are kept in."""
        found = self.pref("CurrencyPrefs", "HomeCurrency")
        return str(found.get("value") or "USD") if isinstance(found, Mapping) else "USD"


def check_all(company: Company, shop: Shop) -> list[Check]:
    """Give the answer to every question, in the order in which people should read them."""
    return [check(company, shop) for check in CHECKS]


def edition(company: Company, _shop: Shop) -> Check:
    """What this QuickBooks can do at all."""
    name = company.edition or "an unknown edition"
    title = "Edition"
    if company.named("SubscriptionStatus").upper() in ENDED:
        words = f"The subscription of {name} has ended, so QuickBooks takes nothing."
        return Check("edition", title, MUST_FIX, words, "Renew the subscription with Intuit.")
    if "self-employed" in name.lower() or "ledger" in name.lower():
        words = f"This is {name}, which keeps no invoices for other programs."
        advice = "Move to QuickBooks Online Simple Start, Essentials, Plus or Advanced."
        return Check("edition", title, MUST_FIX, words, advice)
    if any(word in name.lower() for word in SMALL):
        words = f"This is {name}: it has no purchase orders and keeps no stock."
        return Check("edition", title, WARNING, words, "Everything else works; stock stays here.")
    return Check("edition", title, OK, f"This is {name}.")


def country(company: Company, shop: Shop) -> Check:
    """Books in another country or currency follow other tax rules."""
    land = str(company.info.get("Country") or "US")
    title = "Country and currency"
    if company.home_currency != shop.currency:
        words = (
            f"QuickBooks keeps its books in {company.home_currency}, Batchly in {shop.currency}."
        )
        advice = "Put the right currency into Batchly's organization, or connect another company."
        return Check("country", title, MUST_FIX, words, advice)
    if land != "US":
        words = f"The company is in {land}; Batchly computes sales tax as in the United States."
        return Check("country", title, WARNING, words, "Compare the tax of the rehearsal closely.")
    return Check("country", title, OK, f"{land}, {company.home_currency}.")


def numbers(company: Company, _shop: Shop) -> Check:
    """Without it QuickBooks numbers invoices by itself, and ours would not be kept."""
    title = "Our invoice numbers"
    if company.pref("SalesFormsPrefs", "CustomTxnNumbers") is True:
        return Check("numbers", title, OK, "QuickBooks keeps the numbers Batchly gives.")
    words = "QuickBooks numbers its documents by itself, so numbers would differ or come twice."
    advice = f"{SALES} Turn on Custom transaction numbers."
    return Check("numbers", title, MUST_FIX, words, advice)


def sales_tax(company: Company, shop: Shop) -> Check:
    """Who computes the tax: nobody, Batchly with QuickBooks' rates, or QuickBooks by itself."""
    title = "Sales tax"
    if company.pref("TaxPrefs", "UsingSalesTax") is not True:
        if shop.uses_tax:
            words = "Sales tax is off in QuickBooks, but documents here carry tax."
            return Check("tax", title, MUST_FIX, words, "In QuickBooks: Taxes, set up sales tax.")
        return Check("tax", title, OK, "Sales tax is off in QuickBooks, and nothing here uses it.")
    automated = company.pref("TaxPrefs", "PartnerTaxEnabled")
    if automated is True:
        words = "QuickBooks computes sales tax by itself from the addresses (automated sales tax)."
        advice = "Each invoice's tax is compared with ours; one that differs is shown for review."
        return Check("tax", title, WARNING, words, advice)
    if automated is False:
        words = "Automated sales tax is on in QuickBooks but was never set up."
        verdict = MUST_FIX if shop.uses_tax else WARNING
        return Check("tax", title, verdict, words, "In QuickBooks: Taxes, finish the set-up.")
    words = "Manual sales tax: Batchly computes it with QuickBooks' own rates and codes."
    return Check("tax", title, OK, words)


def discounts(company: Company, shop: Shop) -> Check:
    """A discount goes as a line of its own, which is a preference."""
    allowed = company.pref("SalesFormsPrefs", "AllowDiscount") is not False
    return _feature("discounts", "Discounts", allowed=allowed, used=shop.uses_discounts)


def shipping(company: Company, shop: Shop) -> Check:
    """So does shipping."""
    allowed = company.pref("SalesFormsPrefs", "AllowShipping") is not False
    return _feature("shipping", "Shipping", allowed=allowed, used=shop.uses_shipping)


def _feature(key: str, title: str, *, allowed: bool, used: bool) -> Check:
    if allowed:
        return Check(key, title, OK, f"{title} on invoices is turned on.")
    words = f"{title} on invoices is turned off in QuickBooks"
    advice = f"{SALES} Turn on {title}."
    if used:
        return Check(key, title, MUST_FIX, f"{words}, but invoices here have it.", advice)
    return Check(key, title, WARNING, f"{words}; invoices that have it would be refused.", advice)


def closed_books(company: Company, shop: Shop) -> Check:
    """Nothing can be written into a closed period."""
    title = "Closed books"
    text = company.pref("AccountingInfoPrefs", "BookCloseDate")
    try:
        closed = date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        closed = None
    if closed is None:
        return Check("closed", title, OK, "The books are open.")
    waits = shop.oldest_waiting
    if waits is not None and waits <= closed and not (shop.start and shop.start > closed):
        words = f"The books are closed up to {closed}; documents back to {waits} are to be sent."
        advice = f"Choose a start date after {closed}, or have the accountant reopen the books."
        return Check("closed", title, WARNING, words, advice)
    return Check("closed", title, OK, f"Closed up to {closed}; nothing older is sent.")


def currencies(company: Company, shop: Shop) -> Check:
    """A customer of another currency cannot be billed in ours."""
    title = "Currencies"
    if company.pref("CurrencyPrefs", "MultiCurrencyEnabled") is True:
        words = "QuickBooks keeps several currencies, and a customer's never changes."
        advice = f"Link only customers that are kept in {shop.currency}."
        return Check("currencies", title, WARNING, words, advice)
    return Check("currencies", title, OK, f"One currency, {company.home_currency}.")


def applying(company: Company, _shop: Shop) -> Check:
    """Otherwise QuickBooks applies credits to invoices nobody chose."""
    title = "Credits and payments"
    if company.pref("SalesFormsPrefs", "AutoApplyCredit") is True:
        words = "QuickBooks applies credits by itself, also to invoices nobody chose."
        advice = f"{ADVANCED}, Automation: turn off Automatically apply credits."
        return Check("credits", title, WARNING, words, advice)
    return Check("credits", title, OK, "QuickBooks leaves credits to whoever applies them.")


CHECKS: tuple[Callable[[Company, Shop], Check], ...] = (
    edition,
    country,
    numbers,
    sales_tax,
    discounts,
    shipping,
    closed_books,
    currencies,
    applying,
)
