"""Documents as PDF files: whole files by the book, with all that a document says."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.contract.wire import Wire, fresh, line, priced


class Reader:
    """Reads a PDF file strictly: objects by the places its table gives, every length checked."""

    def __init__(self, content: bytes) -> None:
        assert content.startswith(b"%PDF-1."), content[:20]
        assert content.endswith(b"%%EOF\n")
        start = int(re.findall(rb"startxref\n(\d+)\n", content)[-1])
        table = re.match(rb"xref\n0 (\d+)\n", content[start:])
        assert table is not None
        count = int(table[1])
        rows = content[start + table.end() :][: 20 * count]
        assert rows[:20] == b"0000000000 65535 f \n"
        self.objects: dict[int, bytes] = {}
        for number in range(1, count):
            row = rows[20 * number : 20 * number + 20]
            assert re.fullmatch(rb"\d{10} 00000 n \n", row), row
            place = int(row[:10])
            head = b"%d 0 obj\n" % number
            assert content[place:].startswith(head), number
            self.objects[number] = content[place + len(head) : content.index(b"\nendobj", place)]
        trailer = content[start + table.end() + 20 * count :]
        assert b"/Size %d" % count in trailer
        self.root = self._at(trailer, b"Root")

    def _at(self, dictionary: bytes, name: bytes) -> bytes:
        found = re.search(rb"/%b (\d+) 0 R" % name, dictionary)
        assert found is not None, name
        return self.objects[int(found[1])]

    def pages(self) -> list[list[str]]:
        """Give the texts of each page, in the order they are written."""
        tree = self._at(self.root, b"Pages")
        kids = re.findall(rb"(\d+) 0 R", re.findall(rb"/Kids \[(.*?)\]", tree)[0])
        assert b"/Count %d" % len(kids) in tree
        return [self._texts(self._at(self.objects[int(kid)], b"Contents")) for kid in kids]

    def _texts(self, stream: bytes) -> list[str]:
        head = re.match(rb"<< /Length (\d+) >>\nstream\n", stream)
        assert head is not None
        content = stream[head.end() :]
        assert content.endswith(b"\nendstream")
        assert len(content) == int(head[1]) + len(b"\nendstream")
        texts = re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", content)
        return [re.sub(rb"\\(.)", rb"\1", text).decode("cp1252") for text in texts]


def pages(wire: Wire, kind: str, record: dict[str, Any]) -> list[list[str]]:
    answer = wire.call(
        "GET", f"{kind.lower()}/{record['Id']}/pdf", headers={"Accept": "application/pdf"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    return Reader(answer.content).pages()


def texts(wire: Wire, kind: str, record: dict[str, Any]) -> list[str]:
    return [text for page in pages(wire, kind, record) for text in page]


def beside(found: list[str], heading: str) -> str:
    """Give what stands at the right of a heading."""
    return found[found.index(heading) + 1]


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code"),
    [("customer/1/pdf", "2000"), ("x/1/pdf", "2000"), ("invoice/999999/pdf", "610")],
)
def test_what_is_no_document_has_no_pdf(wire: Wire, path: str, code: str) -> None:
    assert wire.refused("GET", path)["code"] == code


# --- what a document says ----------------------------------------------------------------------


def test_an_invoice_says_who_when_what_and_how_much(wire: Wire) -> None:
    item = wire.item()
    customer = wire.customer(
        DisplayName=fresh("Buyer (West) \\ Co"),
        BillAddr={
            "Line1": "7 High Street",
            "City": "Troy",
            "CountrySubDivisionCode": "NY",
            "PostalCode": "12180",
        },
    )
    lines = [priced("3", "12.345", "37.04", item["Id"]), priced("1000", "1", "1000", item["Id"])]
    lines[0]["Description"] = "Two colors, front and back"
    memo = {"value": "Thank you!"}
    made = wire.invoice(
        DocNumber=fresh("INV"),
        CustomerRef={"value": customer["Id"]},
        Line=lines,
        TxnDate="2026-03-04",
        CustomerMemo=memo,
    )
    wire.payment(made, "100.00")
    found = texts(wire, "Invoice", made)
    company = wire.fine("GET", "companyinfo/1")["CompanyInfo"]
    assert {"INVOICE", company["CompanyName"], "Thank you!"} <= set(found)
    assert {"12 Mill Road", "Albany, NY 12207"} <= set(found), "the letterhead"
    assert {customer["DisplayName"], "7 High Street", "Troy, NY 12180"} <= set(found)
    assert beside(found, "Number") == made["DocNumber"]
    assert beside(found, "Date") == "03/04/2026"
    due = date.fromisoformat(made["DueDate"])
    assert beside(found, "Due date") == f"{due:%m/%d/%Y}"
    row = found.index("Two colors, front and back")
    assert found[row - 1] == item["Name"]
    assert found[row + 1 : row + 4] == ["3", "12.345", "37.04"]
    assert {"1,000", "1.00", "1,000.00"} <= set(found)
    assert beside(found, "Subtotal") == beside(found, "Total") == "1,037.04"
    assert beside(found, "Payments") == "-100.00"
    assert beside(found, "Balance due") == "937.04"
    assert "Page 1 of 1" in found


def test_discount_and_taxes_stand_below_the_lines(wire: Wire) -> None:
    code = wire.tax_code("6.5", "2")
    item_id = wire.item()["Id"]
    lines = [
        priced("1", "100", "100", item_id, tax="TAX"),
        {
            "Amount": 10,
            "DetailType": "DiscountLineDetail",
            "DiscountLineDetail": {"PercentBased": False},
        },
    ]
    made = wire.invoice(Line=lines, TxnTaxDetail={"TxnTaxCodeRef": {"value": code}})
    found = texts(wire, "Invoice", made)
    assert beside(found, "Subtotal") == "100.00"
    assert beside(found, "Discount") == "-10.00"
    names = {one["Id"]: one["Name"] for one in wire.find("TaxRate")}
    for tax in made["TxnTaxDetail"]["TaxLine"]:
        detail = tax["TaxLineDetail"]
        heading = f"{names[detail['TaxRateRef']['value']]} {detail['TaxPercent']}%"
        assert beside(found, heading) == f"{tax['Amount']:.2f}"
    assert beside(found, "Total") == f"{made['TotalAmt']:.2f}"


def test_a_tax_a_client_set_is_shown_as_what_it_is(wire: Wire) -> None:
    item_id = wire.item()["Id"]
    lines = [priced("1", "100", "100", item_id)]
    made = wire.invoice(Line=lines, TxnTaxDetail={"TotalTax": Decimal("1.23")})
    found = texts(wire, "Invoice", made)
    assert made["TotalAmt"] == Decimal("101.23")
    assert (beside(found, "Tax"), beside(found, "Total")) == ("1.23", "101.23")


@pytest.mark.parametrize("kind", ["Estimate", "SalesReceipt", "CreditMemo", "RefundReceipt"])
def test_every_kind_of_sale_has_its_name_on_it(wire: Wire, kind: str) -> None:
    body = {
        "CustomerRef": {"value": wire.customer()["Id"]},
        "Line": [line("12.50", wire.item()["Id"])],
        "DepositToAccountRef": wire.account("UndepositedFunds"),
    }
    found = texts(wire, kind, wire.create(kind, body))
    assert re.sub("(?<=[a-z])(?=[A-Z])", " ", kind).upper() in found
    assert beside(found, "Total") == "12.50"


def test_a_purchase_order_names_the_vendor(wire: Wire) -> None:
    vendor = wire.create("Vendor", {"DisplayName": fresh("Mill")})
    detail = {"ItemRef": {"value": wire.item()["Id"]}, "Qty": 4, "UnitPrice": 5}
    lines = [
        {
            "Amount": 20,
            "DetailType": "ItemBasedExpenseLineDetail",
            "ItemBasedExpenseLineDetail": detail,
        }
    ]
    body = {"VendorRef": {"value": vendor["Id"]}, "Line": lines, "Memo": "By Friday"}
    found = texts(wire, "PurchaseOrder", wire.create("PurchaseOrder", body))
    assert {"PURCHASE ORDER", vendor["DisplayName"], "By Friday"} <= set(found)
    assert beside(found, "Status") == "Open"
    assert beside(found, "Total") == "20.00"


def test_a_receipt_says_what_was_paid(wire: Wire) -> None:
    invoice = wire.invoice("80.00", DocNumber=fresh("INV"))
    made = wire.payment(invoice, "50.00", total="60.00")
    found = texts(wire, "Payment", made)
    assert "PAYMENT RECEIPT" in found
    row = found.index(f"Invoice {invoice['DocNumber']}")
    assert found[row + 2 : row + 5] == ["80.00", "30.00", "50.00"]
    assert beside(found, "Amount received") == "60.00"
    assert beside(found, "Not applied") == "10.00"


# --- how it is written -------------------------------------------------------------------------


def test_many_lines_take_several_pages(wire: Wire) -> None:
    item_id = wire.item()["Id"]
    lines = [line("1.00", item_id) for _ in range(120)]
    for place, one in enumerate(lines):
        one["Description"] = f"Line {place} " + "of very many words " * 6
    found = pages(wire, "Invoice", wire.invoice(Line=lines))
    assert len(found) > 3
    written = [text for page in found for text in page if text.startswith("Line ")]
    assert [text.split()[1] for text in written] == [str(place) for place in range(120)]
    for number, page in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in page
    assert all("Description" in page for page in found[:-1]), "every page repeats the titles"
    assert beside(found[-1], "Total") == "120.00"


def test_one_description_can_be_longer_than_a_page(wire: Wire) -> None:
    lines = [line("1.00", wire.item()["Id"])]
    lines[0]["Description"] = "word " * 790 + "END" + "x" * 40
    found = texts(wire, "Invoice", wire.invoice(Line=lines))
    assert sum(text.count("word") for text in found) == 790
    assert "".join(found).count("x" * 20) >= 1, "a word that is too long is broken"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Größe 5 naïve “quotes” €9", "Größe 5 naïve “quotes” €9"),
        ("T-Shirt 東京 ✂ Łódź", "T-Shirt ?? ? ?ód?"),
        ("back\\slash (round) )(", "back\\slash (round) )("),
        ("tab\tand\u0007bell", "tab and bell"),
    ],
)
def test_text_is_shown_or_marked_as_what_cannot_be(wire: Wire, text: str, shown: str) -> None:
    lines = [line("1.00", wire.item()["Id"])]
    lines[0]["Description"] = text
    assert shown in texts(wire, "Invoice", wire.invoice(Line=lines))


def test_a_foreign_company_writes_the_day_first(wire: Wire) -> None:
    company = wire.fine("GET", "companyinfo/1")["CompanyInfo"]
    made = wire.create("Estimate", {**wire.invoice_body("5.00"), "TxnDate": "2026-03-04"})
    moved = wire.change("CompanyInfo", company, Country="GB")
    try:
        assert beside(texts(wire, "Estimate", made), "Date") == "04/03/2026"
    finally:
        wire.change("CompanyInfo", moved, Country=company["Country"])


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="there is no pdftotext here")
def test_another_program_reads_the_same(wire: Wire, tmp_path: Path) -> None:
    made = wire.invoice("1234.50")
    path = tmp_path / "invoice.pdf"
    path.write_bytes(wire.call("GET", f"invoice/{made['Id']}/pdf").content)
    command = ["pdftotext", "-layout", str(path), "-"]
    read = subprocess.run(command, capture_output=True, text=True, check=True)
    assert read.stderr == ""
    assert "1,234.50" in read.stdout
