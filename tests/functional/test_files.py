"""Files of records over HTTP: who may, what is refused, how they are given out, undo and trash."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from batchly_admin.domain.rights import GRANTS
from batchly_admin.grid.registry import tables
from tests import given
from tests.house import House, Person, open_house

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
ROLES = ("office", "viewer", "worker")


@pytest.fixture(scope="module")
def house(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("files")
    limits = {"BATCHLY_MAX_FILE_MB": "1", "BATCHLY_MAX_UPLOAD_MB": "2"}
    with open_house(folder, ROLES, DATABASE_URL=shared_database_url, **limits) as found:
        yield found


@pytest.fixture
def buyer(house: House) -> UUID:
    return given.customer(house.runtime.uows)


def send(
    person: Person, path: str, *sent: tuple[str, bytes], token: bool = True, **form: str
) -> TestResponse:
    files = [FileStorage(io.BytesIO(content), name) for name, content in sent]
    data: dict[str, Any] = {**form, "file": files}
    headers = {"Accept": "application/json"}
    if token:
        headers["X-CSRFToken"] = person.token
    boundary, encoded = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return person.client.post(path, data=encoded, content_type=kind, headers=headers, buffered=True)


def added(house: House, buyer: UUID, name: str = "a.txt", content: bytes = b"hello") -> Any:
    answer = send(house["office"], f"/customers/{buyer}/files", (name, content))
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_good_files_are_added_beside_refused_ones_as_one_change(house: House, buyer: UUID) -> None:
    office, path = house["office"], f"/customers/{buyer}/files"
    sent = (("logo.png", PNG), ("virus.exe", b"MZ"), ("fake.png", b"no"), ("note.txt", b"hello"))
    body = send(office, path, *sent).get_json()
    assert [one["name"] for one in body["files"]] == ["logo.png", "note.txt"]
    assert [one[1] for one in body["cell"]] == ["logo.png", "note.txt"]
    assert [one["name"] for one in body["refused"]] == ["virus.exe", "fake.png"]
    assert "its content says otherwise" in body["refused"][1]["reason"]
    more = send(office, path, ("more.txt", b"x"), change_set=body["change_set"]).get_json()
    assert more["change_set"] == body["change_set"]
    undone = office.post("/history/mine/undo", {"table": "customers"}).get_json()
    assert undone["conflicts"] == []
    assert undone["what"] == "3 files added"
    assert office.get(path).get_json()["files"] == []
    office.post("/history/mine/redo", {"table": "customers"})
    assert len(office.get(path).get_json()["files"]) == 3


def test_too_large_is_said_for_a_file_and_for_a_request(house: House, buyer: UUID) -> None:
    office, path = house["office"], f"/customers/{buyer}/files"
    body = send(office, path, ("big.txt", b"x" * (1024 * 1024 + 1))).get_json()
    assert (body["added"], body["change_set"]) == (0, None)
    assert body["refused"][0]["reason"] == "big.txt is larger than the 1 MB that a file may have."
    huge = send(office, path, ("huge.txt", b"x" * (2 * 1024 * 1024)))
    assert huge.status_code == 413
    assert "at most 2 MB are taken at once" in huge.get_json()["error"]["message"]


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": ["x"]}, {"ids": "x"}, {"ids": [None]}])
def test_a_request_that_names_nothing_is_refused(house: House, buyer: UUID, body: Any) -> None:
    office = house["office"]
    assert office.post("/customers/files/remove", body).status_code == 422
    assert send(office, f"/customers/{buyer}/files").status_code == 422


def test_pictures_may_be_shown_and_all_else_is_downloaded(house: House, buyer: UUID) -> None:
    office = house["office"]
    sent = (("Größe 1%.png", PNG), ("art.svg", b"<svg onload=alert(1)>"), ("p.html", b"<p>"))
    files = send(office, f"/customers/{buyer}/files", *sent).get_json()["files"]
    picture, drawing, page = (office.get(one["url"], show="1") for one in files)
    assert picture.data == PNG
    assert picture.headers["Content-Disposition"] == (
        "inline; filename=\"Gr__e 1_.png\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%201%25.png"
    )
    assert [one["shown"] is None for one in files] == [False, True, True]
    for answer in (drawing, page):
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.mimetype == "application/octet-stream"
    for answer in (picture, drawing, page):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    assert office.get(files[0]["url"]).headers["Content-Disposition"].startswith("attachment;")


def test_who_sees_the_record_sees_its_files_and_who_edits_it_changes_them(
    house: House, buyer: UUID
) -> None:
    body = added(house, buyer)
    path, url, key = f"/customers/{buyer}/files", body["files"][0]["url"], body["files"][0]["id"]
    viewer, worker = house["viewer"], house["worker"]
    assert viewer.get(url).data == b"hello"
    assert viewer.get(path).get_json()["may"] is False
    for person in (viewer, worker):
        assert send(person, path, ("b.txt", b"x")).status_code == 403
        assert person.post(url, {"name": "b", "seen": "a.txt"}).status_code == 403
        assert person.post("/customers/files/remove", {"ids": [key]}).status_code == 403
        assert person.post(f"/history/{body['change_set']}/undo", {}).status_code == 403
    assert worker.get(path).status_code == 403
    assert worker.get(url).status_code == 403
    assert send(house["office"], path, ("b.txt", b"x"), token=False).status_code == 400
    other = given.customer(house.runtime.uows)
    for wrong in (f"/customers/{other}/files/{key}", f"/orders/{buyer}/files/{key}"):
        assert house["office"].get(wrong).status_code == 404
    assert house["office"].get(f"/order-lines/{buyer}/files").status_code == 404
    assert house["office"].get(f"/customers/{key}/files").status_code == 404


def test_whoever_may_list_all_files_may_see_all_they_belong_to() -> None:
    for role, rights in GRANTS.items():
        if "attachments:view" in rights:
            unseen = [
                one.name
                for one in tables().values()
                if one.takes_files and f"{one.rights_area}:view" not in rights
            ]
            assert unseen == [], role


def test_a_rename_says_when_somebody_was_faster(house: House, buyer: UUID) -> None:
    office, url = house["office"], added(house, buyer)["files"][0]["url"]
    done = office.post(url, {"name": "proof", "seen": "a.txt"}).get_json()
    assert [one["name"] for one in done["files"]] == ["proof.txt"]
    assert office.post(url, {"name": "late", "seen": "a.txt"}).status_code == 409
    assert office.post(url, {"name": " ", "seen": "proof.txt"}).status_code == 422
    undone = office.post("/history/mine/undo", {"table": "customers"}).get_json()
    assert (undone["what"], undone["conflicts"]) == ("a.txt renamed to proof.txt", [])


def test_an_open_grid_hears_of_a_file_and_the_panel_shows_it(house: House, buyer: UUID) -> None:
    office, viewer = house["office"], house["viewer"]
    since = viewer.get("/customers/changes").get_json()["since"]
    body = added(house, buyer)
    news = viewer.get("/customers/changes", since=since, tab="v").get_json()["rows"]
    assert [(one["id"], one["version"]) for one in news if one["id"] == str(buyer)] == [
        (str(buyer), body["version"])
    ]
    row = viewer.get("/customers/rows", ids=str(buyer), columns="files").get_json()["rows"][0]
    assert row[3] == body["cell"]
    panel = office.get(f"/customers/{buyer}/panel").get_json()
    assert panel["files"] == f"/customers/{buyer}/files"
    assert "files" not in [name for group in panel["groups"] for name in group["fields"]]
    history = office.get(f"/customers/{buyer}/history").get_json()["entries"]
    assert history[0]["items"] == [
        {"column": "files", "label": "Files", "kind": "text", "old": None, "new": "a.txt"}
    ]
    restored = office.post(f"/customers/{buyer}/versions", {"change_set": body["change_set"]})
    assert restored.get_json()["fields"] == []


def test_text_is_not_a_file(house: House, buyer: UUID) -> None:
    change = {"id": str(buyer), "column": "files", "seen": None, "text": "a.txt"}
    answer = house["office"].post("/customers/changes", {"changes": [change]}).get_json()
    assert "press Enter on the cell" in answer["results"][0]["reason"]
    look = house["office"].post("/customers/paste", {"columns": {"files": ["a.txt"]}}).get_json()
    assert look["columns"]["files"][0][0] == 1


def test_removed_files_lie_in_the_trash_until_somebody_restores_them(
    house: House, buyer: UUID
) -> None:
    office, viewer = house["office"], house["viewer"]
    name = f"{buyer}.txt"
    key = added(house, buyer, name)["files"][0]["id"]
    done = office.post("/customers/files/remove", {"ids": [key, key]}).get_json()
    assert (done["removed"], done["rows"][0]["cell"]) == (1, None)
    assert office.post("/customers/files/remove", {"ids": [key]}).status_code == 404
    page = office.get("/trash", table="customers").text
    assert name in page
    assert name not in office.get("/trash", table="orders").text
    place = page[page.index(name) :]
    found = re.search(r"/trash/[0-9a-f-]+/restore", place)
    assert found is not None
    assert viewer.post(found[0], {}).status_code == 403
    assert office.post(found[0], {}).get_json()["undone"] == 1
    assert len(office.get(f"/customers/{buyer}/files").get_json()["files"]) == 1


def test_deleting_a_record_says_that_its_files_go_along(house: House) -> None:
    uows = house.runtime.uows
    order = given.order(uows)
    send(house["office"], f"/orders/{order}/files", ("a.txt", b"x"))
    shown = house["office"].post(
        "/orders/actions/delete/preview", {"selection": {"ids": [str(order)]}}
    )
    assert "1 files go along." in shown.get_json()["lines"]


def test_an_issued_invoice_takes_files(house: House) -> None:
    invoice = given.issued_invoice(house.runtime.uows)
    office = house["office"]
    body = send(office, f"/invoices/{invoice}/files", ("signed.txt", b"x")).get_json()
    assert (body["added"], body["refused"]) == (1, [])
    done = office.post("/history/mine/undo", {"table": "invoices"}).get_json()
    assert done["conflicts"] == []


def test_pages_export_and_print_name_the_files(house: House, buyer: UUID) -> None:
    office = house["office"]
    added(house, buyer, "print me.txt")
    for path in ("/customers/export.csv", "/customers/print"):
        assert "print me.txt" in office.get(path, columns="display_name,files").text
    assert f"/customers/{buyer}/files" in office.get(f"/customers/{buyer}").text
    assert office.get("/customers/new").status_code == 200
    assert office.get(f"/customers/{buyer}/edit").status_code == 200
    key = office.get(f"/customers/{buyer}/files").get_json()["files"][0]["id"]
    assert office.get(f"/attachments/{key}").location == f"/customers/{buyer}"
    assert office.get("/customers/window", sort="files").status_code == 422
    assert office.get("/customers/groups", group="files").status_code == 422
