"""Notes and files on records: uploaded, found, fetched again, changed and deleted."""

from __future__ import annotations

import base64
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from quickbooks import QuickBooks
from quickbooks.exceptions import ObjectNotFoundException
from quickbooks.objects.attachable import Attachable
from quickbooks.objects.base import AttachableRef, Ref

from tests.contract.consent import companies, connected
from tests.contract.wire import Wire, fresh, running

PICTURE = bytes(range(256)) * 40 + b"\r\n--x\r\n\r\n"
"""Every byte there is, and what looks like the border of a part."""
UNFORESEEN = "The request could not be understood"
BAD_BASE64 = """--x
Content-Disposition: form-data; name="file_content_0"
Content-Transfer-Encoding: base64

!!!
--x--"""


def upload(
    wire: Wire, *files: tuple[dict[str, Any] | None, bytes], **params: str
) -> list[dict[str, Any]]:
    parts: dict[str, tuple[str | None, bytes, str]] = {}
    for place, (metadata, content) in enumerate(files):
        if metadata is not None:
            text = json.dumps(metadata).encode()
            parts[f"file_metadata_{place}"] = ("attachment.json", text, "application/json")
        parts[f"file_content_{place}"] = (f"file {place}.png", content, "image/png")
    answer = wire.fine("POST", "upload", files=parts, params=params)
    return answer["AttachableResponse"]  # type: ignore[no-any-return]


def linked(kind: str, record_id: str) -> dict[str, Any]:
    return {"EntityRef": {"type": kind, "value": record_id}}


# --- what is refused ---------------------------------------------------------------------------


def test_an_attachment_is_a_note_or_a_file(wire: Wire) -> None:
    assert wire.refused("POST", "attachable", {"Tag": "x"})["code"] == "2020"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"AttachableRef": [linked("Invoice", "999999")]}, "2500"),
        ({"AttachableRef": [linked("Nonsense", "1")]}, "2170"),
        ({"AttachableRef": [{"EntityRef": {"value": "1"}}]}, "2020"),
        ({"AttachableRef": [{"EntityRef": {"type": "Invoice"}}]}, "2020"),
        ({"AttachableRef": {}}, "2010"),
        ({"Category": "Secret"}, "2170"),
        ({"Lat": "91"}, "2240"),
        ({"Long": "east"}, "2090"),
        ({"Note": "x" * 2001}, "2050"),
        ({"FileName": "x" * 1001}, "2050"),
    ],
)
def test_bad_fields_are_refused(wire: Wire, fields: dict[str, Any], code: str) -> None:
    assert wire.refused("POST", "attachable", {"Note": "n", **fields})["code"] == code


def test_a_form_without_files_is_refused(wire: Wire) -> None:
    error = wire.refused("POST", "upload", files={"other": ("a.txt", b"a", "text/plain")})
    assert error["code"] == "2020"


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/json", "{}", "1050"),
        ("multipart/form-data", "--x--", "1050"),
        ("multipart/form-data; boundary=x", "", "2010"),
        ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data", "2010"),
        ("multipart/form-data; boundary=x", "--x\r\nA: b\r\n\r\nc\r\n--x--", "2010"),
        (
            "multipart/form-data; boundary=x",
            BAD_BASE64,
            "2010",
        ),
    ],
)
def test_what_is_no_form_is_refused(wire: Wire, content_type: str, body: str, code: str) -> None:
    headers = {"Content-Type": content_type}
    assert wire.refused("POST", "upload", text=body, headers=headers)["code"] == code


