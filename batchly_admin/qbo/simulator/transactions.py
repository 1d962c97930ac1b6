"""What QuickBooks asks of every transaction: its day, its number, when it is due, what is open."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from batchly_admin.qbo.simulator import lists, payments, sales
from batchly_admin.qbo.simulator.faults import Fault
from batchly_admin.qbo.simulator.indexes import Record
from batchly_admin.qbo.simulator.specs import Spec
from batchly_admin.qbo.simulator.store import Store
from batchly_admin.qbo.simulator.values import at, reference, truth

SALES = frozenset({"Invoice", "Estimate", "CreditMemo", "SalesReceipt", "RefundReceipt"})
ZERO = Decimal(0)


class Transactions:
    """The rules of transactions over one company's store."""

    def __init__(self, store: Store, today: Callable[[], date]) -> None:
        self.store = store
        self.today = today

    def preferences(self) -> Record:
        """Give the company's preferences."""
        return self.store.get("Preferences", "1") or {}

    def prepare(
        self, spec: Spec, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        """Check a transaction and compute what QuickBooks computes.

        Raises:
            Fault: what QuickBooks would refuse.
        """
        record.setdefault("TxnDate", self.today().isoformat())
        self.check_open(record)
        if before is not None:
            self.check_free(before)
        lists.home_currency(self.store, record, before)
        if "DocNumber" in spec.shape:
            self._number(spec, record, before, options)
        if spec.kind in SALES:
            sales.keep_line_ids(record, before)
            sales.compute(self.store, record, self.preferences())
            self._due(record)
            _check_mail(record)
        self._of_kind(spec.kind, record, before)

    def _of_kind(self, kind: str, record: Record, before: Record | None) -> None:
        if kind == "Invoice":
            self._invoice(record, before)
        elif kind == "CreditMemo":
            self._credit_memo(record, before)
        elif kind == "Estimate":
            record.setdefault("TxnStatus", "Pending")
        elif kind == "Payment":
            self._default_account(record, "UndepositedFunds")
            payments.check(self.store, record)
        elif kind == "SalesReceipt":
            self._default_account(record, "UndepositedFunds")
            record["Balance"] = ZERO
        elif kind == "PurchaseOrder":
            record.setdefault("POStatus", "Open")
            sales.keep_line_ids(record, before)
            sales.compute_purchase(self.store, record)

    def _invoice(self, record: Record, before: Record | None) -> None:
        applied = payments.applied_to(self.store, "Invoice", record.get("Id"))
        deposit = record.get("Deposit", ZERO)
        if deposit and not truth(at(self.preferences(), "SalesFormsPrefs.AllowDeposit")):
            raise Fault("6000", "Deposits are not enabled for this company", element="Deposit")
        _check_paid(record, before, applied)
        record["Balance"] = record["TotalAmt"] - deposit - applied
        links = [one for one in record.get("LinkedTxn", []) if one.get("TxnType") != "Payment"]
        record["LinkedTxn"] = [*links, *payments.links_to(self.store, "Invoice", record.get("Id"))]

    def _credit_memo(self, record: Record, before: Record | None) -> None:
        used = payments.applied_to(self.store, "CreditMemo", record.get("Id"))
        _check_paid(record, before, used)
        record["Balance"] = record["RemainingCredit"] = record["TotalAmt"] - used

    def _default_account(self, record: Record, subtype: str) -> None:
        if "DepositToAccountRef" in record:
            return
        for account in self.store.all("Account"):
            if account.get("AccountSubType") == subtype:
                record["DepositToAccountRef"] = {"value": account["Id"]}
                return

    def check_free(self, before: Record) -> None:
        """Check that a transaction may still change.

        Raises:
            Fault: 6210 in closed books, 6540 once it is deposited.
        """
        self.check_open(before)
        if any(link.get("TxnType") == "Deposit" for link in before.get("LinkedTxn", [])):
            detail = "A transaction that was deposited cannot be changed; change the deposit first"
            raise Fault("6540", detail)

    def check_open(self, record: Record) -> None:
        """Check that the day of a transaction lies in open books.

        Raises:
            Fault: 6210.
        """
        closed = at(self.preferences(), "AccountingInfoPrefs.BookCloseDate")
        if closed and record["TxnDate"] <= str(closed):
            detail = (
                "The account period has closed and the account books cannot be updated through "
                "the QBO Services API. Please use the QBO website to make these changes."
            )
            raise Fault("6210", detail)

    def _keeps_own_numbers(self, kind: str) -> bool:
        """Tell whether the company numbers such documents itself: two preferences, not one."""
        if kind != "PurchaseOrder":
            return truth(at(self.preferences(), "SalesFormsPrefs.CustomTxnNumbers"))
        pairs = at(self.preferences(), "OtherPrefs.NameValue") or []
        name = "VendorAndPurchasesPrefs.UseCustomTxnNumbers"
        return any(one.get("Name") == name and truth(one.get("Value")) for one in pairs)

    def _number(
        self, spec: Spec, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        custom, sent = self._keeps_own_numbers(spec.kind), record.get("DocNumber")
        if sent == "AUTO_GENERATE" or (sent is None and not custom):
            if before is not None and "DocNumber" in before:
                record["DocNumber"] = before["DocNumber"]
                return
            key = f"auto.{spec.kind}"
            following = int(self.store.meta.get(key, 1000)) + 1
            self.store.set(key, following)
            record["DocNumber"] = str(following)
        elif sent is not None and "allowduplicatedocnum" not in options:
            self._check_number(spec, record, sent)

    def _check_number(self, spec: Spec, record: Record, sent: str) -> None:
        holders = self.store.indexes.numbers.get((spec.kind, sent.casefold()), ())
        other = next((one for one in holders if one != record.get("Id")), None)
        if other is not None:
            detail = (
                "Duplicate Document Number Error : You must specify a different number. This "
                f"number has already been used. DocNumber={sent} is assigned to "
                f"TxnType={spec.kind} with TxnId={other}"
            )
            raise Fault("6140", detail, element="DocNumber")

    def _due(self, record: Record) -> None:
        if "DueDate" in record:
            return
        term = self.store.get("Term", reference(record, "SalesTermRef")) or {}
        start = date.fromisoformat(record["TxnDate"])
        record["DueDate"] = due(term, start).isoformat()


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


def _check_paid(record: Record, before: Record | None, applied: Decimal) -> None:
    """Check that what payments rest on stays: the customer, and as much as they put on it."""
    if before is None or not applied:
        return
    if reference(record, "CustomerRef") != reference(before, "CustomerRef"):
        detail = "The customer cannot be changed while payments are linked"
        raise Fault("6000", detail, element="CustomerRef")
    if record["TotalAmt"] - record.get("Deposit", ZERO) < applied:
        raise Fault("6000", "The total is less than what payments already put on it")


def _check_mail(record: Record) -> None:
    if record.get("EmailStatus") == "NeedToSend" and at(record, "BillEmail.Address") is None:
        raise Fault("6420", "An email address is needed to send the document", element="BillEmail")
