"""Journal entries: debits and credits as the accountant writes them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Record, Spec
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.transaction import Transaction, keep_line_ids
from batchly_admin.qbo.simulator.wire.fields import (
    DAY,
    LINK,
    NUMBER,
    OURS,
    REF,
    TAX_DETAIL,
    TEXT,
    TRANSACTION,
    TRUTH,
    Shape,
)
from batchly_admin.qbo.simulator.wire.refusals import Fault, bad_reference
from batchly_admin.qbo.simulator.wire.values import at, cents, reference

ZERO = Decimal(0)
DETAIL = "JournalEntryLineDetail"
SIGNS = {"Debit": 1, "Credit": -1}
PARTIES = ("Customer", "Vendor", "Employee")
NEEDS_PARTY = {"Accounts Receivable": "Customer", "Accounts Payable": "Vendor"}
"""On these types of accounts a line has to say whom it is about."""
SHAPE: Shape = (
    TRANSACTION
    | {"DocNumber": 21, "Adjustment": TRUTH, "TxnTaxDetail": TAX_DETAIL}
    | {
        "Line": [
            {
                "Id": 40,
                "LineNum": OURS,
                "Description": 4000,
                "Amount": NUMBER,
                "DetailType": 40,
                "LinkedTxn": [LINK],
                DETAIL: {
                    "PostingType": 10,
                    "AccountRef": REF,
                    "ClassRef": REF,
                    "DepartmentRef": REF,
                    "TaxCodeRef": REF,
                    "TaxApplicableOn": 20,
                    "TaxAmount": NUMBER,
                    "BillableStatus": 20,
                    "Entity": {"Type": 20, "EntityRef": REF},
                },
            }
        ]
    }
)


class JournalEntry(Transaction):
    """Debits and credits, in balance."""

    def compute(self, books: Books, record: Record, before: Record | None) -> None:
        """Check every line, and that both sides are the same.

        Raises:
            Fault: what QuickBooks would refuse.
        """
        keep_line_ids(record, before)
        sums = dict.fromkeys(SIGNS, ZERO)
        for place, line in enumerate(record["Line"]):
            if line.get("DetailType") == "DescriptionOnly":
                continue
            line["LineNum"] = place
            side = _line(books, line)
            sums[side] += line["Amount"]
        if sums["Debit"] != sums["Credit"]:
            detail = f"Debits {sums['Debit']} and credits {sums['Credit']} are not the same"
            raise Fault("6000", detail, element="Line")
        record.setdefault("Adjustment", False)
        record["TotalAmt"] = sums["Debit"]

    def postings(self, books: Books, record: Record) -> Iterable[Posting]:
        """Give every line on its account."""
        for line in record["Line"]:
            detail = line.get(DETAIL)
            if not detail:
                continue
            kind = at(detail, "Entity.Type")
            party = reference(detail, "Entity.EntityRef")
            amount = currency.at_home(record, line["Amount"]) * SIGNS[detail["PostingType"]]
            yield Posting(
                str(reference(detail, "AccountRef")),
                amount,
                party=f"{kind}:{party}" if kind and party else "",
                class_id=reference(detail, "ClassRef") or "",
                department=reference(detail, "DepartmentRef") or "",
                note=line.get("Description", ""),
            )


def _line(books: Books, line: Record) -> str:
    if line.get("DetailType") != DETAIL:
        text = f"Invalid Enumeration : {line.get('DetailType')}"
        raise Fault("2170", text, element="DetailType")
    if "Amount" not in line:
        raise Fault("2020", "Required parameter Line.Amount is missing", element="Line.Amount")
    line["Amount"] = cents(line["Amount"])
    if line["Amount"] < 0:
        raise Fault("2290", "The amount of a line is negative", element="Line.Amount")
    detail = line.setdefault(DETAIL, {})
    side = str(detail.get("PostingType"))
    if side not in SIGNS:
        raise Fault("2170", f"Invalid Enumeration : {side[:50]}", element="PostingType")
    account_id = reference(detail, "AccountRef")
    account = books.store.get("Account", account_id or "-")
    if account is None:
        raise bad_reference(f"Line.{DETAIL}.AccountRef", account_id)
    detail["AccountRef"] = {"value": account["Id"], "name": account["FullyQualifiedName"]}
    _check_party(books, detail, NEEDS_PARTY.get(account["AccountType"]))
    return side


def _check_party(books: Books, detail: Record, needed: str | None) -> None:
    kind, party = at(detail, "Entity.Type"), reference(detail, "Entity.EntityRef")
    if needed is not None and (party is None or kind not in {None, needed}):
        text = f"A line on this account needs a {needed.lower()}"
        raise Fault("6000", text, element="Entity")
    if party is None:
        detail.pop("Entity", None)
        return
    kind = kind or needed
    if kind not in PARTIES:
        raise Fault("2170", f"Invalid Enumeration : {kind}", element="Entity.Type")
    found = books.store.get(str(kind), party)
    if found is None:
        raise bad_reference("Entity.EntityRef", party)
    named = {"value": found["Id"], "name": found["DisplayName"]}
    detail["Entity"] = {"Type": kind, "EntityRef": named}


ENTITY = JournalEntry(
    Spec(
        "JournalEntry",
        shape=SHAPE,
        operations=DOCUMENT,
        required=("Line",),
        filters={"DocNumber": TEXT, "TxnDate": DAY, "TotalAmt": NUMBER},
        gaps=("tax on journal lines is kept and not computed",),
    )
)
