"""What QuickBooks asks of every transaction: its day, its number, open books, its currency."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.entity import Entity, Record
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import at, cents, reference, truth

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

ZERO = Decimal(0)
ZEROED = ("TotalAmt", "Balance", "UnappliedAmt", "HomeTotalAmt", "HomeBalance", "Deposit")


class Transaction(Entity):
    """A document with a day; most have a number, and amounts on accounts."""

    number_preference = "SalesFormsPrefs.CustomTxnNumbers"
    """Which preference says that the company numbers such documents itself."""

    def prepare(
        self, books: Books, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        """Check the day, the currency and the number; then let the entity compute the rest.

        Raises:
            Fault: what QuickBooks would refuse.
        """
        record.setdefault("TxnDate", books.today().isoformat())
        self.check_open(books, record)
        if before is not None:
            self.check_free(books, before)
        currency.settle(books, record, before)
        self._exchange(books, record)
        if "DocNumber" in self.spec.shape:
            self._number(books, record, before, options)
        self.compute(books, record, before)
        if reference(record, "CurrencyRef") != currency.home(books) and "TotalAmt" in record:
            record["HomeTotalAmt"] = currency.at_home(record, record["TotalAmt"])

    def balanced(self, books: Books, record: Record) -> Iterator[Posting]:
        """Give the postings of a document; in another currency with the cents rounding leaves."""
        left = ZERO
        for one in self.postings(books, record):
            left -= cents(one.amount)
            yield one
        if left and "ExchangeRate" in record:
            yield Posting(books.account("ExchangeGainOrLoss"), left)

    def compute(self, books: Books, record: Record, before: Record | None) -> None:
        """Compute what only this entity has.

        Raises:
            Fault: what QuickBooks would refuse.
        """

    def zero(self, record: Record) -> None:
        """Bring every amount of a document that is voided to zero."""
        for name in ZEROED:
            if name in record:
                record[name] = ZERO
        if "TxnTaxDetail" in record:
            record["TxnTaxDetail"] = {"TotalTax": ZERO}
        for line in record.get("Line", []):
            if "Amount" in line:
                line["Amount"] = ZERO
            for name in ("Qty", "UnitPrice"):
                if name in line.get("SalesItemLineDetail", {}):
                    line["SalesItemLineDetail"][name] = ZERO
        record["LinkedTxn"] = []

    def let_go(self, books: Books, record: Record) -> None:
        """Free what rests on a document that is voided."""

    def check_free(self, books: Books, before: Record) -> None:
        """Check that a transaction may still change.

        Raises:
            Fault: 6210 in closed books, 6540 once it is deposited.
        """
        self.check_open(books, before)
        if any(link.get("TxnType") == "Deposit" for link in before.get("LinkedTxn", [])):
            detail = "A transaction that was deposited cannot be changed; change the deposit first"
            raise Fault("6540", detail)

    def check_open(self, books: Books, record: Record) -> None:
        """Check that the day of a transaction lies in open books.

        Raises:
            Fault: 6210.
        """
        closed = books.preference("AccountingInfoPrefs.BookCloseDate")
        if closed and record["TxnDate"] <= str(closed):
            detail = (
                "The account period has closed and the account books cannot be updated through "
                "the QBO Services API. Please use the QBO website to make these changes."
            )
            raise Fault("6210", detail)

    def _exchange(self, books: Books, record: Record) -> None:
        """Give a document in another currency its rate; at home there is none to say."""
        own = currency.home(books)
        code = reference(record, "CurrencyRef") or own
        if code == own:
            record.pop("ExchangeRate", None)
        elif not record.get("ExchangeRate"):
            record["ExchangeRate"] = currency.rate_of(books, code, record["TxnDate"])

    def numbers_itself(self, books: Books, options: frozenset[str]) -> bool:
        """Tell whether a document that comes without a number gets the next one."""
        if self.number_preference.startswith("SalesFormsPrefs."):
            return not truth(books.preference(self.number_preference))
        return not prefers(books, self.number_preference)

    def may_share_number(self, books: Books, record: Record) -> bool:
        """Tell whether a document may have a number that is taken."""
        return False

    def _number(
        self, books: Books, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        kind, sent = self.spec.kind, record.get("DocNumber")
        if sent == "AUTO_GENERATE" or (sent is None and self.numbers_itself(books, options)):
            if before is not None and "DocNumber" in before:
                record["DocNumber"] = before["DocNumber"]
                return
            key = f"auto.{kind}"
            following = int(books.store.meta.get(key, 1000)) + 1
            books.store.set(key, following)
            record["DocNumber"] = str(following)
        elif sent is not None and "allowduplicatedocnum" not in options:
            self._check_number(books, record, sent)

    def _check_number(self, books: Books, record: Record, sent: str) -> None:
        if books.setting("duplicate_numbers") == "accept" or self.may_share_number(books, record):
            return
        holders = books.store.ids(self.spec.kind, "DocNumber", sent.casefold())
        for other in holders:
            if other == record.get("Id"):
                continue
            detail = (
                "Duplicate Document Number Error : You must specify a different number. This "
                f"number has already been used. DocNumber={sent} is assigned to "
                f"TxnType={self.spec.kind} with TxnId={other}"
            )
            raise Fault("6140", detail, element="DocNumber")


def prefers(books: Books, name: str) -> bool:
    """Tell whether one of the company's other preferences is set."""
    pairs = books.preference("OtherPrefs.NameValue") or []
    return any(one.get("Name") == name and truth(one.get("Value")) for one in pairs)


