"""Attachments: notes and files, on their own or on other records.

https://developer.intuit.com/app/developer/qbo/docs/workflows/attach-images-and-notes
"""

from __future__ import annotations

from batchly_admin.qbo.simulator.books import files
from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.entity import DOCUMENT, Entity, Record, Spec
from batchly_admin.qbo.simulator.wire.fields import (
    ANY,
    COMMON,
    NOTHING,
    NUMBER,
    OURS,
    TEXT,
    TRUTH,
    Shape,
)
from batchly_admin.qbo.simulator.wire.refusals import Fault, bad_reference
from batchly_admin.qbo.simulator.wire.values import at, number

CATEGORIES = ("Contact Photo", "Document", "Image", "Other", "Receipt", "Signature", "Sound")
REF_SHAPE: Shape = (
    NOTHING
    | {"EntityRef": {"value": 100, "type": 40, "name": 500}, "LineInfo": 100}
    | {"IncludeOnSend": TRUTH, "Inactive": TRUTH, "NoRefOnly": TRUTH, "CustomField": ANY}
)
SHAPE: Shape = (
    COMMON
    | {"FileName": 1000, "Note": 2000, "Tag": 2000, "Category": 100, "ContentType": 100}
    | {"Lat": 40, "Long": 40, "PlaceName": 2000, "AttachableRef": [REF_SHAPE]}
    | dict.fromkeys(("Size", "FileAccessUri", "TempDownloadUri"), OURS)
    | dict.fromkeys(("ThumbnailFileAccessUri", "ThumbnailTempDownloadUri"), OURS)
)


class Attachable(Entity):
    """A note, or a file with what is known of it."""

    def complete(self, books: Books, record: Record, before: Record | None) -> None:
        """Keep what a file is called and what it is, where an update says nothing of it.

        Raises:
            Fault: 2020 for neither a note nor a file.
        """
        if "FileAccessUri" in record and before is not None:
            for name in ("FileName", "ContentType"):
                record.setdefault(name, before[name])
        if "FileName" not in record and "Note" not in record:
            detail = "Required parameter FileName or Note is missing in the request"
            raise Fault("2020", detail, element="Note")

    def prepare(
        self, books: Books, record: Record, before: Record | None, options: frozenset[str]
    ) -> None:
        """Check the place and what the attachment hangs on.

        Raises:
            Fault: 2020, 2090, 2170, 2240 or 2500.
        """
        for name, most in (("Lat", 90), ("Long", 180)):
            if name in record and abs(number(record[name], name)) > most:
                raise Fault("2240", f"{name} is not within {most} degrees", element=name)
        known = [one.get("EntityRef") for one in (before or {}).get("AttachableRef", [])]
        for one in record.get("AttachableRef", []):
            if "EntityRef" in one:
                # What it hung on may have been deleted since: that is no reason to refuse it.
                one["EntityRef"] = _target(books, one["EntityRef"], known)
                one.setdefault("IncludeOnSend", False)

    def follow(self, books: Books, record: Record, before: Record | None) -> None:
        """Let go of the file of an attachment that was deleted."""
        if before is not None and not record:
            files.forget(books.store, before["Id"])

    def shown(self, books: Books, record: Record, include: frozenset[str]) -> Record:
        """Give a record with a fresh link to its file."""
        if "FileAccessUri" not in record:
            return record
        return {**record, "TempDownloadUri": files.link(books, record)}

    def is_shown_as_kept(self, body: str, include: frozenset[str]) -> bool:
        """Tell whether there is no link to make."""
        return '"FileAccessUri"' not in body


def _target(books: Books, sent: Record, known: list[Record]) -> Record:
    """Give a reference to a record in QuickBooks' own spelling."""
    wanted = str(sent.get("type", "")).casefold()
    record_id = str(sent.get("value", ""))
    if not wanted or not record_id:
        missing = "value" if wanted else "type"
        place = f"AttachableRef.EntityRef.{missing}"
        raise Fault("2020", f"Required parameter {place} is missing in the request", element=place)
    kind = next((one for one in books.entities if one.casefold() == wanted), None)
    if kind is None:
        detail = f"Invalid Enumeration : {sent['type']}"
        raise Fault("2170", detail, element="AttachableRef.EntityRef.type")
    found = {"type": kind, "value": record_id}
    was_there = any((at(one, "type"), at(one, "value")) == (kind, record_id) for one in known)
    if books.store.text(kind, record_id) is None and not was_there:
        raise bad_reference("AttachableRef.EntityRef", record_id)
    return found


ENTITY = Attachable(
    Spec(
        "Attachable",
        shape=SHAPE,
        operations=DOCUMENT,
        enums={"Category": CATEGORIES},
        filters={"FileName": TEXT, "Note": TEXT, "Tag": TEXT, "Category": TEXT}
        | {"ContentType": TEXT, "Size": NUMBER},
        list_filters={"AttachableRef.EntityRef.type": TEXT, "AttachableRef.EntityRef.value": TEXT}
        | {"AttachableRef.IncludeOnSend": TRUTH},
        gaps=(
            "no thumbnails are made of pictures",
            "every type of file is taken, up to the size of a request",
            "an attachment still names a record that was deleted since",
        ),
    )
)
