"""What an import makes of files: orders, customers, products, and the account of the rest."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchly_admin.domain import money
from batchly_admin.errors import Conflict, InvalidInput, NotFound
from batchly_admin.ids import new_id
from batchly_admin.models.catalogue import Product, TaxCode, TaxRate
from batchly_admin.models.changes import ImportRun
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PoLineItem, PurchaseOrder
from batchly_admin.models.sync import SyncQueueRow
from batchly_admin.services import order_import
from batchly_admin.services.unit_of_work import UnitOfWorks
from tests.order_files import (
    CLERK,
    COLUMNS,
    EXTRACT,
    check,
    csv_file,
    imported,
    line,
    queue,
    refused_lines,
    repaired,
)


def count(uows: UnitOfWorks, model: Any) -> int:
    with uows.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def order(uows: UnitOfWorks, number: str = "500001") -> PurchaseOrder:
    with uows.read() as session:
        found = session.scalars(
            sa.select(PurchaseOrder).where(PurchaseOrder.po_number == number)
        ).one()
        assert found.lines is not None
        assert found.customer is not None
        return found


def add(uows: UnitOfWorks, *records: Any) -> None:
    with uows.begin(actor=CLERK, source="form") as uow:
        uow.session.add_all(records)


def only_reason(uows: UnitOfWorks, *lines: dict[str, str]) -> str:
    """Give the one reason the last line was left out for."""
    account = imported(uows, csv_file(lines))
    assert account.lines_created == len(lines) - 1
    (reason,) = account.reasons
    return reason


def test_a_line_becomes_a_pending_order_with_its_customer_and_product(uows: UnitOfWorks) -> None:
    account = imported(uows, csv_file([line(), line(StockCode="84029E", UnitPrice="1.255")]))
    assert (account.orders_created, account.customers_created, account.products_created) == (
        1,
        1,
        2,
    )
    made = order(uows)
    assert (made.status, made.source, made.import_run_id) == ("pending", "import", account.id)
    assert made.po_date.isoformat() == "2010-12-01"
    assert made.billing_address == {"country": "United Kingdom"}
    assert made.customer.display_name == made.customer_name == "Customer 17850"
    assert made.customer.account_number == "17850"
    assert [entry.line_total for entry in made.lines] == [Decimal("20.34"), Decimal("7.53")]
    assert made.subtotal == made.total_amount == Decimal("27.87")
    assert made.warning is None
    assert count(uows, SyncQueueRow) == 0


def test_the_same_sku_twice_stays_two_lines_in_the_order_of_the_file(uows: UnitOfWorks) -> None:
    lines = [line(Quantity="1"), line(StockCode="22"), line(Quantity="1"), line(Quantity="2")]
    assert imported(uows, csv_file(lines)).lines_created == 4
    assert [(entry.sku, int(entry.quantity)) for entry in order(uows).lines] == [
        ("71053", 1), ("22", 6), ("71053", 1), ("71053", 2),
    ]  # fmt: skip


def test_lines_of_an_order_that_stand_apart_in_the_file_come_together(uows: UnitOfWorks) -> None:
    lines = [line(), line(InvoiceNo="500002"), line(StockCode="22")]
    account = imported(uows, csv_file(lines))
    assert account.orders_created == 2
    assert len(order(uows).lines) == 2


@pytest.mark.parametrize(("changed", "reason"), [
    ({"InvoiceNo": "C500009"}, "cancelled_order"),
    ({"CustomerID": ""}, "missing_customer"),
    ({"UnitPrice": "0"}, "zero_price"),
    ({"UnitPrice": "-1"}, "negative_price"),
    ({"UnitPrice": "free"}, "bad_price"),
    ({"Quantity": "-6"}, "negative_quantity"),
    ({"Quantity": "0"}, "zero_quantity"),
    ({"Quantity": "0.00001"}, "bad_quantity"),
    ({"InvoiceDate": "yesterday"}, "bad_date"),
    ({"InvoiceNo": ""}, "missing_order_number"),
    ({"StockCode": ""}, "missing_sku"),
    ({"CustomerID": "13047"}, "customer_differs"),
    ({"Country": "France"}, "customer_differs"),
    ({"Quantity": "9999999", "UnitPrice": "999"}, "amount_too_large"),
])  # fmt: skip
def test_each_rule_leaves_a_line_out_for_its_reason(
    uows: UnitOfWorks, changed: dict[str, str], reason: str
) -> None:
    assert only_reason(uows, line(), line(**changed)) == reason


def test_an_order_made_by_hand_is_left_alone(uows: UnitOfWorks) -> None:
    customer = Customer(id=new_id(), display_name="Acme")
    made = PurchaseOrder(
        po_number="500001", customer_id=customer.id, customer_name="Acme", po_date=uows.clock.now()
    )
    add(uows, customer, made)
    assert only_reason(uows, line()) == "order_number_taken"
    assert order(uows).lines == []


def test_new_lines_join_a_pending_order_and_not_an_approved_one(uows: UnitOfWorks) -> None:
    imported(uows, csv_file([line()]))
    account = imported(uows, csv_file([line(), line(StockCode="22")]))
    assert (account.lines_created, account.orders_created) == (1, 0)
    assert order(uows).total_amount == Decimal("40.68")
    with uows.begin(actor=CLERK, source="form") as uow:
        uow.session.scalars(sa.select(PurchaseOrder)).one().status = "approved"
    later = imported(uows, csv_file([line(), line(StockCode="23")]))
    assert later.reasons == {"already_imported": 1, "order_closed": 1}


def test_customers_are_found_by_account_number_then_by_name_without_capitals(
    uows: UnitOfWorks,
) -> None:
    add(
        uows,
        Customer(display_name="Corner Shop", account_number="17850"),
        Customer(display_name="Acme Ltd"),
    )
    lines = [
        line(),
        line(InvoiceNo="2", CustomerID="acme ltd"),
        line(InvoiceNo="3", CustomerID="New Co"),
    ]
    account = imported(uows, csv_file(lines))
    assert account.customers_created == 1
    assert order(uows).customer_name == "Corner Shop"
    assert order(uows, "2").customer_name == "Acme Ltd"
    assert order(uows, "3").customer.account_number is None


def test_two_customers_that_differ_in_capitals_only_are_not_guessed_between(
    uows: UnitOfWorks,
) -> None:
    add(uows, Customer(display_name="Acme Ltd"), Customer(display_name="ACME Ltd"))
    lines = [line(CustomerID="ACME Ltd"), line(InvoiceNo="2", CustomerID="acme ltd")]
    assert only_reason(uows, *lines) == "ambiguous_customer"
    assert order(uows).customer_name == "ACME Ltd"


def test_two_products_that_differ_in_capitals_only_are_not_guessed_between(
    uows: UnitOfWorks,
) -> None:
    add(uows, Product(name="One", sku="85123A"), Product(name="Two", sku="85123a"))
    lines = [line(StockCode="85123a"), line(InvoiceNo="2", StockCode="85123" + "A".lower())]
    assert imported(uows, csv_file(lines)).products_created == 0
    add(uows, Product(name="Three", sku="abX1"), Product(name="Four", sku="abx1"))
    assert only_reason(uows, line(InvoiceNo="3"), line(InvoiceNo="3", StockCode="ABX1")) == (
        "ambiguous_sku"
    )


def test_one_sku_in_two_spellings_is_one_product_and_each_line_keeps_its_words(
    uows: UnitOfWorks,
) -> None:
    lines = [
        line(StockCode="85123A", Description="HEART HOLDER"),
        line(StockCode="85123a", Description="CREAM HEART"),
        line(StockCode="85123a", Description=""),
    ]
    assert imported(uows, csv_file(lines)).products_created == 1
    made = order(uows).lines
    assert [entry.description for entry in made] == ["HEART HOLDER", "CREAM HEART", "HEART HOLDER"]
    assert {entry.item_name for entry in made} == {"HEART HOLDER"}
    assert [entry.sku for entry in made] == ["85123A", "85123a", "85123a"]


def test_two_skus_of_one_description_become_two_products(uows: UnitOfWorks) -> None:
    imported(uows, csv_file([line(), line(StockCode="22")]))
    with uows.read() as session:
        names = set(session.scalars(sa.select(Product.name)))
    assert names == {"WHITE METAL LANTERN", "WHITE METAL LANTERN (22)"}


def test_the_customers_tax_code_taxes_the_order_and_undo_takes_the_tax_back(
    uows: UnitOfWorks,
) -> None:
    rate = TaxRate(name="State", rate_value=Decimal("0.08875"), qb_tax_rate_id="7")
    code = TaxCode(
        id=new_id(), name="NY", rates=["7"], combined_rate=Decimal("0.08875"), qb_tax_code_id="9"
    )
    taxed = Customer(display_name="A", account_number="17850", default_tax_code_id=code.id)
    exempt = Customer(
        display_name="B", account_number="2", default_tax_code_id=code.id, tax_exempt=True
    )
    add(uows, rate, code)
    add(uows, taxed, exempt)
    imported(uows, csv_file([line(), line(InvoiceNo="2", CustomerID="2")]))
    assert (order(uows).tax_amount, order(uows).total_amount) == (Decimal("1.81"), Decimal("22.15"))
    assert order(uows, "2").total_amount == Decimal("20.34")
    more = imported(uows, csv_file([line(StockCode="22")]))
    assert order(uows).total_amount == Decimal("44.30")
    order_import.undo(uows, more.id, actor=CLERK)
    assert order(uows).total_amount == Decimal("22.15")


def test_fee_codes_become_services_at_the_price_of_the_file(uows: UnitOfWorks) -> None:
    imported(
        uows, csv_file([line(StockCode="POST", Description="POSTAGE", UnitPrice="18"), line()])
    )
    with uows.read() as session:
        kinds = {product.sku: product.qb_type for product in session.scalars(sa.select(Product))}
    assert kinds == {"POST": "Service", "71053": "NonInventory"}


def test_lines_without_a_customer_go_to_the_walk_in_customer(uows: UnitOfWorks) -> None:
    lines = [line(CustomerID=""), line(CustomerID="", StockCode="22"), line(InvoiceNo="2")]
    account = imported(uows, csv_file(lines), {"walk_in_customer": "Counter 1"})
    assert (account.lines_created, account.customers_created) == (3, 2)
    assert order(uows).customer.display_name == "Counter 1"
    again = imported(uows, csv_file(lines), {"walk_in_customer": "Somebody else"})
    assert again.reasons == {"already_imported": 3}


def test_free_lines_are_created_when_they_are_allowed(uows: UnitOfWorks) -> None:
    imported(uows, csv_file([line(UnitPrice="0")]), {"free_lines": True})
    assert order(uows).total_amount == 0


def test_formulas_are_stored_as_text_and_never_written_as_formulas(uows: UnitOfWorks) -> None:
    nasty = "=HYPERLINK(1)"
    account = imported(
        uows, csv_file([line(Description=nasty), line(Description=nasty, Quantity="0")])
    )
    assert order(uows).lines[0].description == nasty
    (refused,) = refused_lines(uows, account)
    assert refused["Description"] == "'" + nasty
    refused["Quantity"] = "7"
    imported(uows, repaired([refused]))
    assert [entry.description for entry in order(uows).lines] == [nasty, nasty]


def test_refused_lines_are_repaired_and_imported_exactly_once(uows: UnitOfWorks) -> None:
    content = csv_file([line(), line(UnitPrice="0"), line(StockCode="22", Quantity="-1")])
    account = imported(uows, content)
    assert order(uows).warning == "2 of 3 lines were refused at import (lines 3, 4)"
    refused = refused_lines(uows, account)
    assert [entry["Batchly line"] for entry in refused] == ["3", "4"]
    refused[0]["UnitPrice"] = "3.39"
    first = imported(uows, repaired(refused))
    assert (first.lines_created, first.lines_refused) == (1, 1)
    assert order(uows).warning == "1 of 3 lines was refused at import (line 4)"
    (left,) = refused_lines(uows, first)
    assert left["Batchly line"] == "4"
    left["Quantity"] = "1"
    second = imported(uows, repaired([refused[0], left]))
    assert (second.lines_created, second.lines_skipped) == (1, 1)
    made = order(uows)
    assert made.warning is None
    assert made.subtotal == money.total(entry.line_total for entry in made.lines)
    assert len(made.lines) == 3
    # The first file knows its repaired lines, even with an option that would let them in.
    again = imported(uows, content, {"free_lines": True})
    assert again.reasons == {"already_imported": 3}


def test_a_whole_new_edition_of_an_order_clears_its_warning(uows: UnitOfWorks) -> None:
    imported(uows, csv_file([line(), line(StockCode="22", UnitPrice="0")]))
    imported(uows, csv_file([line(InvoiceNo="2"), line(StockCode="23")]))
    assert order(uows).warning == "1 of 3 lines was refused at import (line 3)"
    lines = [line(), line(StockCode="22"), line(StockCode="23")]
    assert imported(uows, csv_file(lines)).lines_created == 1
    assert order(uows).warning is None


def test_real_orders_imported_twice_create_nothing_twice(uows: UnitOfWorks) -> None:
    content = EXTRACT.read_bytes()
    account = imported(uows, content)
    assert account.lines_read == 1500
    assert set(account.reasons) == {"cancelled_order", "missing_customer"}
    assert account.orders_created == count(uows, PurchaseOrder)
    assert account.lines_created == count(uows, PoLineItem)
    again = imported(uows, content)
    assert again.lines_created == again.orders_created == again.customers_created == 0
    assert again.reasons["already_imported"] == account.lines_created
    assert count(uows, PoLineItem) == account.lines_created


def test_real_orders_with_a_walk_in_customer_name_the_other_reasons(uows: UnitOfWorks) -> None:
    account = imported(uows, EXTRACT.read_bytes(), {"walk_in_customer": "Walk-in"})
    assert set(account.reasons) == {"cancelled_order", "zero_price"}
    with uows.read() as session:
        for made in session.scalars(sa.select(PurchaseOrder)):
            assert made.total_amount == money.total(entry.line_total for entry in made.lines)
    rest = imported(uows, EXTRACT.read_bytes(), {"walk_in_customer": "X", "free_lines": True})
    assert rest.reasons["already_imported"] == account.lines_created


def test_every_line_is_in_the_list_of_outcomes(uows: UnitOfWorks) -> None:
    account = imported(uows, csv_file([line(), line(UnitPrice="0"), line(InvoiceNo="C1")]))
    with uows.read() as session:
        text = "".join(order_import.all_outcomes_csv(session, account.id))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Batchly line"], row["Batchly outcome"]) for row in rows] == [
        ("2", "created"), ("3", "refused"), ("4", "skipped"),
    ]  # fmt: skip


def test_the_preview_says_what_would_happen_and_writes_nothing(uows: UnitOfWorks) -> None:
    content = csv_file([line(), line(UnitPrice="0"), line(InvoiceNo="2")])
    imported(uows, csv_file([line(InvoiceNo="2")]))
    with uows.begin(actor=CLERK, source="import") as uow:
        run_id = order_import.prepare(uow, content=content, file_name="a.csv").id
    before = count(uows, PoLineItem)
    with uows.read() as session:
        seen = order_import.preview(session, run_id, order_import.guess_mapping(COLUMNS), limit=2)
    assert [(row.number, row.outcome) for row in seen.rows] == [(2, "created"), (3, "refused")]
    assert seen.outcomes == {"created": 1, "refused": 1, "skipped": 1}
    assert (seen.orders, seen.customers, seen.lines_counted) == (1, 0, 3)
    assert count(uows, PoLineItem) == before


def test_dates_that_could_be_either_are_asked_about_before_the_import(uows: UnitOfWorks) -> None:
    content = csv_file([line(InvoiceDate="05/06/2011 8:26")])
    with pytest.raises(InvalidInput, match="05/06/2011") as caught:
        queue(uows, content)
    assert caught.value.field == "date_order"
    imported(uows, content, {"date_order": "mdy"})
    assert order(uows).po_date.isoformat() == "2011-05-06"


def test_a_missing_column_is_refused_before_the_import(uows: UnitOfWorks) -> None:
    with pytest.raises(InvalidInput, match=r"no column for the SKU\. Columns found: InvoiceNo"):
        queue(uows, csv_file([{"InvoiceNo": "1"}], ["InvoiceNo", "Quantity"]))


def test_a_second_click_starts_nothing_twice(uows: UnitOfWorks, rung: list[str]) -> None:
    run_id = queue(uows, csv_file([line()]))
    mapping = order_import.guess_mapping(COLUMNS)
    with uows.begin(actor=CLERK, source="import") as uow:
        assert order_import.start(uow, import_run_id=run_id, mapping=mapping).state == "queued"
    assert rung == ["runs"]
    check(order_import.run_to_end(uows, run_id))
    with uows.begin(actor=CLERK, source="import") as uow, pytest.raises(Conflict):
        order_import.start(uow, import_run_id=run_id, mapping=mapping)


def test_an_import_that_does_not_exist_is_not_found(uows: UnitOfWorks) -> None:
    with uows.read() as session, pytest.raises(NotFound):
        order_import.result(session, new_id())
    with pytest.raises(NotFound):
        order_import.work_slice(uows, new_id(), seconds=1)


def test_the_command_gives_its_account_and_writes_the_refused_lines(
    uows: UnitOfWorks, tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(csv_file([line(), line(UnitPrice="0"), line(InvoiceNo="C1")]))
    seen: list[tuple[int, int]] = []
    answer = order_import.import_orders_file(
        uows, actor=CLERK, path=path, on_progress=lambda done, total: seen.append((done, total))
    )
    assert answer == {
        "lines_read": 3, "lines_created": 1, "lines_skipped": 1, "lines_refused": 1,
        "orders_created": 1, "customers_created": 1, "products_created": 1,
        "reasons": {"cancelled_order": 1, "zero_price": 1},
        "refused_file": str(tmp_path / "orders-refused.csv"),
    }  # fmt: skip
    assert seen[-1] == (3, 3)
    answer = order_import.import_orders_file(uows, actor=CLERK, path=path, free_lines=True)
    assert (answer["lines_created"], answer["refused_file"]) == (1, None)
    with pytest.raises(InvalidInput, match="cannot be read"):
        order_import.import_orders_file(uows, actor=CLERK, path=tmp_path / "none.csv")


CELLS = {
    "InvoiceNo": st.sampled_from(["1", "2", "3", "C1", "", "=1+1"]),
    "StockCode": st.sampled_from(["A1", "a1", "B2", "POST", "", "ß1", "SS1"]),
    "Description": st.sampled_from(["", "Lamp", "LAMP", 'A "B": C', "x" * 120, "\u200b"]),
    "Quantity": st.sampled_from(["1", "2.0", "0", "-1", "", "1e9", "9999999"]),
    "InvoiceDate": st.sampled_from(["2011-01-02", "2011-01-03", "", "31.12.2010", "soon"]),
    "UnitPrice": st.sampled_from(["1", "1.00", "0", "-1", "0.00004", "9999999", ""]),
    "CustomerID": st.sampled_from(["17850", "17850.0", "Acme", "ACME", "", "a:b"]),
    "Country": st.sampled_from(["UK", "uk", "France", ""]),
}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lines=st.lists(st.fixed_dictionaries(CELLS), max_size=25), walk_in=st.booleans())
def test_whatever_the_file_every_line_has_one_outcome_and_none_comes_twice(
    uows: UnitOfWorks, lines: list[dict[str, str]], *, walk_in: bool
) -> None:
    options = {"walk_in_customer": "Walk-in"} if walk_in else {}
    first = imported(uows, csv_file(lines), options)
    assert len(refused_lines(uows, first)) == first.lines_refused
    again = imported(uows, csv_file(lines), options)
    assert again.lines_created == again.orders_created == again.products_created == 0
    assert again.lines_refused == first.lines_refused
    order_import.undo(uows, first.id, actor=CLERK)
    with uows.read() as session:
        left = session.scalar(
            sa.select(sa.func.count()).where(PurchaseOrder.import_run_id == first.id)
        )
        run = session.get_one(ImportRun, first.id)
    assert (left, run.state) == (0, "undone")
