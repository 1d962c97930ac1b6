"""Commands that bring data in."""

from __future__ import annotations

from pathlib import Path

import click

from batchly_admin.cli.frame import Output, command, load_settings


@command("orders", "Import purchase orders from a CSV or XLSX file.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--walk-in-customer", metavar="NAME", help="Who gets the lines that name no customer."
)
@click.option("--free-lines", is_flag=True, help="Take lines with a price of zero.")
@click.option(
    "--refused",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where refused lines are written; beside the file when left out.",
)
def import_orders(
    data: Path | None,
    out: Output,
    *,
    file: Path,
    walk_in_customer: str | None,
    free_lines: bool,
    refused: Path | None,
) -> None:
    """Import a file and account for every line of it.

    Raises:
        InvalidInput: the file cannot be read or lacks a column.
    """
    from batchly_admin.app import build_runtime
    from batchly_admin.services import order_import
    from batchly_admin.services.unit_of_work import SYSTEM

    runtime = build_runtime(load_settings(data))
    account = order_import.import_orders_file(
        runtime.uows,
        actor=SYSTEM,
        path=file,
        walk_in_customer=walk_in_customer,
        free_lines=free_lines,
        refused_path=refused,
    )
    runtime.dispose()
    out.say(
        f"{account['lines_read']} lines read: {account['lines_created']} created, "
        f"{account['lines_skipped']} skipped, {account['lines_refused']} refused."
    )
    out.say(
        f"{account['orders_created']} orders, {account['customers_created']} customers and "
        f"{account['products_created']} products are new."
    )
    for reason, count in account["reasons"].items():
        out.say(f"  {count:>8}  {reason}")
    if account["refused_file"]:
        out.say(f"Refused lines: {account['refused_file']}")
    out.result(account)


@click.group("import")
def import_() -> None:
    """Bring data in from files."""


import_.add_command(import_orders)

COMMANDS = (import_,)
