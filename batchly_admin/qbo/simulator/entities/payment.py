"""Payments of customers."""

from __future__ import annotations

from collections.abc import Iterable

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Record, Spec
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.links import Link, links_of
from batchly_admin.qbo.simulator.books.receivables import (
    applied,
    check_lines,
    check_targets,
    open_invoices,
    settle_target,
    targets,
)
from batchly_admin.qbo.simulator.books.sale import to_account
from batchly_admin.qbo.simulator.books.transaction import Transaction
from batchly_admin.qbo.simulator.wire.fields import (
    ANY,
    DAY,
    DELIVERY,
    EMAIL,
    LINK,
    NUMBER,
    OURS,
    REF,
    TEXT,
    TRANSACTION,
    TRUTH,
    Shape,
)
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.wire.values import cents, reference, truth

TARGETS = frozenset({"Invoice", "CreditMemo"})
SHAPE: Shape = (
    TRANSACTION
    | {"CustomerRef": REF, "TotalAmt": NUMBER, "UnappliedAmt": OURS, "PaymentRefNum": 21}
    | {"PaymentMethodRef": REF, "DepositToAccountRef": REF, "ARAccountRef": REF}
    | {"ProcessPayment": TRUTH, "CreditCardPayment": ANY, "TxnStatus": OURS}
    | {"TaxExemptionRef": REF, "EmailStatus": 20, "BillEmail": EMAIL, "DeliveryInfo": DELIVERY}
    | {"Line": [{"Amount": NUMBER, "LinkedTxn": [LINK], "LineEx": OURS, "Id": 40, "LineNum": OURS}]}
)
SPEC = Spec(
    "Payment",
    shape=SHAPE,
    operations=DOCUMENT | {"void", "send", "pdf"},
    required=("CustomerRef", "TotalAmt"),
    references={
        "CustomerRef": "Customer",
        "PaymentMethodRef": "PaymentMethod",
        "DepositToAccountRef": "Account",
        "ARAccountRef": "Account",
    },
    filters={"TxnDate": DAY, "CustomerRef": REF, "TotalAmt": NUMBER, "PaymentRefNum": TEXT},
    unsortable=frozenset({"CustomerRef"}),
    gaps=("lines on journal entries, expenses and cheques; cards are not charged",),
)


class Payment(Transaction):
    """Money of a customer, applied to invoices or kept as credit."""

    def compute(self, books: Books, record: Record, before: Record | None) -> None:
        """Check what a payment is applied to, and compute what is left of it.

        Raises:
            Fault: what QuickBooks would refuse.
        """
        to_account(books, record)
        record["TotalAmt"] = cents(record["TotalAmt"])
        if record["TotalAmt"] < 0:
            raise Fault("2140", "The amount is negative", element="TotalAmt")
        if before is None and not record.get("Line"):
            self._apply_by_itself(books, record)
        check_lines(record, TARGETS)
        check_targets(books, "Payment", record, "CustomerRef")
        left = record["TotalAmt"]
        for one in links_of(record):
            left += one.amount if one.kind == "CreditMemo" else -one.amount
        if left < 0:
            detail = "The amount applied is more than the amount of the payment"
            raise Fault("6000", detail, element="Line")
        record["UnappliedAmt"] = left

    def _apply_by_itself(self, books: Books, record: Record) -> None:
        """Put a payment nobody applied on the oldest invoices, where the company prefers that."""
        if not truth(books.preference("SalesFormsPrefs.AutoApplyPayments")) or "Id" in record:
            return
        left, lines = record["TotalAmt"], []
        for invoice in open_invoices(books, str(reference(record, "CustomerRef"))):
            amount = min(left, invoice["Balance"])
            if amount > 0:
                lines.append(applied(amount, "Invoice", invoice["Id"]))
                left -= amount
        record["Line"] = lines

    def zero(self, record: Record) -> None:
        """Bring the payment to zero, and take it off everything."""
        super().zero(record)
        record["Line"] = []

    def links(self, books: Books, record: Record) -> Iterable[Link]:
        """Give what the payment puts on invoices and takes from credits."""
        return links_of(record)

    def postings(self, books: Books, record: Record) -> Iterable[Posting]:
        """Give the money in, and off the accounts of those whose invoices it pays."""
        receivable = books.account("AccountsReceivable")
        total = currency.at_home(record, record["TotalAmt"])
        own = f"Customer:{reference(record, 'CustomerRef')}"
        yield Posting(str(reference(record, "DepositToAccountRef")), total, party=own)
        left = total
        for one in links_of(record):
            target = books.store.get(one.kind, one.id) or record
            amount = currency.at_home(record, one.amount)
            amount = -amount if one.kind == "CreditMemo" else amount
            left -= amount
            party = f"Customer:{reference(target, 'CustomerRef')}"
            yield Posting(receivable, -amount, party=party)
        yield Posting(receivable, -left, party=own)

    def follow(self, books: Books, record: Record, before: Record | None) -> None:
        """Settle everything the payment is on, or was on."""
        for kind, target_id in sorted(targets(record, TARGETS) | targets(before or {}, TARGETS)):
            settle_target(books, kind, target_id)


ENTITY = Payment(SPEC)
