"""Two companies of one customer: each has its own books, and a grant opens one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from quickbooks import QuickBooks
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.customer import Customer

from tests.contract.consent import ask, companies, connected
from tests.contract.wire import Wire, fresh, running


class Other(Wire):
    """The second company on the wire: the same simulator, a grant of its own."""

    def __init__(self, wire: Wire, realm: str) -> None:
        super().__init__({**wire.details, "realm_id": realm})
        self._login = connected(wire, realm)

    def call(self, method: str, path: str, body: Any = None, **given: Any) -> Any:
        """Send one request with this company's token."""
        given.setdefault("token", self._login.access_token)
        return super().call(method, path, body, **given)

    @property
    def login(self) -> AuthClient:
        """Intuit's client, connected to this company."""
        return self._login

    def close(self) -> None:
        """Let go of both connections."""
        self._login.close()
        super().close()


@pytest.fixture
def other(wire: Wire) -> Iterator[Other]:
    """The second company there is to choose."""
    _main, second = companies(wire)
    found = Other(wire, second)
    yield found
    found.close()


def name_of(wire: Wire) -> str:
    return str(wire.fine("GET", f"companyinfo/{wire.realm}")["CompanyInfo"]["CompanyName"])


# --- a grant is for one company ----------------------------------------------------------------


def test_a_grant_does_not_open_the_other_company(wire: Wire, other: Other) -> None:
    main = wire.consent()["access_token"]
    for token, realm in ((main, other.realm), (other.login.access_token, wire.realm)):
        answer = wire.call("GET", "companyinfo/1", token=token, realm=realm)
        assert answer.status_code == 401
        fault = answer.json()["Fault"]
        assert (fault["type"], fault["Error"][0]["code"]) == ("AuthenticationFault", "100")


def test_a_company_nobody_has_is_refused_the_same_way(other: Other) -> None:
    answer = other.call("GET", "companyinfo/1", realm="9130000000000000")
    assert answer.status_code == 401
    assert answer.json()["Fault"]["Error"][0]["code"] == "100"


def test_the_page_offers_both_companies_by_name(wire: Wire, other: Other) -> None:
    found = companies(wire)
    assert list(found) == [wire.realm, other.realm]
    assert found == {wire.realm: name_of(wire), other.realm: name_of(other)}
    assert len(set(found.values())) == 2


def test_the_main_company_is_chosen_unless_somebody_chooses(wire: Wire) -> None:
    with connected(wire, "") as client:
        assert client.realm_id == wire.realm
        page = ask(wire, client.get_authorization_url([Scopes.ACCOUNTING]))
    assert page.chosen == wire.realm


def test_the_callback_carries_the_company_that_was_chosen(wire: Wire, other: Other) -> None:
    assert other.login.realm_id == other.realm != wire.realm


def test_refreshing_stays_with_the_company(other: Other) -> None:
    other.login.refresh()
    assert other.call("GET", "companyinfo/1").status_code == 200


def test_the_company_disconnects_alone(wire: Wire, other: Other) -> None:
    main = wire.consent()["access_token"]
    wire.control("POST", "disconnect", {})
    assert wire.call("GET", "companyinfo/1", token=main).status_code == 401
    assert other.call("GET", "companyinfo/1").status_code == 200


# --- books of their own ------------------------------------------------------------------------


def test_records_of_one_company_are_not_the_others(wire: Wire, other: Other) -> None:
    name = fresh("Twin")
    here, there = (one.create("Customer", {"DisplayName": name}) for one in (wire, other))
    wire.change("Customer", here, CompanyName="Changed here")
    assert "CompanyName" not in other.read("Customer", there["Id"])
    assert len(wire.find("Customer", f"WHERE DisplayName = '{name}'")) == 1
    assert len(other.find("Customer", f"WHERE DisplayName = '{name}'")) == 1


def test_the_second_companys_books_add_up_for_themselves(wire: Wire, other: Other) -> None:
    invoice = other.invoice("120.00")
    other.payment(invoice, "20.00")
    assert other.read("Invoice", invoice["Id"])["Balance"] == 100
    receivable = other.account("AccountsReceivable")["value"]
    before = wire.read("Account", wire.account("AccountsReceivable")["value"])["CurrentBalance"]
    other.invoice("50.00")
    after = wire.read("Account", wire.account("AccountsReceivable")["value"])["CurrentBalance"]
    assert before == after
    due = sum(one["Balance"] for one in other.find("Invoice"))
    assert other.read("Account", receivable)["CurrentBalance"] == due


def test_a_request_id_is_remembered_for_its_company_only(wire: Wire, other: Other) -> None:
    request_id = fresh("twice")
    body = {"DisplayName": fresh("Once")}
    here = wire.create("Customer", body, requestid=request_id)
    there = other.create("Customer", body, requestid=request_id)
    again = other.create("Customer", {"DisplayName": fresh("Twice")}, requestid=request_id)
    assert again == there
    assert wire.create("Customer", body, requestid=request_id) == here


