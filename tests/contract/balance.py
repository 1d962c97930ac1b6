"""Do the books add up? What every posting, balance and stock has to come to."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.contract.wire import Wire

ZERO = Decimal(0)
MOST = 1000
SETTLES = {
    "Accounts Receivable": {
        "Invoice": ("Balance", 1),
        "CreditMemo": ("RemainingCredit", -1),
    },
    "Accounts Payable": {
        "Bill": ("Balance", -1),
        "VendorCredit": ("Balance", 1),
    },
}
"""For each side what its documents still say is open, debit above zero."""
PAYERS = {"Accounts Receivable": ("Payment", -1), "Accounts Payable": ("BillPayment", 1)}
PEOPLE = {"Accounts Receivable": ("Customer", 1), "Accounts Payable": ("Vendor", -1)}
Ledger = list[tuple[str, int, int, str, int, str, float]]


def everything(wire: Wire, kind: str) -> list[dict[str, Any]]:
    """Give all records of an entity, also those that are not active."""
    found: list[dict[str, Any]] = []
    has_state = kind in {"Account", "Customer", "Vendor", "Item"}
    where = "WHERE Active IN (true, false) " if has_state else ""
    while True:
        statement = (
            f"SELECT * FROM {kind} {where}ORDERBY Id "  # noqa: S608 - tests write it
            f"STARTPOSITION {len(found) + 1} MAXRESULTS {MOST}"
        )
        page = wire.query(statement).get(kind, [])
        found += page
        if len(page) < MOST:
            return found


def check_books(wire: Wire, folder: Path) -> None:
    """Check that the ledger is in balance, and that all that is shown follows from it."""
    ledger = postings(folder)
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for kind, record_id, _account, _party, cents, _item, _quantity in ledger:
        sums[kind, record_id] += cents
    assert {key: one for key, one in sums.items() if one} == {}, "debit and credit differ"
    _check_kept_sums(folder, ledger)
    _check_accounts(wire, ledger)
    _check_stock(wire, ledger)
    for account_type in SETTLES:
        _check_open(wire, ledger, account_type)


def postings(folder: Path) -> Ledger:
    """Give every posting of the main company, as the file holds it."""
    columns = "kind, id, account, party, cents, item, quantity"
    return rows(folder, f'SELECT {columns} FROM "main/postings"')  # noqa: S608 - ours


def rows(folder: Path, statement: str) -> list[Any]:
    """Give the rows of a statement, read beside the running simulator."""
    file = sqlite3.connect(f"file:{folder / 'simulator.sqlite3'}?mode=ro", uri=True)
    try:
        return file.execute(statement).fetchall()
    finally:
        file.close()


def _check_kept_sums(folder: Path, ledger: Ledger) -> None:
    """Check the sums that are kept beside the postings, so that nobody has to add them up."""
    wanted: dict[tuple[int, str], int] = defaultdict(int)
    for _kind, _id, account, party, cents, _item, _quantity in ledger:
        for whose in {"", party}:
            wanted[account, whose] += cents
    kept = rows(folder, 'SELECT account, party, cents FROM "main/balances"')
    found = {(account, party): cents for account, party, cents in kept if cents}
    assert found == {key: cents for key, cents in wanted.items() if cents}


def _check_accounts(wire: Wire, ledger: Ledger) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for _kind, _id, account, _party, cents, _item, _quantity in ledger:
        sums[str(account)] += Decimal(cents) / 100
    assert sum(sums.values(), ZERO) == 0
    for one in everything(wire, "Account"):
        if one["Classification"] in {"Asset", "Liability", "Equity"}:
            sign = 1 if one["Classification"] == "Asset" else -1
            assert one["CurrentBalance"] == sums[one["Id"]] * sign, one


def _check_stock(wire: Wire, ledger: Ledger) -> None:
    moved: dict[str, Decimal] = defaultdict(Decimal)
    for _kind, _id, _account, _party, _cents, item, quantity in ledger:
        moved[item] += Decimal(str(quantity))
    for one in everything(wire, "Item"):
        if one["Type"] == "Inventory":
            assert one["QtyOnHand"] == moved[one["Id"]], one


def _check_open(wire: Wire, ledger: Ledger, account_type: str) -> None:
    """Check that what documents say is open, what people owe and what accounts show is one."""
    documents, (payer, payer_sign) = SETTLES[account_type], PAYERS[account_type]
    applied, left = _applied(wire, payer, next(iter(documents)))
    still = left * payer_sign
    for kind, (field, sign) in documents.items():
        for record in everything(wire, kind):
            paid = applied[kind, record["Id"]] + record.get("Deposit", ZERO)
            assert record[field] == record["TotalAmt"] - paid >= 0, record
            still += record[field] * sign
    accounts = {
        int(one["Id"]) for one in everything(wire, "Account") if one["AccountType"] == account_type
    }
    on_accounts = others = ZERO
    people: dict[str, Decimal] = defaultdict(Decimal)
    for posted, _id, account, party, cents, _item, _quantity in ledger:
        if account in accounts:
            on_accounts += Decimal(cents) / 100
            people[party] += Decimal(cents) / 100
            others += ZERO if posted in {*documents, payer} else Decimal(cents) / 100
    assert on_accounts == still + others, f"{account_type}: {on_accounts}, {still}, {others}"
    who, sign = PEOPLE[account_type]
    found = everything(wire, who)
    owed = sum((one.get("Balance", ZERO) for one in found), ZERO)
    assert owed * sign == on_accounts, f"{who}: {owed} is not {on_accounts}"
    for one in found:
        assert one.get("Balance", ZERO) * sign == people[f"{who}:{one['Id']}"], one


def _applied(wire: Wire, payer: str, billed: str) -> tuple[dict[tuple[str, str], Decimal], Decimal]:
    """Give what payments are applied to, by document, and what is left of all of them."""
    applied: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    whole = ZERO
    for payment in everything(wire, payer):
        left = Decimal(payment["TotalAmt"])
        for line in payment.get("Line", []):
            for link in line["LinkedTxn"]:
                applied[link["TxnType"], link["TxnId"]] += line["Amount"]
                left -= line["Amount"] if link["TxnType"] == billed else -line["Amount"]
        assert payment.get("UnappliedAmt", left) == left >= 0, payment
        whole += left
    return applied, whole
