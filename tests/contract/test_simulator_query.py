"""The query language: what it takes, what it finds, what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.objects.customer import Customer
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.item import Item

from tests.contract.wire import Wire, fresh


def members(value: str, condition: str = "FamilyName =") -> str:
    """Give the part of a statement that names customers by one of their names."""
    return f"FROM Customer WHERE {condition} '{value}'"


@pytest.fixture(scope="module")
def _people(_process: Wire) -> str:
    """Five customers of a family nobody else has, the last one inactive."""
    _process.settle()
    family = fresh("Family").replace(" ", "")
    rows = [
        ("Ann", "ann@example.com", "Maple Press"),
        ("Bob", "bob@example.com", "Maple Print"),
        ("Cy's", "cy@example.com", "100% Cotton"),
        ("Dan\\", "dan@example.com", "Cedar"),
        ("Eve", "eve@example.com", "Cedar"),
    ]
    for given, address, company in rows:
        made = _process.create(
            "Customer",
            {
                "GivenName": given,
                "FamilyName": family,
                "CompanyName": company,
                "PrimaryEmailAddr": {"Address": address},
            },
        )
    _process.change("Customer", made, Active=False)
    return family


@pytest.fixture
def family(_people: str, wire: Wire) -> str:
    return _people


# what stands after "FamilyName = 'X'", whom it finds
FOUND: list[tuple[str, list[str]]] = [
    ("", ["Ann", "Bob", "Cy's", "Dan\\"]),
    ("AND Active IN (true, false)", ["Ann", "Bob", "Cy's", "Dan\\", "Eve"]),
    ("AND Active = false", ["Eve"]),
    ("AND Active = true", ["Ann", "Bob", "Cy's", "Dan\\"]),
    ("AND GivenName = 'Bob'", ["Bob"]),
    ("and GivenName = 'bob'", ["Bob"]),
    ("AND GivenName IN ('Ann', 'Bob')", ["Ann", "Bob"]),
    ("AND GivenName IN ('Ann','Nobody')", ["Ann"]),
    ("AND GivenName LIKE 'B%'", ["Bob"]),
    ("AND CompanyName LIKE 'Maple%'", ["Ann", "Bob"]),
    ("AND CompanyName LIKE '%Pr%t'", ["Bob"]),
    ("AND CompanyName like '%press'", ["Ann"]),
    ("AND GivenName > 'Ann' AND GivenName <= 'Bob'", ["Bob"]),
    ("AND GivenName >= 'Cy'", ["Cy's", "Dan\\"]),
    ("AND GivenName < 'B'", ["Ann"]),
    (r"AND GivenName = 'Cy\'s'", ["Cy's"]),
    (r"AND GivenName = 'Dan\\'", ["Dan\\"]),
    ("AND PrimaryEmailAddr = 'ann@example.com'", ["Ann"]),
    ("AND PrimaryEmailAddr LIKE '%@example.com'", ["Ann", "Bob", "Cy's", "Dan\\"]),
    ("AND Balance = 0", ["Ann", "Bob", "Cy's", "Dan\\"]),
    ("AND Balance > '0'", []),
    ("AND MiddleName = ' '", ["Ann", "Bob", "Cy's", "Dan\\"]),
    ("AND MetaData.CreateTime > '2020-01-01'", ["Ann", "Bob", "Cy's", "Dan\\"]),
    ("AND MetaData.CreateTime > '2020-01-01T00:00:00-08:00'", ["Ann", "Bob", "Cy's", "Dan\\"]),
    ("AND MetaData.LastUpdatedTime < '2020-01-01T00:00:00Z'", []),
    ("ORDERBY GivenName DESC", ["Dan\\", "Cy's", "Bob", "Ann"]),
    ("ORDER BY GivenName ASC", ["Ann", "Bob", "Cy's", "Dan\\"]),
    ("orderby GivenName", ["Ann", "Bob", "Cy's", "Dan\\"]),
    ("ORDERBY Id STARTPOSITION 2 MAXRESULTS 2", ["Bob", "Cy's"]),
    ("ORDERBY Id  STARTPOSITION  4", ["Dan\\"]),
    ("ORDERBY Id MAXRESULTS 1", ["Ann"]),
    ("STARTPOSITION 100", []),
]


@pytest.mark.parametrize(("rest", "expected"), FOUND)
def test_a_statement_finds(wire: Wire, family: str, rest: str, expected: list[str]) -> None:
    statement = f"SELECT * {members(family)} {rest}"
    found = [one["GivenName"] for one in wire.query(statement).get("Customer", [])]
    ordered = "ORDER" in rest.upper()
    assert (found if ordered else sorted(found)) == expected


# statement, code, words
REFUSED: list[tuple[str, str, str]] = [
    ("", "4000", ""),
    ("nonsense", "4000", "QueryParserError"),
    ("SELECT", "4000", "QueryParserError"),
    ("SELECT * FROM Customer WHERE", "4000", ""),
    ("SELECT * FROM Customer WHERE DisplayName", "4000", ""),
    ("SELECT * FROM Customer WHERE DisplayName = 'open", "4000", ""),
    ("SELECT * FROM Customer WHERE DisplayName = 'a' OR DisplayName = 'b'", "4000", ""),
    ("SELECT * FROM Customer WHERE DisplayName <> 'a'", "4000", ""),
    ("SELECT * FROM Customer WHERE DisplayName IN ()", "4000", ""),
    ("SELECT * FROM Customer, Vendor", "4000", ""),
    ("SELECT * FROM Customer GROUP BY Id", "4000", ""),
    ("SELECT * FROM Customer MAXRESULTS ten", "4000", ""),
    ("DELETE FROM Customer", "4000", ""),
    ("SELECT * FROM Gadget", "4001", "Gadget"),
    ("SELECT * FROM Customer WHERE Colour = 'red'", "4001", "Property Colour not found"),
    ("SELECT * FROM Customer ORDERBY Colour", "4001", "Property Colour not found"),
    ("SELECT * FROM Invoice WHERE PrivateNote = 'x'", "4001", "PrivateNote"),
    ("SELECT * FROM Invoice WHERE CustomField = 'x'", "4001", "CustomField"),
    ("SELECT * FROM Payment WHERE DocNumber = 'x'", "4001", "DocNumber"),
    (
        "SELECT * FROM Customer STARTPOSITION 0",
        "4001",
        "value 0 is too small. Min allowed value is 1",
    ),
    ("SELECT * FROM Customer MAXRESULTS 1001", "4001", "1000"),
    ("SELECT * FROM Customer MAXRESULTS 0", "4001", "0"),
    ("SELECT * FROM Customer WHERE MetaData.CreateTime > 'soon'", "4001", "soon"),
]


@pytest.mark.parametrize(("statement", "code", "words"), REFUSED)
def test_a_statement_is_refused(wire: Wire, statement: str, code: str, words: str) -> None:
    error = wire.refused("GET", "query", params={"query": statement})
    assert error["code"] == code
    assert words in error["Detail"]


def test_an_entity_may_be_written_in_any_capitals(wire: Wire) -> None:
    made = wire.customer()
    found = wire.query(f"select * from customer where Id = '{made['Id']}'")  # noqa: S608 - a test writes it
    assert [one["Id"] for one in found["Customer"]] == [made["Id"]]


def test_nothing_found_is_an_empty_object(wire: Wire) -> None:
    assert wire.query("SELECT * FROM Invoice WHERE DocNumber = 'nobody'") == {}


def test_the_counters_speak_of_this_page(wire: Wire, family: str) -> None:
    statement = f"SELECT * {members(family)}"
    found = wire.query(f"{statement} ORDERBY Id STARTPOSITION 3 MAXRESULTS 10")
    assert (found["startPosition"], found["maxResults"]) == (3, 2)


def test_a_count_is_a_number_alone(wire: Wire, family: str) -> None:
    assert wire.query(f"SELECT COUNT(*) {members(family)}") == {"totalCount": 4}
    assert wire.query(f"select count(*) {members(family)}") == {"totalCount": 4}


def test_columns_may_be_named_and_everything_comes(wire: Wire, family: str) -> None:
    for columns in ("*, Sku", "Id, GivenName"):
        statement = f"SELECT {columns} {members(family)}"
        assert "FamilyName" in wire.query(statement)["Customer"][0]


def test_a_statement_may_be_posted(wire: Wire, family: str) -> None:
    statement = f"SELECT * {members(family)}"
    headers = {"Content-Type": "application/text"}
    found = wire.fine("POST", "query", text=statement, headers=headers)["QueryResponse"]
    assert len(found["Customer"]) == 4


def test_a_hundred_rows_come_unasked_and_a_thousand_at_most(wire: Wire) -> None:
    prefix = fresh("Row")
    data = [{"DisplayName": f"{prefix} {number:04d}"} for number in range(1010)]
    entities = [{"type": "Customer", "data": one} for one in data]
    wire.control("POST", "seed", {"entities": entities})
    where = f"SELECT * {members(prefix + ' %', 'DisplayName LIKE')}"
    assert len(wire.query(where)["Customer"]) == 100
    first = wire.query(f"{where} ORDERBY DisplayName MAXRESULTS 1000")["Customer"]
    rest = wire.query(f"{where} ORDERBY DisplayName STARTPOSITION 1001 MAXRESULTS 1000")["Customer"]
    assert [one["DisplayName"] for one in (*first, *rest)] == [one["DisplayName"] for one in data]


@pytest.mark.usefixtures("_dated")
@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("TxnDate >= '2031-05-02'", 2),
        ("TxnDate = '2031-05-01'", 1),
        ("TxnDate > '2031-05-01' AND TotalAmt > '25.00'", 1),
        ("TxnDate > '2031-04-01' AND TotalAmt <= 20", 2),
        ("TxnDate > '2031-04-01' AND Balance = 30", 1),
        ("TxnDate > '2031-04-01' AND DueDate < '2031-05-02'", 1),
    ],
)
def test_transactions_are_found_by_day_and_amount(wire: Wire, where: str, found: int) -> None:
    assert len(wire.find("Invoice", f"WHERE {where}")) == found


@pytest.fixture(scope="module")
def _dated(_process: Wire) -> None:
    _process.settle()
    for day, amount in (("01", "10.00"), ("02", "20.00"), ("03", "30.00")):
        _process.invoice(amount, TxnDate=f"2031-05-{day}")


def test_invoices_are_found_by_customer(wire: Wire) -> None:
    made = wire.invoice("10.00")
    customer = made["CustomerRef"]["value"]
    assert [one["Id"] for one in wire.find("Invoice", f"WHERE CustomerRef = '{customer}'")] == [
        made["Id"]
    ]


def test_the_library_filters_counts_and_lists(qb: QuickBooks, family: str) -> None:
    assert Customer.count(f"FamilyName = '{family}'", qb=qb) == 4
    found = Customer.filter(FamilyName=family, order_by="GivenName", max_results=2, qb=qb)
    assert [one.GivenName for one in found] == ["Ann", "Bob"]
    chosen = Customer.choose(["Ann", "Bob"], field="GivenName", qb=qb)
    assert {"Ann", "Bob"} == {one.GivenName for one in chosen if one.FamilyName == family}
    where = Customer.where(
        f"FamilyName = '{family}' AND Active IN (true, false)", order_by="Id DESC", qb=qb
    )
    assert where[0].GivenName == "Eve"
    assert Customer.query(f"SELECT * {members(family)}", qb=qb)


@pytest.mark.parametrize("kind", [Customer, Invoice, Item])
def test_the_library_lists_everything_in_order(qb: QuickBooks, kind: Any, wire: Wire) -> None:
    wire.invoice()
    wire.invoice()
    listed = [int(one.Id) for one in kind.all(order_by="Id", max_results=1000, qb=qb)]
    assert listed == sorted(listed)
    assert len(listed) >= 2
