"""Files that come in as parts of a form, and go out again by a link.

Each part file_content_NN is a file; what is known of it stands in file_metadata_NN, as JSON or XML.
https://developer.intuit.com/app/developer/qbo/docs/workflows/attach-images-and-notes
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.datastructures import Headers
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder

from batchly_admin.qbo.simulator.books import files
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import Record
from batchly_admin.qbo.simulator.books.store import QUIET
from batchly_admin.qbo.simulator.routes.call import Call
from batchly_admin.qbo.simulator.wire.refusals import Fault, not_found
from batchly_admin.qbo.simulator.wire.xml_requests import read_entity
from batchly_admin.qbo.simulator.world import World

KIND = "Attachable"
UNKNOWN_TYPE = "application/octet-stream"
_PART = re.compile(r"file_(metadata|content)_?([0-9]*)")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form: its headers and its bytes, as they were before they were sent."""

    name: str
    file_name: str
    content_type: str
    content: bytes


def blueprint(world: World) -> Blueprint:
    """Give the routes of the links; they ask for no token, as those of QuickBooks do not."""
    found = Blueprint("attachments", __name__)

    @found.get("/attachments/<realm>/<record_id>/<path:name>")
    def fetch(realm: str, record_id: str, **_name: str) -> Response:
        company = world.at(realm)
        if company is None:
            return _denied("NoSuchBucket", "The specified bucket does not exist.", 404)
        return _file(company.books, record_id)

    return found


def upload(world: World, call: Call) -> dict[str, Any]:
    """Keep the files of a form, each with an Attachable; each succeeds or fails for itself.

    Raises:
        Fault: 1050 for a body that is no form, 2010 for one that cannot be read, 2020 for one
            without files.
    """
    parts = {one.name: one for one in _parts(call)}
    names = [match for match in map(_PART.fullmatch, parts) if match is not None]
    places = list(dict.fromkeys(match[2] for match in names))
    if not places:
        detail = "Required parameter file_content_0 is missing in the request"
        raise Fault("2020", detail, element="file_content_0")
    return {"AttachableResponse": [_item(world, parts, place) for place in places]}


def link(world: World, call: Call) -> str:
    """Give the address of an attachment's file, as text.

    Raises:
        Fault: 610 when there is no such attachment, or it has no file.
    """
    record_id = "/".join(call.parts[1:])
    record = world.books.read(KIND, record_id)
    if files.content_of(world.store, record["Id"]) is None:
        raise not_found(KIND, record_id)
    return files.link(world.books, record)


def _item(world: World, parts: dict[str, Part], place: str) -> dict[str, Any]:
    try:
        record = _keep(world, _find(parts, "metadata", place), _find(parts, "content", place))
    except Fault as fault:
        return {"Fault": fault.fault()}
    entity = world.books.entities[KIND]
    return {KIND: entity.shown(world.books, record, frozenset())}


def _find(parts: dict[str, Part], what: str, place: str) -> Part | None:
    return parts.get(f"file_{what}_{place}") or parts.get(f"file_{what}{place}")


def _keep(world: World, metadata: Part | None, file: Part | None) -> Record:
    """Make the Attachable of one file.

    Raises:
        Fault: what QuickBooks would refuse.
    """
    if file is None:
        raise Fault("2020", "Required parameter file_content is missing", element="file_content")
    sent = _metadata(world, metadata) if metadata is not None else {}
    sent = {**sent, "FileName": sent.get("FileName") or file.file_name}
    sent["ContentType"] = sent.get("ContentType") or file.content_type or UNKNOWN_TYPE
    if not sent["FileName"]:
        detail = "Required parameter FileName is missing in the request"
        raise Fault("2020", detail, element="FileName")
    content = file.content
    books = world.books
    with books.store.write():
        made = books.save(KIND, {**sent, "Id": None})
        address = f"/v3/company/{world.realm_id}/download/{made['Id']}"
        record = {**made, "Size": len(content), "FileAccessUri": address}
        books.store.put(KIND, record, operation=QUIET, at=world.stamp())
        files.keep(books.store, made["Id"], content)
    return record


def _metadata(world: World, part: Part) -> dict[str, Any]:
    if "xml" in part.content_type:
        return read_entity(part.content, {KIND: world.books.entities[KIND].spec.shape})
    return Call("POST", ("upload",), body=part.content).json()


def _parts(call: Call) -> Iterator[Part]:
    """Read a form, also one that ends its lines as no form should.

    Raises:
        Fault: 1050 or 2010.
    """
    kind, options = parse_options_header(call.content_type)
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary:
        raise Fault("1050", f"Content type {call.content_type[:60]} is not supported")
    decoder = MultipartDecoder(boundary.encode("utf-8", "replace"))
    decoder.receive_data(call.body)
    decoder.receive_data(None)
    try:
        yield from _decoded(decoder)
    except (ValueError, KeyError):
        raise Fault("2010", "The form cannot be read to its end") from None


def _decoded(decoder: MultipartDecoder) -> Iterator[Part]:
    head: Field | File | None = None
    chunks: list[bytes] = []
    while not isinstance(event := decoder.next_event(), Epilogue):
        if isinstance(event, Field | File):
            head, chunks = event, []
        elif isinstance(event, Data) and head is not None:
            chunks.append(event.data)
            if not event.more_data:
                yield _part(head, b"".join(chunks))


def _part(head: Field | File, content: bytes) -> Part:
    file_name = head.filename if isinstance(head, File) else ""
    kind, _ = parse_options_header(head.headers.get("Content-Type", ""))
    return Part(str(head.name), file_name, kind, _plain(head.headers, content))


def _plain(headers: Headers, content: bytes) -> bytes:
    """Give content as it was before it was made fit for old mail servers.

    Raises:
        Fault: 2010 for what is not what it says it is.
    """
    if headers.get("Content-Transfer-Encoding", "").strip().lower() != "base64":
        return content
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        raise Fault("2010", "The content of a part is not base64") from None


def _file(books: Books, record_id: str) -> Response:
    """Give a file to whoever has a link that still holds; else say no as the storage does."""
    ends, signature = request.args.get("Expires", ""), request.args.get("Signature", "")
    if not ends or not files.is_genuine(books, record_id, ends, signature):
        return _denied("SignatureDoesNotMatch", "The signature does not match.", 403)
    if files.has_ended(books, ends):
        return _denied("AccessDenied", "Request has expired", 403)
    record = books.store.get(KIND, record_id)
    content = files.content_of(books.store, record_id)
    if record is None or content is None:
        return _denied("NoSuchKey", "The specified key does not exist.", 404)
    response = Response(content, content_type=_header(record.get("ContentType", UNKNOWN_TYPE)))
    name = quote(str(record.get("FileName", "file")), safe="")
    # What somebody uploaded must not run as a page beside the control page.
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _header(text: str) -> str:
    """Give a type of content that can stand in a header."""
    return text if re.fullmatch(r"[\x20-\x7e]+", text) else UNKNOWN_TYPE


def _denied(code: str, message: str, status: int) -> Response:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    )
    return Response(body, status, content_type="application/xml")
