"""Files of orders for tests, and the short way from a file to its account."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from batchly_admin.services import order_import
from batchly_admin.services.import_accounts import Account
from batchly_admin.services.unit_of_work import Actor, UnitOfWorks

CLERK = Actor("Ann", roles=frozenset({"office"}))
EXTRACT = Path(__file__).parent / "data" / "wholesale-orders-extract.csv"
COLUMNS = (
    *("InvoiceNo", "StockCode", "Description", "Quantity"),
    *("InvoiceDate", "UnitPrice", "CustomerID", "Country"),
)
GOOD = {
    "InvoiceNo": "500001",
    "StockCode": "71053",
    "Description": "WHITE METAL LANTERN",
    "Quantity": "6",
    "InvoiceDate": "2010-12-01T08:26:00.000",
    "UnitPrice": "3.39",
    "CustomerID": "17850",
    "Country": "United Kingdom",
}


def line(**changed: str) -> dict[str, str]:
    """Give a good line with some cells changed."""
    return {**GOOD, **changed}


def csv_file(
    lines: Iterable[Mapping[str, str]], columns: Iterable[str] = COLUMNS, delimiter: str = ","
) -> bytes:
    """Give lines as a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()


def queue(
    uows: UnitOfWorks,
    content: bytes,
    options: Mapping[str, Any] | None = None,
    file_name: str = "orders.csv",
) -> UUID:
    """Prepare and start an import, as the page does."""
    with uows.begin(actor=CLERK, source="import") as uow:
        run = order_import.prepare(uow, content=content, file_name=file_name)
        columns = order_import.open_sheet(uow.session, run.id).columns
        mapping = order_import.guess_mapping(columns)
        order_import.start(uow, import_run_id=run.id, mapping=mapping, options=options)
    return run.id


def imported(
    uows: UnitOfWorks,
    content: bytes,
    options: Mapping[str, Any] | None = None,
    file_name: str = "orders.csv",
) -> Account:
    """Import a file from start to end and check that the account adds up."""
    account = order_import.run_to_end(uows, queue(uows, content, options, file_name))
    check(account)
    return account


def check(account: Account) -> None:
    """Hold the account to its promise: every line has exactly one outcome."""
    assert account.state == "finished", account.message
    parts = account.lines_created + account.lines_skipped + account.lines_refused
    assert parts == account.lines_read == account.lines_total
    assert sum(account.reasons.values()) == account.lines_skipped + account.lines_refused


def refused_lines(uows: UnitOfWorks, account: Account) -> list[dict[str, str]]:
    """Give the refused lines as a person finds them in the download."""
    with uows.read() as session:
        text = "".join(order_import.refused_csv(session, account.id))
    return list(csv.DictReader(io.StringIO(text)))


def repaired(lines: list[dict[str, str]]) -> bytes:
    """Give repaired lines as the file that is imported again."""
    return csv_file(lines, lines[0].keys())
