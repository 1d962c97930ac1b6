"""The wire itself: headers, envelopes, request ids, the gateway's faults, limits."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests
from quickbooks import QuickBooks
from quickbooks.exceptions import AuthorizationException, QuickbooksException
from quickbooks.objects.customer import Customer

from tests.contract.wire import Wire, fresh

GATEWAY_KEYS = {
    *("warnings", "intuitObject", "fault", "report", "queryResponse", "batchItemResponse"),
    *("attachableResponse", "syncErrorResponse", "requestId", "time", "status", "cdcresponse"),
}
XML = "{http://schema.intuit.com/finance/v3}"


def tree_of(answer: requests.Response) -> ET.Element:
    return ET.fromstring(answer.text)  # noqa: S314 - our own simulator wrote it


def gateway_error(answer: requests.Response) -> dict[str, Any]:
    """Give the error of a fault of the gateway, whose shape is another one."""
    body = answer.json()
    assert set(body) == GATEWAY_KEYS
    assert isinstance(body["time"], int)
    return {**body["fault"]["error"][0], "type": body["fault"]["type"]}


def test_every_answer_has_a_trace_id_and_a_date(wire: Wire) -> None:
    base = wire.details["api_base"]
    answers = [
        wire.call("GET", "companyinfo/1"),
        wire.call("GET", "customer/999999"),
        wire.call("GET", "companyinfo/1", token="nothing"),
        wire.call("POST", "customer", {"DisplayName": ""}),
        wire.http.get(wire.details["discovery_url"], timeout=5),
        wire.token_call({"grant_type": "nothing"}),
        wire.http.get(base.replace("/v3", "/nowhere"), timeout=5),
    ]
    traces = [answer.headers["intuit_tid"] for answer in answers]
    assert len(set(traces)) == len(traces)
    assert all(parsedate_to_datetime(answer.headers["Date"]) for answer in answers)


def test_an_entity_comes_in_its_envelope(wire: Wire) -> None:
    answer = wire.call("POST", "customer", {"DisplayName": fresh("Envelope")})
    assert answer.headers["Content-Type"].startswith("application/json")
    body = answer.json()
    assert set(body) == {"Customer", "time"}
    record = body["Customer"]
    assert (record["domain"], record["sparse"], record["SyncToken"]) == ("QBO", False, "0")
    assert isinstance(record["Id"], str)
    assert set(record["MetaData"]) == {"CreateTime", "LastUpdatedTime"}


def test_an_entity_fault_has_capitals_and_a_code_of_text(wire: Wire) -> None:
    body = wire.call("POST", "customer", {"DisplayName": ""}).json()
    assert set(body) == {"Fault", "time"}
    (error,) = body["Fault"]["Error"]
    assert set(error) == {"Message", "Detail", "code", "element"}
    assert error["code"] == "2020"


def test_connections_are_kept_open(wire: Wire) -> None:
    with requests.Session() as session:
        url = f"{wire.details['api_base']}/company/{wire.realm}/companyinfo/1"
        for _ in range(3):
            assert session.get(url, timeout=5).status_code == 401
        (pool,) = session.adapters["http://"].poolmanager.pools._container.values()  # type: ignore[attr-defined]
        assert pool.num_connections == 1


@pytest.mark.parametrize("given", [{}, {"Accept": "*/*"}, {"Accept": "application/xml"}])
def test_whoever_does_not_ask_for_json_gets_xml(wire: Wire, given: dict[str, str]) -> None:
    made = wire.customer(DisplayName=fresh("A & B <c>"))
    answer = wire.call("GET", f"customer/{made['Id']}", headers={"Accept": "", **given})
    assert answer.headers["Content-Type"].startswith("application/xml")
    root = tree_of(answer)
    assert root.tag == f"{XML}IntuitResponse"
    name = root.find(f"{XML}Customer/{XML}DisplayName")
    assert name is not None
    assert name.text == made["DisplayName"]


def test_format_json_asks_for_json_too(wire: Wire) -> None:
    answer = wire.call("GET", "companyinfo/1", headers={"Accept": "*/*"}, params={"format": "json"})
    assert answer.json()["CompanyInfo"]["Id"] == "1"


def test_a_fault_comes_as_xml_as_well(wire: Wire) -> None:
    answer = wire.call("GET", "customer/999999", headers={"Accept": "application/xml"})
    assert answer.status_code == 400
    assert tree_of(answer).find(f".//{XML}Error") is not None


def test_any_minor_version_is_the_newest(wire: Wire) -> None:
    for version in ("1", "40", "75", "99"):
        answer = wire.call("GET", "companyinfo/1", params={"minorversion": version})
        assert answer.status_code == 200


# --- tokens and realms -------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["nothing", "x" * 2000])
def test_a_bad_token_is_refused_by_the_gateway(wire: Wire, token: str) -> None:
    answer = wire.call("GET", "companyinfo/1", token=token)
    error = gateway_error(answer)
    assert answer.status_code == 401
    assert (error["code"], error["type"]) == ("3200", "AUTHENTICATION")
    assert error["message"] == "message=AuthenticationFailed; errorCode=003200; statusCode=401"


def test_no_token_at_all_is_refused_by_the_gateway(wire: Wire) -> None:
    url = f"{wire.details['api_base']}/company/{wire.realm}/companyinfo/1"
    answer = wire.http.get(url, headers={"Accept": "application/json"}, timeout=5)
    assert answer.status_code == 401
    assert gateway_error(answer)["code"] == "3200"


def test_another_companys_realm_is_refused(wire: Wire) -> None:
    answer = wire.call("GET", "companyinfo/1", realm="123", token=wire.consent()["access_token"])
    assert answer.status_code == 401
    fault = answer.json()["Fault"]
    assert (fault["type"], fault["Error"][0]["code"]) == ("AuthenticationFault", "100")


def test_the_library_sees_an_ended_token(qb: QuickBooks, wire: Wire) -> None:
    wire.control("POST", "disconnect", {})
    with pytest.raises(AuthorizationException):
        Customer.count(qb=qb)


# --- request ids -------------------------------------------------------------------------------


def test_a_request_id_acts_once_and_answers_the_same(wire: Wire) -> None:
    request_id = fresh("r").replace(" ", "-")
    body = {"DisplayName": fresh("Once")}
    first = wire.call("POST", "customer", body, params={"requestid": request_id})
    again = wire.call("POST", "customer", body, params={"requestid": request_id})
    assert (first.status_code, first.text) == (again.status_code, again.text)
    assert len(wire.find("Customer", f"WHERE DisplayName = '{body['DisplayName']}'")) == 1


def test_a_replay_ignores_what_is_sent_and_what_came_after(wire: Wire) -> None:
    request_id = fresh("r").replace(" ", "-")
    invoice = wire.create("Invoice", wire.invoice_body("10.00"), requestid=request_id)
    wire.change("Invoice", invoice, PrivateNote="later")
    assert wire.create("Invoice", {"nothing": 1}, requestid=request_id) == invoice
    wire.end("Invoice", wire.read("Invoice", invoice["Id"]), "delete")
    assert wire.create("Invoice", {}, requestid=request_id) == invoice, "even after a delete"
    assert wire.call("GET", f"invoice/{invoice['Id']}").status_code == 400


def test_an_update_and_a_delete_are_replayed_too(wire: Wire) -> None:
    invoice = wire.invoice()
    version = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"}
    one, other = fresh("u").replace(" ", "-"), fresh("d").replace(" ", "-")
    assert wire.create("Invoice", version, requestid=one)["SyncToken"] == "1"
    assert wire.create("Invoice", version, requestid=one)["SyncToken"] == "1"
    gone = {"Id": invoice["Id"], "SyncToken": "1"}
    for _ in range(2):
        answer = wire.create("Invoice", gone, requestid=other, operation="delete")
        assert answer["status"] == "Deleted"


def test_a_refused_request_may_be_put_right_under_its_id(wire: Wire) -> None:
    request_id = fresh("r").replace(" ", "-")
    params = {"requestid": request_id}
    assert wire.refused("POST", "customer", {"DisplayName": ""}, params=params)["code"] == "2020"
    assert wire.create("Customer", {"DisplayName": fresh("Right")}, requestid=request_id)["Id"]


def test_a_request_id_has_fifty_characters_at_most(wire: Wire) -> None:
    assert wire.create(
        "Customer", {"DisplayName": fresh("Long")}, requestid=("x" * 44) + fresh("")[-6:]
    )
    params = {"requestid": "x" * 51}
    error = wire.refused("POST", "customer", {"DisplayName": fresh("Longer")}, params=params)
    assert error["code"] == "2130"


def test_the_library_sends_request_ids(qb: QuickBooks, wire: Wire) -> None:
    made = Customer()
    made.DisplayName = fresh("Library")
    request_id = fresh("lib").replace(" ", "-")
    first = made.save(qb=qb, request_id=request_id)
    again = Customer()
    again.DisplayName = made.DisplayName
    assert again.save(qb=qb, request_id=request_id).Id == first.Id
    newest = int(wire.control("GET", "requests")["last"])
    logged = wire.control("GET", f"requests?since={newest - 2}")["requests"]
    assert [one["query"].get("requestid") for one in logged] == [request_id, request_id]


def test_one_request_id_at_the_same_time_acts_once(wire: Wire) -> None:
    body = {"DisplayName": fresh("Race")}
    params = {"requestid": fresh("race").replace(" ", "-")}
    wire.call("GET", "companyinfo/1")
    url = f"{wire.details['api_base']}/company/{wire.realm}/customer"
    token = wire.consent()["access_token"]

    def post(_place: int) -> str:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return requests.post(url, json=body, params=params, headers=headers, timeout=10).text

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(post, range(16)))) == 1
    assert len(wire.find("Customer", f"WHERE DisplayName = '{body['DisplayName']}'")) == 1


# --- limits ------------------------------------------------------------------------------------


def test_more_than_ten_a_second_are_throttled(wire: Wire) -> None:
    wire.call("GET", "companyinfo/1")
    wire.control("POST", "settings", {"limits": True, "per_second": 10, "per_minute": 500})
    answers = [wire.call("GET", "companyinfo/1") for _ in range(40)]
    throttled = [one for one in answers if one.status_code == 429]
    assert throttled
    error = gateway_error(throttled[0])
    assert (error["code"], error["type"]) == ("3001", "SERVICE")
    assert error["message"] == "message=ThrottleExceeded; errorCode=003001; statusCode=429"


def test_the_limit_of_a_minute_can_be_tuned(wire: Wire) -> None:
    wire.call("GET", "companyinfo/1")
    wire.control("POST", "settings", {"limits": True, "per_second": 1000, "per_minute": 0})
    assert wire.call("GET", "companyinfo/1").status_code == 429
    wire.control("POST", "settings", {"per_minute": 500})
    assert wire.call("GET", "companyinfo/1").status_code == 200


def test_batches_have_a_limit_of_their_own(wire: Wire) -> None:
    wire.control(
        "POST",
        "settings",
        {"limits": True, "per_second": 1000, "per_minute": 10_000, "batches_per_minute": 2},
    )
    body = {"BatchItemRequest": [{"bId": "1", "Query": "SELECT count(*) FROM Term"}]}
    statuses = [wire.call("POST", "batch", body).status_code for _ in range(3)]
    wire.control("POST", "settings", {"batches_per_minute": 40})
    assert statuses[-1] == 429
    assert wire.call("GET", "companyinfo/1").status_code == 200


def test_reads_are_metered_and_writes_are_not(wire: Wire) -> None:
    def metered() -> tuple[int, int]:
        found = wire.control("GET", "state")["metering"]
        return found.get("core", 0), found.get("coreplus", 0)

    wire.call("GET", "companyinfo/1")
    core, coreplus = metered()
    made = wire.customer()
    wire.read("Customer", made["Id"])
    wire.query("SELECT count(*) FROM Customer")
    assert metered() == (core + 1, coreplus + 2)
    items = [
        {"bId": "1", "Query": "SELECT count(*) FROM Customer"},
        {"bId": "2", "operation": "create", "Customer": {"DisplayName": fresh("Metered")}},
        {"bId": "3", "operation": "create", "Customer": {"DisplayName": fresh("Metered")}},
    ]
    wire.fine("POST", "batch", {"BatchItemRequest": items})
    assert metered() == (core + 3, coreplus + 3)


def test_a_months_quota_stops_reads_and_not_writes(wire: Wire) -> None:
    made = wire.customer()
    wire.control("POST", "settings", {"coreplus_per_month": 0})
    assert wire.call("GET", f"customer/{made['Id']}").status_code == 429
    assert wire.customer()["Id"]
    wire.control("POST", "settings", {"coreplus_per_month": None})
    assert wire.read("Customer", made["Id"])


def test_the_library_hears_of_throttling_as_an_error(qb: QuickBooks, wire: Wire) -> None:
    wire.fault("http429", route="query.read")
    with pytest.raises(QuickbooksException) as caught:
        Customer.count(qb=qb)
    assert "429" in str(caught.value) or "Throttle" in str(caught.value)


# --- odd requests ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"null",
        b'"text"',
        b'{"Line": 5}',
        b'{"CustomerRef": "7", "Line": [{}]}',
        b'{"CustomerRef": {"value": {"a": 1}}, "Line": [[]]}',
        b'{"Id": {"x": 1}, "SyncToken": []}',
        b"[" * 5000,
        b'{"DocNumber": 1e999}',
        b'{"TxnDate": "0000-00-00"}',
    ],
)
def test_nonsense_is_refused_in_the_proper_shape(wire: Wire, body: bytes) -> None:
    answer = wire.call("POST", "invoice", text=body)
    assert answer.status_code == 400
    assert answer.json()["Fault"]["Error"][0]["code"].isdigit()


def test_numbers_in_faults_and_answers_are_plain(wire: Wire) -> None:
    made = wire.invoice("0.10")
    assert made["TotalAmt"] == Decimal("0.1")
    text = wire.call("GET", f"invoice/{made['Id']}").text
    assert '"TotalAmt":0.1,' in text or '"TotalAmt":0.1}' in text
    assert json.loads(text)["Invoice"]["TotalAmt"] == 0.1
