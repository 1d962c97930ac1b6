"""Clients that speak XML: what they send is understood, and what they get is the form recorded."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
import requests

from tests.contract.wire import Wire, fresh

SPACE = "http://schema.intuit.com/finance/v3"
XML = f"{{{SPACE}}}"
ASKS = {"Accept": "application/xml", "Content-Type": "application/xml"}
LAUGHS = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<Customer><DisplayName>&b;</DisplayName></Customer>"""
FROM_A_FILE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<Customer><DisplayName>&a;</DisplayName></Customer>"""
DEEP = "<Customer>" + "<A>" * 2000 + "</A>" * 2000 + "</Customer>"


def record(kind: str, inside: str, **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        f'<?xml version="1.0" encoding="utf-8"?><{kind} xmlns="{SPACE}"{written}>{inside}</{kind}>'
    )


def send(wire: Wire, path: str, text: str | bytes, **params: str) -> requests.Response:
    return wire.call("POST", path, text=text, headers=ASKS, params=params)


def tree(answer: requests.Response) -> ET.Element:
    assert answer.headers["Content-Type"].startswith("application/xml"), answer.text
    root = ET.fromstring(answer.text)  # noqa: S314 - the simulator's own answer
    assert root.tag == f"{XML}IntuitResponse"
    assert root.attrib["time"][-6] in "+-", "a moment with its offset"
    return root


def made(wire: Wire, kind: str, inside: str, **params: str) -> ET.Element:
    answer = send(wire, kind.lower(), record(kind, inside), **params)
    assert answer.status_code == 200, answer.text
    return the(tree(answer), kind)


def the(element: ET.Element, path: str) -> ET.Element:
    found = element.find("/".join(XML + part for part in path.split("/")))
    assert found is not None, (path, ET.tostring(element))
    return found


def text(element: ET.Element, path: str) -> str:
    return the(element, path).text or ""


def refused(answer: requests.Response) -> tuple[str, str]:
    """Give type and code of a fault."""
    fault = the(tree(answer), "Fault")
    error = the(fault, "Error")
    assert text(error, "Message")
    assert text(error, "Detail")
    return fault.attrib["type"], error.attrib["code"]


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<Customer>", "2010"),
        ("{}", "2010"),
        ("<Invoice/>", "2010"),
        ("<Customer/>", "2020"),
        (LAUGHS, "2010"),
        (FROM_A_FILE, "2010"),
        pytest.param(DEEP, "2010", id="deep"),
        (b"<Customer><DisplayName>\xff</DisplayName></Customer>", "500"),
        ("<Customer><DisplayName><A/></DisplayName></Customer>", "2010"),
        ("<Customer><BillAddr>x</BillAddr></Customer>", "2020"),
        ("<Customer><DisplayName>a</DisplayName><DisplayName>b</DisplayName></Customer>", "2010"),
        ("<Customer><DisplayName>a</DisplayName><Taxable>perhaps</Taxable></Customer>", "2120"),
    ],
)
def test_what_cannot_be_read_is_refused(wire: Wire, body: str | bytes, code: str) -> None:
    answer = send(wire, "customer", body)
    assert answer.status_code == 400
    assert refused(answer) == ("ValidationFault", code)


@pytest.mark.parametrize("path", ["taxservice/taxcode", "upload"])
def test_some_addresses_do_not_take_xml(wire: Wire, path: str) -> None:
    headers = {"Content-Type": "application/xml"}
    assert wire.refused("POST", path, text="<x/>", headers=headers)["code"] == "1050"


def test_a_batch_in_xml_has_its_own_element(wire: Wire) -> None:
    assert refused(send(wire, "batch", "<Customer/>")) == ("ValidationFault", "2010")


def test_a_fault_names_its_element_where_it_has_one(wire: Wire) -> None:
    error = the(tree(send(wire, "customer", "<Customer/>")), "Fault/Error")
    assert "element" not in error.attrib or error.attrib["element"]
    long = record("Customer", f"<DisplayName>{'x' * 501}</DisplayName>")
    error = the(tree(send(wire, "customer", long)), "Fault/Error")
    assert error.attrib == {"code": "2050", "element": "DisplayName"}


def test_the_gateways_refusals_have_the_form_of_all_others(wire: Wire) -> None:
    answer = wire.call("GET", "companyinfo/1", token="nothing", headers=ASKS)
    assert answer.status_code == 401
    assert refused(answer) == ("AUTHENTICATION", "3200")


# --- records -----------------------------------------------------------------------------------


def test_a_record_comes_back_with_references_and_attributes(wire: Wire) -> None:
    item, customer = wire.item(), wire.customer(DisplayName=fresh("Müller & <Sons>"))
    lines = "".join(
        f"<Line><Description>{word} &amp; more</Description><Amount>{amount}</Amount>"
        "<DetailType>SalesItemLineDetail</DetailType><SalesItemLineDetail>"
        f'<ItemRef name="whatever">{item["Id"]}</ItemRef><UnitPrice>{amount}</UnitPrice>'
        "<Qty>1</Qty><TaxCodeRef>NON</TaxCodeRef></SalesItemLineDetail></Line>"
        for word, amount in (("one", "10.25"), ("two", "20"))
    )
    invoice = made(
        wire,
        "Invoice",
        f"<TxnDate>2026-03-04</TxnDate>{lines}<CustomerRef>{customer['Id']}</CustomerRef>"
        "<CustomerMemo>Thanks</CustomerMemo><BillEmail><Address>a@b.example</Address></BillEmail>",
    )
    assert (invoice.attrib["domain"], invoice.attrib["sparse"]) == ("QBO", "false")
    reference = the(invoice, "CustomerRef")
    assert (reference.text, reference.attrib) == (
        customer["Id"],
        {"name": customer["DisplayName"]},
    )
    assert text(invoice, "CustomerMemo") == "Thanks"
    assert text(invoice, "BillEmail/Address") == "a@b.example"
    assert Decimal(text(invoice, "TotalAmt")) == Decimal("30.25")
    kinds = [text(one, "DetailType") for one in invoice.findall(f"{XML}Line")]
    assert kinds == ["SalesItemLineDetail", "SalesItemLineDetail", "SubTotalLineDetail"]
    kept = wire.read("Invoice", text(invoice, "Id"))
    assert [one.get("Description") for one in kept["Line"]] == ["one & more", "two & more", None]
    assert kept["TxnDate"] == "2026-03-04"
    assert kept["CustomerMemo"] == {"value": "Thanks"}


def test_one_line_is_still_a_list(wire: Wire) -> None:
    item_id = wire.item()["Id"]
    line = (
        "<Line><Amount>5</Amount><DetailType>SalesItemLineDetail</DetailType>"
        f"<SalesItemLineDetail><ItemRef>{item_id}</ItemRef></SalesItemLineDetail></Line>"
    )
    customer = f"<CustomerRef>{wire.customer()['Id']}</CustomerRef>"
    invoice = made(wire, "Invoice", line + customer)
    link = f"<LinkedTxn><TxnId>{text(invoice, 'Id')}</TxnId><TxnType>Invoice</TxnType></LinkedTxn>"
    payment = made(
        wire, "Payment", f"{customer}<TotalAmt>5</TotalAmt><Line><Amount>5</Amount>{link}</Line>"
    )
    assert text(payment, "UnappliedAmt") == "0"
    assert text(payment, "Line/LinkedTxn/TxnType") == "Invoice"


def test_a_sparse_update_is_an_attribute(wire: Wire) -> None:
    customer = wire.customer(Notes="old", CompanyName="Mill")
    version = f"<Id>{customer['Id']}</Id><SyncToken>0</SyncToken>"
    body = record("Customer", f"{version}<Notes>new</Notes>", sparse="true", domain="QBO")
    assert the(tree(send(wire, "customer", body)), "Customer").attrib["sparse"] == "false"
    kept = wire.read("Customer", customer["Id"])
    assert (kept["Notes"], kept["CompanyName"], kept["SyncToken"]) == ("new", "Mill", "1")
    version = f"<Id>{customer['Id']}</Id><SyncToken>1</SyncToken>"
    name = f"<DisplayName>{kept['DisplayName']}</DisplayName>"
    send(wire, "customer", record("Customer", version + name, sparse="false"))
    assert "CompanyName" not in wire.read("Customer", customer["Id"])


def test_deleting_answers_with_a_status(wire: Wire) -> None:
    invoice = wire.invoice()
    version = f"<Id>{invoice['Id']}</Id><SyncToken>{invoice['SyncToken']}</SyncToken>"
    gone = made(wire, "Invoice", version, operation="delete")
    assert gone.attrib == {"domain": "QBO", "status": "Deleted"}
    assert text(gone, "Id") == invoice["Id"]


def test_text_xml_and_other_encodings_are_read(wire: Wire) -> None:
    name = fresh("Größe")
    body = (
        f'<?xml version="1.0" encoding="iso-8859-1"?><ns:Customer xmlns:ns="{SPACE}">'
        f"<ns:DisplayName><![CDATA[{name}]]></ns:DisplayName><!-- a word --></ns:Customer>"
    ).encode("iso-8859-1")
    headers = {"Content-Type": "text/xml; charset=iso-8859-1"}
    customer = wire.fine("POST", "customer", text=body, headers=headers)["Customer"]
    assert customer["DisplayName"] == name, "and whoever asks for JSON gets JSON"


@pytest.mark.parametrize(
    ("kind", "inside"),
    [
        ("Term", "<Name>{}</Name><DueDays>7</DueDays>"),
        ("Vendor", "<DisplayName>{}</DisplayName><CompanyName>Mill</CompanyName>"),
        ("Attachable", "<Note>{}</Note>"),
        ("Class", "<Name>{}</Name><Active>true</Active>"),
    ],
)
def test_what_xml_made_is_what_json_reads(wire: Wire, kind: str, inside: str) -> None:
    element = made(wire, kind, inside.format(fresh(kind)))
    kept = wire.read(kind, text(element, "Id"))
    for name, value in kept.items():
        if isinstance(value, str | bool):
            shown = str(value).lower() if isinstance(value, bool) else value
            found = element.attrib.get(name) or text(element, name)
            assert found == shown, name


def test_a_request_id_holds_across_forms(wire: Wire) -> None:
    request_id = fresh("xml")
    body = record("Customer", f"<DisplayName>{fresh('Twice')}</DisplayName>")
    first = the(tree(send(wire, "customer", body, requestid=request_id)), "Customer")
    second = the(tree(send(wire, "customer", body, requestid=request_id)), "Customer")
    assert text(first, "Id") == text(second, "Id")


# --- many at once ------------------------------------------------------------------------------


def test_a_query_counts_in_attributes(wire: Wire) -> None:
    name = fresh("Counted")
    for word in ("a", "b"):
        wire.customer(DisplayName=f"{name} {word}")
    where = f"FROM Customer WHERE DisplayName LIKE '{name}%'"
    answer = wire.call("GET", "query", headers=ASKS, params={"query": f"SELECT * {where}"})
    found = the(tree(answer), "QueryResponse")
    assert (found.attrib["startPosition"], found.attrib["maxResults"]) == ("1", "2")
    assert [one.tag for one in found] == [f"{XML}Customer"] * 2
    answer = wire.call("GET", "query", headers=ASKS, params={"query": f"SELECT count(*) {where}"})
    assert the(tree(answer), "QueryResponse").attrib == {"totalCount": "2"}
    nobody = "SELECT * FROM Customer WHERE DisplayName = 'nobody at all'"
    answer = wire.call("GET", "query", headers=ASKS, params={"query": nobody})
    found = the(tree(answer), "QueryResponse")
    assert (found.attrib, len(found)) == ({}, 0)


def test_a_statement_may_be_posted_whatever_it_says_it_is(wire: Wire) -> None:
    answer = wire.call("POST", "query", text="SELECT * FROM CompanyInfo", headers=ASKS)
    assert text(tree(answer), "QueryResponse/CompanyInfo/CompanyName")


def test_changes_come_one_response_for_each_entity(wire: Wire) -> None:
    invoice = wire.invoice()
    wire.end("Invoice", invoice, "delete")
    since = invoice["MetaData"]["CreateTime"]
    params = {"entities": "Invoice,Vendor", "changedSince": since}
    answer = the(tree(wire.call("GET", "cdc", headers=ASKS, params=params)), "CDCResponse")
    assert [one.tag for one in answer] == [f"{XML}QueryResponse"] * 2
    gone = [one for one in answer[0] if one.attrib.get("status") == "Deleted"]
    assert invoice["Id"] in {text(one, "Id") for one in gone}


def test_a_batch_goes_in_and_out(wire: Wire) -> None:
    name, statement = fresh("Batch"), "SELECT * FROM CompanyInfo"
    items = (
        f'<BatchItemRequest bId="1" operation="create"><Customer><DisplayName>{name}'
        "</DisplayName></Customer></BatchItemRequest>"
        '<BatchItemRequest bId="2" operation="create"><Customer/></BatchItemRequest>'
        f'<BatchItemRequest bId="3"><Query>{statement}</Query></BatchItemRequest>'
        '<BatchItemRequest bId="4" operation="create"><Nonsense/></BatchItemRequest>'
    )
    root = tree(send(wire, "batch", record("IntuitBatchRequest", items)))
    answers = {one.attrib["bId"]: one for one in root}
    assert text(answers["1"], "Customer/DisplayName") == name
    assert the(answers["2"], "Fault/Error").attrib["code"] == "2020"
    assert the(answers["2"], "Fault").attrib == {"type": "ValidationFault"}
    assert text(answers["3"], "QueryResponse/CompanyInfo/CompanyName")
    assert the(answers["4"], "Fault/Error").attrib["code"] == "2010"


def test_an_attachment_says_the_kind_it_hangs_on(wire: Wire) -> None:
    customer_id = wire.customer()["Id"]
    link = f'<AttachableRef><EntityRef type="Customer">{customer_id}</EntityRef></AttachableRef>'
    found = made(wire, "Attachable", f"<Note>n</Note>{link}")
    reference = the(found, "AttachableRef/EntityRef")
    assert (reference.text, reference.attrib) == (customer_id, {"type": "Customer"})
    assert text(found, "AttachableRef/IncludeOnSend") == "false"


def test_what_no_xml_can_hold_is_left_out(wire: Wire) -> None:
    customer = wire.customer(Notes="tab\tand \ufffe\u0001 bell")
    answer = wire.call("GET", f"customer/{customer['Id']}", headers=ASKS)
    assert text(tree(answer), "Customer/Notes") == "tab\tand  bell"


def test_the_log_knows_what_came_in(wire: Wire) -> None:
    before = wire.control("GET", "requests?since=0&limit=1")["last"]
    name = fresh("Logged")
    made(wire, "Customer", f"<DisplayName>{name}</DisplayName>")
    found = wire.control("GET", f"requests?since={before}")["requests"]
    (entry,) = [one for one in found if one["route"] == "customer.create"]
    assert name in entry["body"]
    assert entry["body"].startswith("<?xml"), "as it was sent"


# --- nonsense ----------------------------------------------------------------------------------


def test_whatever_happens_to_the_xml_the_answer_has_the_proper_shape(wire: Wire) -> None:
    chance = random.Random(7)
    whole = record(
        "Invoice",
        "<CustomerRef>1</CustomerRef><Line><Amount>1</Amount><LinkedTxn><TxnId>1</TxnId>"
        '</LinkedTxn></Line><BillAddr><Line1>x</Line1></BillAddr><MetaData a="b"/>&amp;',
        sparse="true",
    ).encode()
    for _ in range(300):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(body))
            length = chance.choice((0, 1, 5, 40))
            body[place : place + length] = chance.choice(
                (
                    b"",
                    b"<",
                    b">",
                    b"&",
                    b"/>",
                    b"\x00",
                    b"\xff",
                    b"<Line>",
                    b"</Line>",
                    b"<!DOCTYPE x>",
                )
            )
        path = chance.choice(("invoice", "customer", "batch", "attachable", "preferences"))
        answer = send(wire, path, bytes(body))
        root = tree(answer)
        assert answer.status_code in {200, 400}, answer.text
        if answer.status_code == 400:
            assert text(root, "Fault/Error/Detail") != "The request could not be understood", body
