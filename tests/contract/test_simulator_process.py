"""The program itself: how it starts, what it keeps, how it stops."""

from __future__ import annotations

from pathlib import Path

import psutil
import requests

from tests.contract.conftest import auth_client
from tests.contract.wire import Wire, running

KEYS = {
    *("discovery_url", "api_base", "client_id", "client_secret", "realm_id", "refresh_token"),
    *("webhook_verifier_token", "control_url"),
}


def test_it_introduces_itself_in_one_line(wire: Wire) -> None:
    assert set(wire.details) - {"pid"} == KEYS
    assert wire.details["api_base"].endswith("/v3")
    assert wire.details["api_base"].startswith("http://127.0.0.1:")


def test_the_demo_company_is_there_and_the_printed_token_works(tmp_path: Path) -> None:
    with running(tmp_path, company="demo") as details:
        wire = Wire(details)
        assert len(wire.find("Customer")) >= 25
        memory = psutil.Process(details["pid"]).memory_info().rss
        wire.close()
        with auth_client(wire) as client:
            client.refresh()
    assert memory < 80 * 2**20


def test_a_restart_keeps_everything(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        wire = Wire(first)
        made = wire.customer(DisplayName="Kept")
        wire.call("POST", "customer", {"DisplayName": "Once"}, params={"requestid": "kept-1"})
        with auth_client(wire) as client:
            client.refresh()
        wire.control("POST", "settings", {"rotation": "strict"})
        wire.close()
    with running(tmp_path) as second:
        wire = Wire(second)
        fixed = KEYS - {"discovery_url", "api_base", "control_url", "refresh_token"}
        assert {key: first[key] for key in fixed} == {key: second[key] for key in fixed}
        assert wire.read("Customer", made["Id"]) == made
        again = wire.create("Customer", {"DisplayName": "Once"}, requestid="kept-1")
        assert [one["Id"] for one in wire.find("Customer", "WHERE DisplayName = 'Once'")] == [
            again["Id"]
        ]
        assert wire.control("GET", "state")["settings"]["rotation"] == "strict"
        with auth_client(wire) as client:
            client.refresh()
        wire.close()


def test_the_printed_refresh_token_works_after_each_rotation(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        wire = Wire(first)
        wire.control("POST", "settings", {"rotation": "strict"})
        with auth_client(wire) as client:
            client.refresh()
        wire.close()
    with running(tmp_path) as second:
        assert second["refresh_token"] != first["refresh_token"]
        wire = Wire(second)
        with auth_client(wire) as client:
            client.refresh()
        wire.close()


def test_it_stops_although_a_client_holds_its_connection(tmp_path: Path) -> None:
    with requests.Session() as session, running(tmp_path) as details:
        assert session.get(details["control_url"], timeout=5).ok


def test_a_page_of_another_site_cannot_reach_it(wire: Wire) -> None:
    url = f"{wire.details['control_url']}/api"
    renamed = wire.http.get(f"{url}/state", headers={"Host": "evil.example"}, timeout=5)
    assert renamed.status_code == 421
    foreign = {"Origin": "https://evil.example"}
    assert wire.http.post(f"{url}/reset", headers=foreign, timeout=5).status_code == 403
    own = {"Origin": wire.details["control_url"].removesuffix("/control")}
    assert wire.http.post(f"{url}/clock", headers=own, timeout=5).status_code == 200
