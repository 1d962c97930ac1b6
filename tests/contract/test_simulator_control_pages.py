"""The control page as a person uses it: forms over plain HTTP, without a single script."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from tests.contract.consent import companies
from tests.contract.pages import Page, done, get, press, sins, wrong
from tests.contract.wire import Wire, fresh

PAGES = (
    *("", "/requests", "/faults", "/switches", "/clock", "/preferences", "/accountant"),
    *("/webhooks", "/companies", "/records/Customer", "/records/Invoice"),
)


def last_request(wire: Wire) -> int:
    return int(wire.control("GET", "requests?limit=1")["last"])


# --- every page --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_used_by_everybody(wire: Wire, path: str) -> None:
    wire.invoice()
    wire.fault("http500", route="nothing.read")
    assert sins(get(wire, path)) == []


@pytest.mark.parametrize("path", [*PAGES, "/static/control.css", "/static/follow.js"])
def test_every_page_binds_what_it_may_load(wire: Wire, path: str) -> None:
    answer = wire.http.get(f"{wire.details['control_url']}{path}", timeout=5)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_every_page_leads_somewhere(wire: Wire, path: str) -> None:
    wire.invoice()
    base = wire.details["control_url"].removesuffix("/control")
    for link in {one for one in get(wire, path).links if one.startswith("/")}:
        assert wire.http.get(f"{base}{link}", timeout=5).status_code == 200, link


@pytest.mark.parametrize(
    "path", ["/records/Gadget", "/records/Customer/999999", "/requests/999999", "/webhooks/999999"]
)
def test_what_is_not_there_is_not_there(wire: Wire, path: str) -> None:
    answer = wire.http.get(f"{wire.details['control_url']}{path}", timeout=5)
    assert answer.status_code == 404


def test_a_form_of_another_site_does_nothing(wire: Wire) -> None:
    url = f"{wire.details['control_url']}/companies"
    data = {"form": "reset", "company": "empty", "sure": "on"}
    made = wire.customer()
    for origin in ("https://evil.example", "null"):
        answer = wire.http.post(url, data=data, headers={"Origin": origin}, timeout=5)
        assert answer.status_code == 403
    assert wire.read("Customer", made["Id"]) == made


def test_a_form_there_is_not_is_refused(wire: Wire) -> None:
    url = f"{wire.details['control_url']}/clock"
    assert wire.http.post(url, data={"form": "stop"}, timeout=5).status_code == 400


def test_a_message_is_said_once(wire: Wire) -> None:
    answer = press(wire, "/clock", "back")
    done(answer)
    assert not Page(wire.http.get(answer.url, timeout=5).text).of_role("status")


def test_nothing_typed_becomes_markup(wire: Wire) -> None:
    evil = '"><script>alert(1)</script>'
    page = wrong(press(wire, "/webhooks", "register", url=evil))
    assert "<script>alert" not in page.html
    assert page.form("register").values["url"] == evil


# --- overview, records -------------------------------------------------------------------------


def test_the_overview_tells_how_things_stand(wire: Wire) -> None:
    wire.customer()
    wire.fault("delay", times=7, route="invoice.create")
    wire.control("POST", "settings", {"coreplus_per_month": 123456})
    text = get(wire).text()
    wire.control("POST", "settings", {"coreplus_per_month": None})
    count = wire.control("GET", "state")["counts"]["Customer"]
    assert wire.realm in text
    assert f"Customer {count:,}" in text
    assert "of 123,456" in text
    assert "invoice.create" in text
    assert "customer.create" in text


def test_records_are_found_by_their_words_and_page_by_page(wire: Wire) -> None:
    word = fresh("Needle").replace(" ", "")
    wire.customer(DisplayName=f'{word} "100%" & co')
    rows = [{"type": "Customer", "data": {"DisplayName": fresh("Hay")}} for _ in range(60)]
    wire.control("POST", "seed", {"entities": rows})
    assert "1 record" in get(wire, "/records/Customer", q=word).text()
    assert "1 record" in get(wire, "/records/Customer", q=f'{word} "100%" &').text()
    assert "There is none" in get(wire, "/records/Customer", q=f"{word}_").text()
    first = get(wire, "/records/Customer")
    assert any("start=50" in link for link in first.links)
    assert get(wire, "/records/Customer", start=50).text() != first.text()


def test_a_record_shows_all_it_has_and_what_it_leads_to(wire: Wire) -> None:
    invoice = wire.invoice("10.00", PrivateNote="<b>bold</b>")
    payment = wire.payment(invoice, "4.00")
    page = get(wire, f"/records/Invoice/{invoice['Id']}")
    assert "<b>bold</b>" not in page.html
    assert any(link.endswith(f"/records/Payment/{payment['Id']}") for link in page.links)
    shown = json.loads("".join(page.texts["pre"]))
    assert shown["PrivateNote"] == "<b>bold</b>"
    assert shown["Balance"] == 6


def test_tax_numbers_are_hidden(wire: Wire) -> None:
    customer = wire.customer(PrimaryTaxIdentifier="123456789")
    page = get(wire, f"/records/Customer/{customer['Id']}")
    assert "12345" not in page.html


# --- requests ----------------------------------------------------------------------------------


def test_the_log_is_filtered_and_paged(wire: Wire) -> None:
    name = fresh("Log")
    for _ in range(3):
        wire.call("POST", "customer", {"DisplayName": name})
    wire.invoice()
    refused = get(wire, "/requests", route="customer.create", status="refused", since="5").text()
    assert "400" in refused
    assert "invoice.create" not in refused
    assert " 200 " not in refused.split("intuit_tid", 1)[1]
    for _ in range(60):
        wire.call("GET", "companyinfo/1")
    first = get(wire, "/requests")
    older = next(link for link in first.links if "before=" in link)
    base = wire.details["control_url"].removesuffix("/control")
    second = Page(wire.http.get(f"{base}{older}", timeout=5).text)
    assert sins(second) == []
    assert set(first.links) & set(second.links) < set(first.links)


def test_one_request_shows_everything_but_its_secrets(wire: Wire) -> None:
    wire.customer()
    wire.fault("http500", route="customer.create")
    body = {"DisplayName": fresh("Seen"), "PrimaryTaxIdentifier": "987654321"}
    answer = wire.call(
        "POST", "customer", body, params={"requestid": "seen-1"}, headers={"X-Shop": "yes"}
    )
    page = get(wire, f"/requests/{last_request(wire)}")
    text = page.text()
    for word in ("customer.create", "seen-1", "X-Shop", "http500", answer.headers["intuit_tid"]):
        assert word in text, word
    assert "System Failure" in text, "the answer too"
    assert "98765" not in page.html
    assert wire._token not in page.html
    assert sins(page) == []


def test_the_log_holds_log_ins_without_their_tokens(wire: Wire) -> None:
    tokens = wire.consent()
    body = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    wire.token_call(body)
    page = get(wire, f"/requests/{last_request(wire)}")
    assert "oauth.refresh" in page.text()
    assert tokens["refresh_token"] not in page.html
    found = json.dumps(wire.control("GET", "requests?limit=1000&route=oauth.refresh"), default=str)
    assert tokens["refresh_token"] not in found
    assert wire.details["client_secret"] not in found


def test_following_needs_a_script_of_its_own_and_nothing_else_does(wire: Wire) -> None:
    scripts = [
        given["src"] for tag, given in get(wire, "/requests", follow=1).tags if tag == "script"
    ]
    assert len(scripts) == 1
    assert all("script" not in dict(get(wire, path).tags) for path in PAGES)


# --- faults ------------------------------------------------------------------------------------


def test_every_kind_of_fault_is_explained(wire: Wire) -> None:
    page = get(wire, "/faults")
    kinds = wire.control("GET", "faults")["kinds"]
    assert sorted(page.form("add").offered["kind"]) == kinds


def test_a_fault_is_put_in_force_and_taken_out(wire: Wire) -> None:
    typed = {"kind": "fault200", "route": "customer.create", "next_n": "2", "percent": "100"}
    page = done(press(wire, "/faults", "add", **typed, seed="7", seconds="2.5", method="POST"))
    assert "customer.create" in page.text()
    (rule,) = wire.control("GET", "faults")["faults"]
    assert (rule["kind"], rule["method"], rule["next_n"]) == ("fault200", "POST", 2)
    assert (rule["seed"], rule["seconds"]) == (7, 2.5)
    assert "Fault" in wire.call("POST", "customer", {"DisplayName": fresh("x")}).json()
    done(press(wire, "/faults", "remove"))
    assert wire.control("GET", "faults")["faults"] == []


def test_all_faults_are_taken_out_at_once(wire: Wire) -> None:
    for _ in range(3):
        done(press(wire, "/faults", "add", route="nothing.read"))
    done(press(wire, "/faults", "clear"))
    assert wire.control("GET", "faults")["faults"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("percent", "101"), ("percent", "half"), ("next_n", "0"), ("seconds", "-1"), ("route", "(")],
)
def test_a_fault_that_makes_no_sense_comes_back_as_typed(
    wire: Wire, field: str, value: str
) -> None:
    typed = {"kind": "delay", "path": "/invoice", field: value}
    page = wrong(press(wire, "/faults", "add", **typed))
    assert {**page.form("add").values, **typed} == page.form("add").values
    assert sins(page) == []
    assert wire.control("GET", "faults")["faults"] == []


# --- switches, clock, preferences --------------------------------------------------------------


def test_switches_are_saved_and_put_back(wire: Wire) -> None:
    uris = "https://a.example/x\nhttps://b.example/y"
    typed = {"rotation": "strict", "retry_after": "7", "redirect_uris": uris, "void_status": "on"}
    page = done(press(wire, "/switches", "switches", **typed, leave="merge_deleted_id"))
    found = wire.control("GET", "state")["settings"]
    assert (found["rotation"], found["retry_after"]) == ("strict", 7)
    assert found["redirect_uris"] == uris.split("\n")
    assert (found["void_status"], found["merge_deleted_id"]) == (True, False)
    assert page.form("switches").values["redirect_uris"] == uris
    done(press(wire, "/switches", "usual"))
    found = wire.control("GET", "state")["settings"]
    assert (found["rotation"], found["retry_after"]) == ("lenient", None)
    assert (found["redirect_uris"], found["merge_deleted_id"]) == ([], True)


def test_saving_as_it_stands_changes_nothing(wire: Wire) -> None:
    before = wire.control("GET", "state")
    assert "Nothing was changed" in done(press(wire, "/switches", "switches")).text()
    assert "Nothing was changed" in done(press(wire, "/preferences", "preferences")).text()
    after = wire.control("GET", "state")
    assert (after["settings"], after["preferences"]) == (before["settings"], before["preferences"])


@pytest.mark.parametrize(
    ("field", "value"),
    [("per_second", "many"), ("per_minute", ""), ("automated_rates", "{"), ("rotation", "x")],
)
def test_a_switch_that_cannot_stand_so_comes_back_as_typed(
    wire: Wire, field: str, value: str
) -> None:
    before = wire.control("GET", "state")["settings"]
    page = wrong(press(wire, "/switches", "switches", **{"edition": "essentials", field: value}))
    assert page.form("switches").values["edition"] == "essentials"
    marked = [given["name"] for _tag, given in page.tags if given.get("aria-invalid") == "true"]
    assert marked == [field]
    assert wire.control("GET", "state")["settings"] == before


def test_the_clock_is_set_moved_and_put_back(wire: Wire) -> None:
    done(press(wire, "/clock", "set", now="2031-05-06T07:08"))
    assert wire.control("GET", "state")["now"].startswith("2031-05-06T07:08")
    done(press(wire, "/clock", "add", days="-1.5"))
    assert wire.control("GET", "state")["now"].startswith("2031-05-04T19:08")
    done(press(wire, "/clock", "back"))
    now = datetime.fromisoformat(wire.control("GET", "state")["now"])
    assert abs(datetime.now(now.tzinfo) - now) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        ("set", {"now": "soon"}),
        ("add", {"days": "few"}),
        ("add", {"days": ""}),
        ("add", {"days": "1e9"}),
    ],
)
def test_a_clock_that_cannot_be_set_stays(wire: Wire, form: str, typed: dict[str, str]) -> None:
    page = wrong(press(wire, "/clock", form, **typed))
    assert {**page.form(form).values, **typed} == page.form(form).values
    done(press(wire, "/clock", "back"))


def test_preferences_are_read_and_saved(wire: Wire) -> None:
    typed = {
        "SalesFormsPrefs.SalesEmailCc.Address": "desk@shop.example",
        "TaxPrefs.PartnerTaxEnabled": "no",
        "VendorAndPurchasesPrefs.UseCustomTxnNumbers": "on",
    }
    leave = "SalesFormsPrefs.AllowShipping"
    done(press(wire, "/preferences", "preferences", **typed, leave=leave))
    found = wire.fine("GET", "preferences")["Preferences"]
    assert found["SalesFormsPrefs"]["SalesEmailCc"] == {"Address": "desk@shop.example"}
    assert found["SalesFormsPrefs"]["AllowShipping"] is False
    assert found["TaxPrefs"]["PartnerTaxEnabled"] is False
    pairs = {one["Name"]: one["Value"] for one in found["OtherPrefs"]["NameValue"]}
    assert pairs["VendorAndPurchasesPrefs.UseCustomTxnNumbers"] == "true"
    back = {**dict.fromkeys(typed, ""), "SalesFormsPrefs.AllowShipping": "on"}
    del back["VendorAndPurchasesPrefs.UseCustomTxnNumbers"]
    leave = "VendorAndPurchasesPrefs.UseCustomTxnNumbers"
    done(press(wire, "/preferences", "preferences", **back, leave=leave))
    found = wire.fine("GET", "preferences")["Preferences"]
    assert "SalesEmailCc" not in found["SalesFormsPrefs"]
    assert "PartnerTaxEnabled" not in found["TaxPrefs"]


@pytest.mark.parametrize(
    ("path", "value"),
    [("AccountingInfoPrefs.BookCloseDate", "soon"), ("SalesFormsPrefs.DefaultTerms.value", "999")],
)
def test_a_preference_that_cannot_be_comes_back(wire: Wire, path: str, value: str) -> None:
    page = wrong(press(wire, "/preferences", "preferences", **{path: value}))
    assert sins(page) == []


# --- companies ---------------------------------------------------------------------------------


def test_records_are_written_by_hand(wire: Wire) -> None:
    name = fresh("By hand")
    rows = [{"type": "Customer", "data": {"DisplayName": name}}]
    page = done(press(wire, "/companies", "seed", entities=json.dumps(rows)))
    assert "1 record was written" in page.text()
    assert len(wire.find("Customer", f"WHERE DisplayName = '{name}'")) == 1


@pytest.mark.parametrize(
    "text", ["{", "[1]", '"x"', '[{"type": "Gadget", "data": {}}]', '[{"type": "Customer"}]']
)
def test_records_that_are_none_come_back_as_typed(wire: Wire, text: str) -> None:
    page = wrong(press(wire, "/companies", "seed", entities=text))
    assert page.form("seed").values["entities"] == text


def test_nothing_is_thrown_away_unless_somebody_is_sure(wire: Wire) -> None:
    made = wire.customer()
    wrong(press(wire, "/companies", "reset", company="empty"))
    assert wire.read("Customer", made["Id"]) == made
    done(press(wire, "/companies", "reset", company="empty", sure="on"))
    assert wire.find("Customer") == []


def test_a_page_stays_with_its_company(wire: Wire) -> None:
    second = next(realm for realm in companies(wire) if realm != wire.realm)
    page = get(wire, "/faults", realm=second)
    inside = [one for one in page.links if "/control/" in one]
    assert sum(f"realm={second}" in one for one in inside) >= 8
    name = fresh("There")
    rows = json.dumps([{"type": "Customer", "data": {"DisplayName": name}}])
    done(press(wire, f"/companies?realm={second}", "seed", entities=rows))
    assert wire.find("Customer", f"WHERE DisplayName = '{name}'") == []
    assert "1 record" in get(wire, "/records/Customer", realm=second, q=name).text()
    answer = wire.http.get(f"{wire.details['control_url']}?realm=123", timeout=5)
    assert answer.status_code == 400


# --- webhooks ----------------------------------------------------------------------------------


def test_webhooks_are_registered_and_switched_off(wire: Wire) -> None:
    typed = {"url": "http://127.0.0.1:9/hook", "format": "legacy", "waits": "1, 2 5"}
    page = done(press(wire, "/webhooks", "register", **typed))
    found = wire.control("GET", "state")["webhooks"]
    assert (found["url"], found["format"]) == (typed["url"], "legacy")
    assert found["waits"] == [1, 2, 5]
    assert page.form("register").values["waits"] == "1 2 5"
    tested = done(press(wire, "/webhooks", "test"))
    assert "not reached" in tested.text()
    assert sins(tested) == []
    number = wire.control("GET", "webhooks")["deliveries"][0]["seq"]
    delivery = get(wire, f"/webhooks/{number}")
    assert sins(delivery) == []
    assert "eventNotifications" in delivery.text("pre")
    done(press(wire, "/webhooks", "stop"))
    assert wire.control("GET", "state")["webhooks"] is None


@pytest.mark.parametrize(
    "typed", [{"url": ""}, {"url": "here"}, {"waits": "soon"}, {"waits": "-1"}]
)
def test_webhooks_that_cannot_be_come_back_as_typed(wire: Wire, typed: dict[str, str]) -> None:
    typed = {"url": "http://127.0.0.1:9/hook", **typed}
    page = wrong(press(wire, "/webhooks", "register", **typed))
    assert {**page.form("register").values, **typed} == page.form("register").values
    assert wire.control("GET", "state")["webhooks"] is None