def test_captured_changes_are_the_companys_own(wire: Wire, other: Other) -> None:
    since = other.create("Customer", {"DisplayName": fresh("Since")})["MetaData"]["CreateTime"]
    mine = wire.create("Customer", {"DisplayName": fresh("Mine")})["DisplayName"]
    params = {"entities": "Customer", "changedSince": since}
    found = other.fine("GET", "cdc", params=params)["CDCResponse"][0]["QueryResponse"][0]
    assert mine not in {one["DisplayName"] for one in found["Customer"]}


def test_each_company_has_its_own_limits(wire: Wire, other: Other) -> None:
    wire.control("POST", "settings", {"limits": True, "per_second": 1000, "per_minute": 3})
    here = [wire.call("GET", "companyinfo/1").status_code for _ in range(6)]
    assert here.count(429) >= 3
    assert other.call("GET", "companyinfo/1").status_code == 200


def test_resetting_the_main_company_leaves_the_second_alone(other: Other, wire: Wire) -> None:
    kept = other.create("Customer", {"DisplayName": fresh("Kept")})
    wire.control("POST", "reset", {"company": "empty"})
    assert other.read("Customer", kept["Id"])["DisplayName"] == kept["DisplayName"]


def test_a_batch_is_undone_in_its_company_only(wire: Wire, other: Other) -> None:
    name = fresh("Batch")
    items = [
        {"bId": "1", "operation": "create", "Customer": {"DisplayName": name}},
        {"bId": "2", "operation": "create", "Customer": {"DisplayName": name}},
    ]
    found = other.fine("POST", "batch", {"BatchItemRequest": items})["BatchItemResponse"]
    assert "Customer" in found[0]
    assert found[1]["Fault"]["Error"][0]["code"] == "6240"
    assert wire.find("Customer", f"WHERE DisplayName = '{name}'") == []


def test_a_file_of_the_second_company_is_fetched_by_its_link(wire: Wire, other: Other) -> None:
    files = {
        "file_metadata_0": ("m.json", '{"FileName": "note.txt"}', "application/json"),
        "file_content_0": ("note.txt", b"for Hillside", "text/plain"),
    }
    made = other.fine("POST", "upload", files=files)["AttachableResponse"][0]["Attachable"]
    assert f"/company/{other.realm}/" in made["FileAccessUri"]
    link = other.call("GET", f"download/{made['Id']}").text
    assert wire.http.get(link, timeout=5).content == b"for Hillside"
    assert wire.call("GET", f"download/{made['Id']}").status_code == 400


# --- the control API, told which company -------------------------------------------------------


def test_a_user_may_be_admin_of_one_company_only(wire: Wire, other: Other) -> None:
    wire.control("POST", f"settings?realm={other.realm}", {"admin": "lost"})
    try:
        assert wire.call("GET", "companyinfo/1").status_code == 200
        refused = other.call("GET", "companyinfo/1")
        assert refused.json()["Fault"]["Error"][0]["code"] == "120"
        assert list(companies(wire)) == [wire.realm], "the other one is not offered"
    finally:
        wire.control("POST", f"settings?realm={other.realm}", {"admin": "present"})
    assert other.call("GET", "companyinfo/1").status_code == 200


def test_the_second_company_starts_over_by_itself(wire: Wire, other: Other) -> None:
    name = name_of(other)
    gone = other.customer()
    kept = wire.customer()
    wire.control("POST", f"reset?realm={other.realm}", {"company": "empty"})
    assert name_of(other) == name
    assert other.find("Customer", f"WHERE DisplayName = '{gone['DisplayName']}'") == []
    assert wire.read("Customer", kept["Id"])["DisplayName"] == kept["DisplayName"]


# --- through the library, and over a restart ---------------------------------------------------


def test_python_quickbooks_works_with_both(
    wire: Wire, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuickBooks, "api_url_v3", wire.details["api_base"])
    with connected(wire, wire.realm) as main:
        pairs = ((main, wire.realm), (other.login, other.realm))
        seen = []
        for login, realm in pairs:
            client = QuickBooks(
                auth_client=login,
                refresh_token=login.refresh_token,
                company_id=realm,
                minorversion=75,
            )
            made = Customer()
            made.DisplayName = fresh("Library")
            made.save(qb=client)
            found = Customer.filter(DisplayName=made.DisplayName, qb=client)
            seen.append((CompanyInfo.get(1, qb=client).CompanyName, len(found)))
            client.session.close()
    assert seen == [(name_of(wire), 1), (name_of(other), 1)]


def test_both_companies_and_their_grants_survive_a_restart(tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("restart")
    with running(folder) as details:
        first = Wire(details)
        (_main, second) = companies(first)
        opened = Other(first, second)
        kept = opened.create("Customer", {"DisplayName": "Still here"})
        refresh_token = opened.login.refresh_token
        opened.close()
        first.close()
    with running(folder) as details:
        again = Wire(details)
        assert list(companies(again)) == [details["realm_id"], second]
        body = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        token = again.token_call(body).json()["access_token"]
        found = again.call("GET", f"customer/{kept['Id']}", token=token, realm=second)
        assert found.json()["Customer"]["DisplayName"] == "Still here"
        again.close()
