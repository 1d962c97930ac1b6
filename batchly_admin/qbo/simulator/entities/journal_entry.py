"""Journal entries: debits and credits as the accountant writes them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from batchly_admin.qbo.simulator.books import currency
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.checks import check_reference
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Record, Spec
from batchly_admin.qbo.simulator.books.ledger import Posting
from batchly_admin.qbo.simulator.books.parties import KINDS, NEEDED, find_party
from batchly_admin.qbo.simulator.books.transaction import Transaction, keep_line_ids, prefers
from batchly_admin.qbo.simulator.wire.fields import (
    DAY,
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
DETAIL, TEXT_LINE = "JournalEntryLineDetail", "DescriptionOnly"
SIGNS = {"Debit": 1, "Credit": -1}
BILLABLE = ("Billable", "NotBillable", "HasBeenBilled")
REFERENCES = {"AccountRef": "Account", "ClassRef": "Class", "DepartmentRef": "Department"}
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
                "DescriptionLineDetail": {"ServiceDate": DAY, "TaxCodeRef": REF},
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

    def numbers_itself(self, books: Books, options: frozenset[str]) -> bool:
        """Tell whether a client asked for the next number; by itself an entry has none."""
        return "allowautodocnum" in options

    def may_share_number(self, books: Books, record: Record) -> bool:
        """Tell whether a number may be taken twice: it may, unless the company minds."""
        return not prefers(books, "WarnDuplicateJournalNumber")

    def compute(self, books: Books, record: Record, before: Record | None) -> None:
        """Check every line, and that both sides are the same.

        Raises:
            Fault: what QuickBooks would refuse.
        """
        keep_line_ids(record, before, first=0)
        sums: dict[str, Decimal] = {}
        for place, line in enumerate(record["Line"], 1):
            line["LineNum"] = place
            if line.get("DetailType") == TEXT_LINE:
                line.pop("Amount", None)
                line.setdefault("DescriptionLineDetail", {})
                continue
            side = _line(books, line)
            sums[side] = sums.get(side, ZERO) + line["Amount"]
        if len(sums) < len(SIGNS):
            raise Fault("6000", "An entry needs a debit and a credit", element="Line")
        if sums["Debit"] != sums["Credit"]:
            detail = f"Debits {sums['Debit']} and credits {sums['Credit']} are not the same"
            raise Fault("6000", detail, element="Line")
        record.setdefault("Adjustment", False)
        record["TotalAmt"] = sums["Debit"]

    def shown(self, books: Books, record: Record, include: frozenset[str]) -> Record:
        """Give an entry; QuickBooks says zero for its total, whatever stands on its lines."""
        return {**record, "TotalAmt": ZERO}

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
    if detail.get("BillableStatus", BILLABLE[0]) not in BILLABLE:
        text = f"Invalid Enumeration : {detail['BillableStatus']}"
        raise Fault("2170", text, element="BillableStatus")
    if reference(detail, "AccountRef") is None:
        text = f"Required parameter Line.{DETAIL}.AccountRef is missing"
        raise Fault("2020", text, element=f"Line.{DETAIL}.AccountRef")
    for name, kind in REFERENCES.items():
        target_id = reference(detail, name)
        if target_id is not None:
            target = check_reference(books, {}, f"Line.{DETAIL}.{name}", kind, target_id)
            detail[name] = {"value": target_id, "name": target["FullyQualifiedName"]}
    account = books.read("Account", str(reference(detail, "AccountRef")))
    _check_party(books, detail, NEEDED.get(account["AccountType"]))
    return side


def _check_party(books: Books, detail: Record, needed: str | None) -> None:
    """Check whom a line is about; on the accounts of customers and vendors it has to say so."""
    kind, party = at(detail, "Entity.Type"), reference(detail, "Entity.EntityRef")
    if needed is not None and (party is None or kind not in {None, needed}):
        text = f"A line on this account needs a {needed.lower()}"
        raise Fault("6000", text, element="Entity")
    if kind is not None and kind not in KINDS:
        raise Fault("2170", f"Invalid Enumeration : {kind}", element="Entity.Type")
    if party is None:
        detail.pop("Entity", None)
        return
    found = find_party(books, party, kind or needed)
    if found is None:
        raise bad_reference(f"Line.{DETAIL}.Entity.EntityRef", party)
    named = {"value": party, "name": found[1]["DisplayName"]}
    detail["Entity"] = {"Type": found[0], "EntityRef": named}


ENTITY = JournalEntry(
    Spec(
        "JournalEntry",
        shape=SHAPE,
        operations=DOCUMENT,
        required=("Line",),
        filters={"DocNumber": TEXT, "TxnDate": DAY},
        gaps=(
            "tax on the lines is kept and not computed",
            "payments and bill payments cannot be applied to it",
        ),
    )
)
