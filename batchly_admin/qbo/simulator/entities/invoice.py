"""Invoices: what customers are asked to pay."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.parties import related
from batchly_admin.qbo.simulator.books.receivables import settle_target, shown_links, unlink
from batchly_admin.qbo.simulator.books.sale import Sale, sale_spec
from batchly_admin.qbo.simulator.books.transaction import check_paid
from batchly_admin.qbo.simulator.wire.fields import LINK, NOTHING, NUMBER, OURS, REF, TRUTH
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import at, reference, truth

ZERO = Decimal(0)
SPEC = sale_spec(
    "Invoice",
    NOTHING
    | {"LinkedTxn": [LINK], "Deposit": NUMBER, "DepositToAccountRef": REF}
    | {"AllowIPNPayment": TRUTH, "AllowOnlinePayment": TRUTH, "InvoiceLink": OURS}
    | {"AllowOnlineCreditCardPayment": TRUTH, "AllowOnlineACHPayment": TRUTH}
    | {"EInvoiceStatus": OURS},
    "void",
    "send",
    gaps=("progress invoicing and billable time or expenses cannot be linked",),
)


class Invoice(Sale):
    """What a customer is asked to pay."""

    def settle(self, books: Books, record: Record, before: Record | None) -> None:
        """Compute what is open.

        Raises:
            Fault: 6000 for a deposit where there are none, or a change that payments forbid.
        """
        applied = books.links.amount_on("Invoice", record.get("Id", ""))
        deposit = record.get("Deposit", ZERO)
        if deposit and not truth(books.preference("SalesFormsPrefs.AllowDeposit")):
            raise Fault("6000", "Deposits are not enabled for this company", element="Deposit")
        check_paid(record, before, applied, "CustomerRef")
        record["Balance"] = record["TotalAmt"] - deposit - applied
        links = [one for one in record.get("LinkedTxn", []) if one.get("TxnType") != "Payment"]
        onto = shown_links(books, "Invoice", record["Id"]) if "Id" in record else []
        record["LinkedTxn"] = [*links, *onto]

    def money(self, books: Books, record: Record) -> Iterator[Posting]:
        """Give the total: on the customer's account, but for the deposit."""
        deposit = currency.at_home(record, record.get("Deposit", ZERO))
        total = currency.at_home(record, record["TotalAmt"])
        party = f"Customer:{reference(record, 'CustomerRef')}"
        yield Posting(books.account("AccountsReceivable"), total - deposit, party=party)
        if deposit:
            into = reference(record, "DepositToAccountRef") or books.account("UndepositedFunds")
            yield Posting(into, deposit, party=party)

    def let_go(self, books: Books, record: Record) -> None:
        """Turn what was paid on a voided invoice into unapplied credit.

        Raises:
            Fault: 6000 where the control page has such invoices refused.
        """
        if books.setting("void_paid_invoice") == "refuse" and books.links.onto(
            "Invoice", record["Id"]
        ):
            raise Fault("6000", "The invoice has payments linked to it; unlink them first")
        unlink(books, "Invoice", record["Id"])

    def follow(self, books: Books, record: Record, before: Record | None) -> None:
        """Close the estimates an invoice was made of, and let go of those it no longer names."""
        was = before or {}
        wanted, linked = _estimates(record), _estimates(was)
        for estimate_id in wanted:
            if estimate_id not in linked:
                _convert(books, record, estimate_id)
        for estimate_id in linked:
            estimate = books.store.copy("Estimate", estimate_id)
            if estimate_id not in wanted and estimate is not None:
                links = estimate.get("LinkedTxn", [])
                estimate["LinkedTxn"] = [one for one in links if one["TxnId"] != was["Id"]]
                books.touch("Estimate", estimate, "Update")

    def shown(self, books: Books, record: Record, include: frozenset[str]) -> Record:
        """Give an invoice, with a link to pay it where that was asked for and is possible."""
        online = any(
            truth(record.get(name))
            for name in ("AllowOnlineCreditCardPayment", "AllowOnlineACHPayment")
        )
        if "invoiceLink" not in include or not online or at(record, "BillEmail.Address") is None:
            return record
        return {**record, "InvoiceLink": f"https://connect.example/pay/{record['Id']}"}

    def is_shown_as_kept(self, body: str, include: frozenset[str]) -> bool:
        """Tell whether nobody asked for the link."""
        return "invoiceLink" not in include


def _estimates(invoice: Record) -> list[str]:
    links = invoice.get("LinkedTxn", [])
    return [str(one.get("TxnId")) for one in links if one.get("TxnType") == "Estimate"]


def _convert(books: Books, invoice: Record, estimate_id: str) -> None:
    estimate = books.store.copy("Estimate", estimate_id)
    if estimate is None or estimate["TxnStatus"] not in {"Pending", "Accepted"}:
        raise Fault("620", "Transaction cannot be linked", element="LinkedTxn")
    if not related(books, *(reference(one, "CustomerRef") for one in (estimate, invoice))):
        raise Fault("6000", "The estimate belongs to another customer", element="LinkedTxn")
    back = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
    estimate["LinkedTxn"] = [*estimate.get("LinkedTxn", []), back]
    estimate["TxnStatus"] = books.setting("converted_estimate") or "Closed"
    books.touch("Estimate", estimate, "Update")
    settle_target(books, "Invoice", invoice["Id"])


ENTITY = Invoice(SPEC)