def test_a_file_too_large_is_refused_and_says_so(wire: Wire) -> None:
    answer = wire.call("POST", "upload", text=b"x" * (32 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    (error,) = answer.json()["Fault"]["Error"]
    assert "larger than" in error["Detail"]
    assert wire.call("GET", "companyinfo/1").status_code == 200, "the next request is answered"


def test_each_file_succeeds_or_fails_for_itself(wire: Wire) -> None:
    bad, good = upload(wire, ({"Category": "Secret", "FileName": "a"}, b"a"), (None, b"b"))
    assert bad["Fault"]["Error"][0]["code"] == "2170"
    assert good["Attachable"]["FileName"] == "file 1.png"


def test_a_note_has_no_file_to_fetch(wire: Wire) -> None:
    note = wire.create("Attachable", {"Note": "only words"})
    assert not {"FileAccessUri", "TempDownloadUri", "Size"} & note.keys()
    assert wire.refused("GET", f"download/{note['Id']}")["code"] == "610"
    assert wire.refused("GET", "download/999999")["code"] == "610"


@pytest.mark.parametrize("change", ["signature", "time", "id", "nothing"])
def test_a_link_that_was_changed_leads_nowhere(wire: Wire, change: str) -> None:
    (one,) = upload(wire, (None, PICTURE))
    url = one["Attachable"]["TempDownloadUri"]
    ends = parse_qs(urlsplit(url).query)["Expires"][0]
    changed = {
        "signature": url[:-1] + ("0" if url[-1] != "0" else "1"),
        "time": url.replace(ends, str(int(ends) + 1)),
        "id": url.replace(f"/{wire.realm}/", f"/{wire.realm}/9"),
        "nothing": url.split("?")[0],
    }[change]
    answer = requests.get(changed, timeout=5)
    assert answer.status_code == 403
    assert "SignatureDoesNotMatch" in answer.text


def test_a_link_into_no_company_leads_nowhere(wire: Wire) -> None:
    (one,) = upload(wire, (None, PICTURE))
    url = one["Attachable"]["TempDownloadUri"].replace(f"/{wire.realm}/", "/123/")
    assert requests.get(url, timeout=5).status_code == 404


def test_a_link_ends_after_a_quarter_of_an_hour(wire: Wire) -> None:
    (one,) = upload(wire, (None, PICTURE))
    url = one["Attachable"]["TempDownloadUri"]
    wire.control("POST", "clock", {"offset_seconds": 14 * 60})
    assert requests.get(url, timeout=5).content == PICTURE
    wire.control("POST", "clock", {"offset_seconds": 15 * 60 + 1})
    answer = requests.get(url, timeout=5)
    assert (answer.status_code, "AccessDenied" in answer.text) == (403, True)
    again = wire.read("Attachable", one["Attachable"]["Id"])["TempDownloadUri"]
    assert requests.get(again, timeout=5).content == PICTURE


def test_whatever_happens_to_a_form_the_answer_has_the_proper_shape(wire: Wire) -> None:
    chance = random.Random(7)
    whole = (
        b'--x\r\nContent-Disposition: form-data; name="file_metadata_0"\r\n'
        b'Content-Type: application/json\r\n\r\n{"FileName": "a", "Note": "b"}\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file_content_0"; filename="c"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for _ in range(300):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(body))
            body[place : place + chance.choice((0, 1, 5, 40))] = chance.choice(
                (
                    b"",
                    b"\r",
                    b"\n",
                    b"\r\n",
                    b"--x",
                    b"\r\n--x\r\n",
                    b"\xff",
                    b'"',
                    b";",
                    b"\x00",
                    b"<",
                )
            )
        answer = wire.call("POST", "upload", text=bytes(body), headers=headers)
        assert answer.status_code in {200, 400}, answer.text
        if answer.status_code == 400:
            assert answer.json()["Fault"]["Error"][0]["Detail"] != UNFORESEEN, bytes(body)
        else:
            assert answer.json()["AttachableResponse"]


# --- files -------------------------------------------------------------------------------------


def test_several_files_come_in_one_form(wire: Wire) -> None:
    invoice = wire.invoice("10.00")
    metadata = {
        "AttachableRef": [{**linked("Invoice", invoice["Id"]), "IncludeOnSend": True}],
        "FileName": "proof.png",
        "ContentType": "image/png",
        "Note": "front",
        "Category": "Image",
    }
    first, second = [one["Attachable"] for one in upload(wire, (metadata, PICTURE), (None, b""))]
    assert (first["FileName"], first["Size"], first["Note"]) == ("proof.png", len(PICTURE), "front")
    assert first["AttachableRef"] == [
        {"EntityRef": {"type": "Invoice", "value": invoice["Id"]}, "IncludeOnSend": True}
    ]
    assert first["FileAccessUri"] == f"/v3/company/{wire.realm}/download/{first['Id']}"
    assert (second["FileName"], second["ContentType"]) == ("file 1.png", "image/png")
    assert second["Size"] == 0
    assert requests.get(first["TempDownloadUri"], timeout=5).content == PICTURE
    assert requests.get(second["TempDownloadUri"], timeout=5).content == b""


def test_the_download_address_answers_with_a_link_as_text(wire: Wire) -> None:
    (one,) = upload(wire, ({"FileName": "für (alles) & mehr/x.html"}, b"<script>"))
    answer = wire.call("GET", f"download/{one['Attachable']['Id']}", headers={"Accept": "*/*"})
    assert answer.headers["Content-Type"].startswith("text/plain")
    found = requests.get(answer.text, timeout=5)
    assert found.content == b"<script>"
    assert found.headers["Content-Type"] == "image/png"
    assert found.headers["Content-Disposition"].startswith("attachment;"), "never run as a page"


def test_a_header_cannot_be_smuggled_in_by_a_content_type(wire: Wire) -> None:
    metadata = {"FileName": "a.txt", "ContentType": "text/plain\r\nX-Evil: 1"}
    (one,) = upload(wire, (metadata, b"a"))
    found = requests.get(one["Attachable"]["TempDownloadUri"], timeout=5)
    assert found.headers["Content-Type"] == "application/octet-stream"
    assert "X-Evil" not in found.headers


def test_metadata_may_be_xml(wire: Wire) -> None:
    customer = wire.customer()
    text = (
        '<Attachable xmlns="http://schema.intuit.com/finance/v3"><FileName>a.txt</FileName>'
        f'<AttachableRef><EntityRef type="Customer">{customer["Id"]}</EntityRef></AttachableRef>'
        "</Attachable>"
    )
    parts = {
        "file_metadata_0": (None, text, "application/xml"),
        "file_content_0": ("b.txt", "hello", "text/plain"),
    }
    answer = wire.fine("POST", "upload", files=parts)
    (one,) = answer["AttachableResponse"]
    assert one["Attachable"]["FileName"] == "a.txt"
    assert one["Attachable"]["AttachableRef"][0]["EntityRef"]["value"] == customer["Id"]


def test_an_upload_is_not_done_twice_under_one_request_id(wire: Wire) -> None:
    request_id = fresh("upload")
    (first,) = upload(wire, (None, b"a"), requestid=request_id)
    (second,) = upload(wire, (None, b"a"), requestid=request_id)
    assert first["Attachable"]["Id"] == second["Attachable"]["Id"]


def test_base64_in_lines_is_read(wire: Wire) -> None:
    coded = base64.encodebytes(PICTURE).decode().replace("\n", "\r\n")
    body = (
        '--x\r\nContent-Disposition: form-data; name="file_content_0"; filename="p.bin"\r\n'
        f"Content-Transfer-Encoding: Base64\r\n\r\n{coded}\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    (one,) = wire.fine("POST", "upload", text=body, headers=headers)["AttachableResponse"]
    assert one["Attachable"]["ContentType"] == "application/octet-stream"
    assert requests.get(one["Attachable"]["TempDownloadUri"], timeout=5).content == PICTURE


def test_an_update_keeps_the_file(wire: Wire) -> None:
    (one,) = upload(wire, ({"FileName": "a.txt", "Note": "old"}, PICTURE))
    made = one["Attachable"]
    body = {"Id": made["Id"], "SyncToken": made["SyncToken"], "Note": "new", "Size": 1}
    changed = wire.create("Attachable", body)
    assert (changed["Note"], changed["SyncToken"]) == ("new", "1")
    assert (changed["FileName"], changed["ContentType"]) == ("a.txt", "image/png")
    assert (changed["Size"], changed["FileAccessUri"]) == (len(PICTURE), made["FileAccessUri"])
    assert requests.get(changed["TempDownloadUri"], timeout=5).content == PICTURE


def test_a_deleted_attachment_takes_its_file_along(wire: Wire) -> None:
    (one,) = upload(wire, (None, PICTURE))
    made = one["Attachable"]
    gone = wire.end("Attachable", made, "delete")
    assert gone == {"status": "Deleted", "domain": "QBO", "Id": made["Id"]}
    assert requests.get(made["TempDownloadUri"], timeout=5).status_code == 404
    assert wire.refused("GET", f"attachable/{made['Id']}")["code"] == "610"


def test_each_company_has_files_of_its_own(wire: Wire) -> None:
    (ours,) = upload(wire, (None, b"ours"))
    _main, second = companies(wire)
    with connected(wire, second) as client:
        parts = {"file_content_0": ("a.txt", b"theirs", "text/plain")}
        answer = wire.call("POST", "upload", realm=second, token=client.access_token, files=parts)
    theirs = answer.json()["AttachableResponse"][0]["Attachable"]
    assert theirs["FileAccessUri"] == f"/v3/company/{second}/download/{theirs['Id']}"
    assert requests.get(theirs["TempDownloadUri"], timeout=5).content == b"theirs"
    url = ours["Attachable"]["TempDownloadUri"]
    assert requests.get(url, timeout=5).content == b"ours"
    moved = url.replace(wire.realm, second)
    assert requests.get(moved, timeout=5).status_code == 403, "a link holds in one company alone"


# --- finding them ------------------------------------------------------------------------------


def test_attachments_are_found_by_what_they_hang_on(wire: Wire) -> None:
    one, two = wire.customer()["Id"], wire.customer()["Id"]
    vendor = wire.create("Vendor", {"DisplayName": fresh("Vendor")})["Id"]
    both = wire.create(
        "Attachable",
        {"Note": "n", "AttachableRef": [linked("customer", one), linked("Vendor", vendor)]},
    )
    assert both["AttachableRef"][0]["EntityRef"]["type"] == "Customer", "spelt as QuickBooks does"

    def found(kind: str, record_id: str) -> list[str]:
        where = (
            f"WHERE AttachableRef.EntityRef.Type = '{kind}' "
            f"AND AttachableRef.EntityRef.value = '{record_id}'"
        )
        return [record["Id"] for record in wire.find("Attachable", where)]

    assert found("Customer", one) == [both["Id"]]
    assert found("customer", one) == [both["Id"]]
    assert found("Vendor", vendor) == [both["Id"]]
    assert found("Customer", two) == []
    if one != vendor:
        assert found("Vendor", one) == [], "kind and id are those of one and the same reference"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FileName", "Found.PNG"),
        ("Note", "found note"),
        ("Tag", "found-tag"),
        ("ContentType", "image/x-found"),
        ("Size", str(len(PICTURE))),
    ],
)
def test_attachments_are_found_by_their_fields(wire: Wire, name: str, value: str) -> None:
    metadata = {"FileName": "found.png", "Note": "Found Note", "Tag": "found-tag"}
    (one,) = upload(wire, ({**metadata, "ContentType": "image/x-found"}, PICTURE))
    found = wire.find("Attachable", f"WHERE {name} = '{value}'")
    assert one["Attachable"]["Id"] in {record["Id"] for record in found}


def test_what_is_no_property_cannot_be_asked_for(wire: Wire) -> None:
    statement = "SELECT * FROM Attachable WHERE AttachableRef.EntityRef.name = 'x'"
    assert wire.refused("GET", "query", params={"query": statement})["code"] == "4001"
    statement = "SELECT * FROM Attachable ORDERBY AttachableRef.EntityRef.value"
    assert wire.refused("GET", "query", params={"query": statement})["code"] == "4001"


def test_changes_say_what_was_attached_and_deleted(wire: Wire) -> None:
    made = wire.create("Attachable", {"Note": "to go"})
    kept = wire.create("Attachable", {"Note": "to stay"})
    wire.end("Attachable", made, "delete")
    params = {"entities": "Attachable", "changedSince": made["MetaData"]["CreateTime"]}
    (answer,) = wire.fine("GET", "cdc", params=params)["CDCResponse"]
    found = {one["Id"]: one.get("status") for one in answer["QueryResponse"][0]["Attachable"]}
    assert found[made["Id"]] == "Deleted"
    assert found[kept["Id"]] is None


# --- python-quickbooks, unchanged --------------------------------------------------------------


def a_file(customer_id: str) -> Any:
    made = Attachable()
    made.FileName, made.ContentType = "proof.bin", "application/pdf"
    link = AttachableRef()
    link.EntityRef = Ref()
    link.EntityRef.type, link.EntityRef.value = "Customer", customer_id
    made.AttachableRef.append(link)
    return made


def test_the_library_uploads_bytes(qb: QuickBooks, wire: Wire) -> None:
    made = a_file(wire.customer()["Id"])
    made._FileBytes = PICTURE
    saved = made.save(qb=qb)
    assert int(saved.Size) == len(PICTURE)
    read = Attachable.get(saved.Id, qb=qb)
    assert requests.get(read.TempDownloadUri, timeout=5).content == PICTURE
    assert read.AttachableRef[0].EntityRef.type == "Customer"


def test_the_library_uploads_a_file(qb: QuickBooks, wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "proof.bin"
    path.write_bytes(os.urandom(300_000))
    made = a_file(wire.customer()["Id"])
    made._FilePath = str(path)
    saved = made.save(qb=qb)
    assert requests.get(saved.TempDownloadUri, timeout=5).content == path.read_bytes()


def test_the_library_changes_and_deletes_a_note(qb: QuickBooks) -> None:
    made = Attachable()
    made.Note = "first"
    saved = made.save(qb=qb)
    read = Attachable.get(saved.Id, qb=qb)
    read.Note = "second"
    assert read.save(qb=qb).Note == "second"
    read = Attachable.get(saved.Id, qb=qb)
    assert read.delete(qb=qb)["Attachable"]["status"] == "Deleted"
    with pytest.raises(ObjectNotFoundException):
        Attachable.get(saved.Id, qb=qb)


# --- in the file -------------------------------------------------------------------------------


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "simulator"
    assert list(tmp_path.glob("simulator/*.png")) == [], "files live in the one file alone"


def test_files_outlive_the_process_and_go_with_the_company(alone: Path) -> None:
    with running(alone) as details:
        wire = Wire(details)
        (one,) = upload(wire, (None, PICTURE))
        wire.close()
    with running(alone) as details:
        wire = Wire(details)
        record_id = one["Attachable"]["Id"]
        url = wire.read("Attachable", record_id)["TempDownloadUri"]
        assert requests.get(url, timeout=5).content == PICTURE
        wire.control("POST", "reset", {"company": "empty"})
        assert requests.get(url, timeout=5).status_code == 404
        wire.close()
