"""Files of records: added, renamed, removed, undone, deleted with their record and restored."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from batchly_admin.clock import ManualClock
from batchly_admin.domain.files import Limits
from batchly_admin.errors import Conflict, InvalidInput, NotFound, StaleEdit
from batchly_admin.grid import exports, feed, files, finding, windows
from batchly_admin.grid.filters import Selection
from batchly_admin.grid.registry import table as find_table
from batchly_admin.ids import first_id, new_id
from batchly_admin.models.billing import Invoice
from batchly_admin.models.changes import ChangeItem
from batchly_admin.models.customers import Customer
from batchly_admin.models.production import Attachment, AttachmentPiece
from batchly_admin.queries.attachments import content_of, files_of
from batchly_admin.services import attachments, deleting, history, invoicing, records, trash
from batchly_admin.services.unit_of_work import UnitOfWork, UnitOfWorks
from tests import given
from tests.given import ANN

TEXT = b"hello"
LIMITS = Limits(size_bytes=1_000_000, most=3)
DAY = date(2026, 3, 4)
CUSTOMERS = find_table("customers")


def add(
    uows: UnitOfWorks, record: UUID, name: str, content: bytes = TEXT, table: str = "customers"
) -> tuple[UUID, UUID]:
    """Add a file; give its id and the change set."""
    with uows.begin(actor=ANN, source="cell") as uow:
        made = attachments.add(
            uow,
            table_name=table,
            record_id=record,
            name=name,
            content=io.BytesIO(content),
            limits=LIMITS,
        )
        return made.id, _set_of(uow)


def _set_of(uow: UnitOfWork) -> UUID:
    assert uow.change_set_id is not None
    return uow.change_set_id


def names(uows: UnitOfWorks, record: UUID, table: str = "customers") -> list[str]:
    with uows.read() as session:
        return [one.name for one in files_of(session, table, record)]


def undo(uows: UnitOfWorks, change_set: UUID) -> tuple[UUID, list[str]]:
    """Take a change set back; give the set of the undo and why what stayed has stayed."""
    with uows.begin(actor=ANN, source="undo") as uow:
        found = history.undo_change_set(uow, change_set_id=change_set)
        made = uow.change_set_id or change_set
    return made, [one.reason for one in found.conflicts]


def remove(uows: UnitOfWorks, *file_ids: UUID) -> UUID:
    with uows.begin(actor=ANN, source="cell") as uow:
        attachments.remove(uow, table_name="customers", file_ids=file_ids)
        return _set_of(uow)


def bytes_of(uows: UnitOfWorks, file_id: UUID) -> bytes:
    with uows.read() as session:
        return b"".join(content_of(session, file_id))


def version(uows: UnitOfWorks, record: UUID) -> int:
    with uows.read() as session:
        return session.get_one(Customer, record).version


def rename(uows: UnitOfWorks, record: UUID, file_id: UUID, name: str, seen: str) -> UUID:
    with uows.begin(actor=ANN, source="cell") as uow:
        attachments.rename(
            uow, table_name="customers", record_id=record, file_id=file_id, name=name, seen=seen
        )
        return uow.change_set_id or record


def test_what_is_not_taken_leaves_nothing(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    for name, content in (("a.exe", TEXT), ("a.png", TEXT), ("a.txt", b""), ("..", TEXT)):
        with pytest.raises(InvalidInput):
            add(uows, buyer, name, content)
    with pytest.raises(InvalidInput, match="larger than"):
        add(uows, buyer, "big.txt", b"x" * 1_000_001)
    with pytest.raises(NotFound):
        add(uows, new_id(), "a.txt")
    for number in range(3):
        add(uows, buyer, f"{number}.txt")
    with pytest.raises(Conflict, match="3 files at most"):
        add(uows, buyer, "one more.txt")
    assert names(uows, buyer) == ["0.txt", "1.txt", "2.txt"]
    with uows.read() as session:
        count = sa.select(sa.func.count()).select_from(AttachmentPiece)
        assert session.scalar(count) == 3


def test_a_file_is_kept_in_pieces_and_comes_out_as_it_went_in(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    content = bytes(range(1, 256)) * 3000
    key, _set = add(uows, buyer, "long.txt", content)
    with uows.read() as session:
        assert [len(one) for one in content_of(session, key)] == [262144, 262144, 240712]
    assert bytes_of(uows, key) == content


def test_a_file_of_one_record_is_none_of_another(uows: UnitOfWorks) -> None:
    one, other = given.customer(uows), given.customer(uows)
    key, _set = add(uows, one, "a.txt")
    assert names(uows, other) == []
    with pytest.raises(NotFound):
        rename(uows, other, key, "b", "a.txt")
    with uows.begin(actor=ANN, source="cell") as uow, pytest.raises(NotFound):
        attachments.remove(uow, table_name="jobs", file_ids=[key])
    assert names(uows, one) == ["a.txt"]


def test_open_grids_hear_of_every_change_and_the_record_tells_it(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    seen = [version(uows, buyer)]
    key, _set = add(uows, buyer, "a.txt")
    seen.append(version(uows, buyer))
    rename(uows, buyer, key, "b", "a.txt")
    seen.append(version(uows, buyer))
    undo(uows, remove(uows, key))
    seen.append(version(uows, buyer))
    assert seen == sorted(set(seen))
    with uows.read() as session:
        found = feed.news(session, CUSTOMERS, str(first_id(3600)))
        assert [(one.row_id, one.version) for one in found.rows] == [(buyer, seen[-1])]
        told = session.execute(
            sa.select(ChangeItem.old_value, ChangeItem.new_value)
            .where(ChangeItem.row_id == buyer, ChangeItem.column_name == "files")
            .order_by(ChangeItem.id)
        )
        assert [tuple(one) for one in told] == [
            (None, "a.txt"),
            ("a.txt", "b.txt"),
            ("b.txt", None),
            (None, "b.txt"),
        ]


def test_adding_is_undone_and_done_again_with_its_bytes(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    key, added = add(uows, buyer, "a.txt")
    back, kept = undo(uows, added)
    assert (names(uows, buyer), kept) == ([], [])
    _again, kept = undo(uows, back)
    assert (names(uows, buyer), kept) == (["a.txt"], [])
    assert bytes_of(uows, key) == TEXT


def test_a_rename_is_undone_but_never_over_a_later_one(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    key, added = add(uows, buyer, "a.txt")
    first = rename(uows, buyer, key, "b.txt", "a.txt")
    with pytest.raises(StaleEdit, match=r"renamed to b\.txt"):
        rename(uows, buyer, key, "c.txt", "a.txt")
    later = rename(uows, buyer, key, "c.txt", "b.txt")
    assert undo(uows, first)[1] == ["Ann changed it since."]
    assert undo(uows, added)[1] == ["Ann changed it since."]
    assert undo(uows, later)[1] == []
    assert names(uows, buyer) == ["b.txt"]


def test_a_removed_file_comes_back_by_undo_or_from_the_trash(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    first, _set = add(uows, buyer, "a.txt")
    second, _set = add(uows, buyer, "b.txt")
    gone = remove(uows, first, second)
    with uows.read() as session:
        tables = [trash.FILES, "customers"]
        found, _more = trash.discarded(session, tables, uows.clock.now())
    assert {(one.label, one.owner) for one in found} == {
        ("a.txt", "customers"),
        ("b.txt", "customers"),
    }
    item = next(one.item_id for one in found if one.label == "b.txt")
    with uows.begin(actor=ANN, source="restore") as uow:
        assert trash.restore(uow, item_id=item).undone == 1
    assert names(uows, buyer) == ["b.txt"]
    undo(uows, gone)
    assert bytes_of(uows, first) + bytes_of(uows, second) == TEXT + TEXT


def test_a_deleted_record_takes_its_files_along_and_brings_them_back(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    key, _set = add(uows, buyer, "a.txt")
    with uows.read() as session:
        assert deleting.taken_along(session, "customers", [buyer]) == [("files", 1)]
    with uows.begin(actor=ANN, source="grid") as uow:
        records.delete_record(uow, uow.session.get_one(Customer, buyer))
    with uows.read() as session:
        assert session.get(Attachment, key) is None
        (found,), _more = trash.discarded(session, [trash.FILES, "customers"], uows.clock.now())
    assert (found.table, found.parts) == ("customers", (("files", 1),))
    with uows.begin(actor=ANN, source="restore") as uow:
        assert trash.restore(uow, item_id=found.item_id).conflicts == []
        back = _set_of(uow)
    assert names(uows, buyer) == ["a.txt"]
    assert bytes_of(uows, key) == TEXT
    assert undo(uows, back)[1] == []
    assert names(uows, buyer) == []


def test_a_file_is_not_restored_to_a_record_that_is_gone(uows: UnitOfWorks) -> None:
    buyer = given.customer(uows)
    key, _set = add(uows, buyer, "a.txt")
    gone = remove(uows, key)
    with uows.begin(actor=ANN, source="grid") as uow:
        records.delete_record(uow, uow.session.get_one(Customer, buyer))
    assert undo(uows, gone)[1][:1] == ["What a.txt belonged to is deleted."]
    assert names(uows, buyer) == []


def test_making_a_record_is_not_undone_once_somebody_gave_it_a_file(uows: UnitOfWorks) -> None:
    with uows.begin(actor=ANN, source="form") as uow:
        buyer = records.create_record(uow, Customer, {"display_name": "Ann"}).id
        made = _set_of(uow)
    _key, added = add(uows, buyer, "a.txt")
    assert undo(uows, made)[1] == ["Somebody added files to it since."]
    undo(uows, added)
    assert undo(uows, made)[1] == []


def test_a_draft_invoice_takes_its_files_along_too(uows: UnitOfWorks) -> None:
    order = given.approved_order(uows)
    with uows.begin(actor=ANN, source="grid") as uow:
        invoice = invoicing.draft_from_order(uow, order_id=order).id
    add(uows, invoice, "a.txt", table="invoices")
    with uows.begin(actor=ANN, source="grid") as uow:
        records.delete_record(uow, uow.session.get_one(Invoice, invoice))
    assert names(uows, invoice, "invoices") == []


def test_an_issued_invoice_still_takes_files_and_gives_them_back(uows: UnitOfWorks) -> None:
    invoice = given.issued_invoice(uows)
    key, added = add(uows, invoice, "signed delivery note.txt", table="invoices")
    assert bytes_of(uows, key) == TEXT
    assert undo(uows, added)[1] == []
    assert names(uows, invoice, "invoices") == []


def test_bytes_are_forgotten_when_the_trash_forgets(uows: UnitOfWorks, clock: ManualClock) -> None:
    buyer = given.customer(uows)
    kept, _set = add(uows, buyer, "kept.txt")
    gone, _set = add(uows, buyer, "gone.txt")
    remove(uows, gone)
    for days, left in ((89, TEXT), (2, b"")):
        clock.advance(timedelta(days=days))
        with uows.begin(actor=ANN, source="purge") as uow:
            trash.purge(uow)
        assert bytes_of(uows, gone) == left
        assert bytes_of(uows, kept) == TEXT


def ids_where(uows: UnitOfWorks, table: str, *conditions: Mapping[str, Any]) -> set[UUID]:
    with uows.read() as session:
        return set(windows.ids(session, find_table(table), Selection(conditions), today=DAY))


def test_the_cell_is_read_filtered_found_and_exported(uows: UnitOfWorks) -> None:
    buyer, bare = given.customer(uows, "Ann"), given.customer(uows, "Bob")
    order = given.order(uows, customer_id=buyer)
    first, _set = add(uows, buyer, "Proof 100%.txt")
    second, _set = add(uows, buyer, "=cmd.txt")
    spec = (CUSTOMERS.by_name["files"],)
    with uows.read() as session:
        read = windows.rows_by_id(session, CUSTOMERS, spec, [buyer, bare])
        asked = windows.Asked(sort=("display_name",))
        hits = finding.find(session, CUSTOMERS, spec, finding.Wanted("proof"), asked, today=DAY)[
            "hits"
        ]
        lines = "".join(exports.csv_lines(session, CUSTOMERS, spec, asked, today=DAY))
        counted = session.scalar(sa.select(sa.func.count(files.presence(CUSTOMERS))))
    kind = "text/plain"
    assert {row[0]: row[3] for row in read} == {
        buyer: [[str(first), "Proof 100%.txt", kind, 5], [str(second), "=cmd.txt", kind, 5]],
        bare: None,
    }
    assert [hit[1] for hit in hits] == [buyer]
    assert lines.splitlines()[1:] == ['"Proof 100%.txt, =cmd.txt"', '""']
    assert counted == 1
    column = {"column": "files"}
    assert ids_where(uows, "customers", {**column, "operator": "not_empty"}) == {buyer}
    assert ids_where(uows, "customers", {**column, "operator": "empty"}) == {bare}
    named = {**column, "operator": "contains", "value": "100%"}
    assert ids_where(uows, "customers", named) == {buyer}
    assert ids_where(uows, "customers", {**named, "operator": "not_contains"}) == {bare}
    behind = {"column": "customer_id.files", "operator": "contains", "value": "PROOF"}
    assert ids_where(uows, "orders", behind) == {order}