def keep_line_ids(record: Record, before: Record | None, *, first: int = 1) -> None:
    """Keep the ids of lines that were there; other lines get one of their own."""
    known = {one["Id"] for one in (before or {}).get("Line", []) if "Id" in one}
    following = max((int(text) for text in known if text.isdigit()), default=first - 1)
    used: set[str] = set()
    for line in record.get("Line", []):
        if line.get("DetailType") == "SubTotalLineDetail":
            continue
        if line.get("Id") not in known - used:
            following += 1
            line["Id"] = str(following)
        used.add(line["Id"])


def set_due(books: Books, record: Record, term_field: str = "SalesTermRef") -> None:
    """Give a document the day on which it is due, from its term."""
    if "DueDate" not in record:
        term = books.store.get("Term", reference(record, term_field)) or {}
        record["DueDate"] = due(term, date.fromisoformat(record["TxnDate"])).isoformat()


def due(term: Record, start: date) -> date:
    """Give the day on which something of `start` is due by a term; without one, at once."""
    if "DayOfMonthDue" not in term:
        return start + timedelta(days=int(term.get("DueDays", 0)))
    wanted = int(term["DayOfMonthDue"])
    found = _day_of_month(start.year, start.month, wanted)
    if (found - start).days < int(term.get("DueNextMonthDays", 0)) or found < start:
        year, month = (start.year + 1, 1) if start.month == 12 else (start.year, start.month + 1)
        found = _day_of_month(year, month, wanted)
    return found


def _day_of_month(year: int, month: int, wanted: int) -> date:
    return date(year, month, min(wanted, calendar.monthrange(year, month)[1]))


def check_mail(record: Record) -> None:
    """Check that a document that waits to be sent knows where to.

    Raises:
        Fault: 6420.
    """
    if record.get("EmailStatus") == "NeedToSend" and at(record, "BillEmail.Address") is None:
        raise Fault("6420", "An email address is needed to send the document", element="BillEmail")


def check_paid(record: Record, before: Record | None, applied: Decimal, whose: str) -> None:
    """Check that what payments rest on stays: whom it is with, and as much as they put on it.

    Raises:
        Fault: 6000.
    """
    if before is None or not applied:
        return
    if reference(record, whose) != reference(before, whose):
        word = "customer" if whose == "CustomerRef" else "vendor"
        detail = f"The {word} cannot be changed while payments are linked"
        raise Fault("6000", detail, element=whose)
    if record["TotalAmt"] - record.get("Deposit", ZERO) < applied:
        raise Fault("6000", "The total is less than what payments already put on it")
