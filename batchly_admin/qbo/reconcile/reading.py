"""Compare one type: read all of it once, and look at whatever differs a second time.

Both books live while they are read, so a first look proves nothing: a document may have been
pushed, paid or pulled between the page and our row. Whatever differs is read anew on both sides,
and only what differs then too is a difference. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from batchly_admin.qbo import crash
from batchly_admin.qbo.client import Client
from batchly_admin.qbo.pull import linked
from batchly_admin.qbo.reconcile import gone, ours, pairing, strangers
from batchly_admin.qbo.reconcile.books import NEVER, Book, Reader
from batchly_admin.qbo.reconcile.comparing import compare
from batchly_admin.qbo.reconcile.records import Body, Found, Ours, Scope
from batchly_admin.qbo.reconcile.strangers import Stranger
from batchly_admin.qbo.reconcile.tallying import Tally
from batchly_admin.services.unit_of_work import UnitOfWorks

Step = Callable[[int], None]
"""Told how many records were just looked at; it may stop the comparison by raising."""

MOST = 5000
"""So many differences of one type are written down; more say that something else is wrong."""


@dataclass(slots=True)
class Result:
    """What the comparison of one type gave."""

    entity_type: str
    tally: Tally = field(default_factory=Tally)
    found: list[Found] = field(default_factory=list)
    on_the_way: set[UUID] = field(default_factory=set)
    """Records nothing can be said about now; what was known of them before stays."""

    is_cut: bool = False


class Comparison:
    """One type under way."""

    def __init__(
        self, uows: UnitOfWorks, client: Client, book: Book, scope: Scope, step: Step
    ) -> None:
        self._uows = uows
        self._client = client
        self._book = book
        self._scope = scope
        self._step = step
        self._seen: set[str] = set()
        self._suspects: set[UUID] = set()
        self._unseen: set[UUID] = set()
        self._loose: dict[UUID, Ours] = {}
        self._strangers: list[Stranger] = []
        self.result = Result(book.entity_type)

    def run(self) -> Result:
        """Compare the whole type.

        Raises:
            SyncError: QuickBooks could not be read.
        """
        read = self._book.reads(self._client)
        for page in self._client.pages(self._book.entity, self._where()):
            self._look(read, [body for body in page if self._book.takes(body)])
            crash.point("reconcile.after_page")
            self._step(len(page))
        self._scan()
        self._look_again(read)
        self._finish()
        return self.result

    def _where(self) -> str:
        if self._book.is_list or self._scope.start is None:
            return self._book.where
        return f"TxnDate >= '{self._scope.start.isoformat()}'"

    def _look(self, read: Reader, bodies: Iterable[Body]) -> None:
        """Lay one page beside our records."""
        theirs = pairing.theirs_of(read, bodies)
        self._seen.update(theirs)
        with self._uows.read() as session:
            mine = pairing.by_qbo_id(session, self._book, theirs)
            found = pairing.pairs(session, self._book, mine, theirs)
            unknown = [theirs[key] for key in theirs.keys() - {one.qbo_id for one in mine}]
            if self._book.strangers != NEVER or self._book.fixed_number:
                self._strangers += strangers.sort(session, self._book, unknown)
        # One payment of QuickBooks' may hold several of our uses of credits: it is as many.
        for one, other in found:
            self.result.tally.count_theirs(other.says)
            if any(compare(one, other, self._scope)):
                self._suspects.add(one.id)

    def _scan(self) -> None:
        """Go through our records: which were not among the pages, and which have no copy."""
        start, dated = self._scope.start, self._book.dated
        statement = self._book.ours
        if start is not None and dated is not None:
            statement = statement.where(dated >= start)
        with self._uows.read() as session:
            for one in ours.scan(session, statement):
                if one.qbo_id is not None:
                    self.result.tally.count_ours(one.says)
                    if one.qbo_id not in self._seen:
                        self._unseen.add(one.id)
                elif one.is_wanted:
                    self._loose[one.id] = one

    def _look_again(self, read: Reader) -> None:
        """Read anew what differed or was not found, and believe only that."""
        wanted = self._suspects | self._unseen
        with self._uows.read() as session:
            before = pairing.queued(session, self._book)
            asked = pairing.by_id(session, self._book, wanted)
        self._note_queued(before)
        ids = {one.qbo_id for one in asked if one.qbo_id is not None}
        bodies = linked.find(self._client, self._book.entity, ids, self._book.where)
        crash.point("reconcile.after_second_look")
        with self._uows.read() as session:
            mine = pairing.by_id(session, self._book, wanted)
            theirs = pairing.theirs_of(read, bodies.values())
            found = pairing.pairs(session, self._book, mine, theirs)
            self._note_queued(pairing.queued(session, self._book))
        for one, other in found:
            if one.id in self._unseen:
                self.result.tally.count_theirs(other.says)
            told = list(compare(one, other, self._scope))
            self.result.found += told
            if told and self._book.shares is not None:
                self._scope.explained.update(key for key, _ in one.says.shares or ())
                self._scope.explained.update(key for key, _ in other.says.shares or ())
        # What is void here may well be gone there; what was linked anew meanwhile was not asked.
        missing = [
            one for one in mine if one.qbo_id in ids - bodies.keys() and not one.says.is_void
        ]
        self.result.found += gone.explain(
            self._uows, self._client, self._book, missing, self._scope
        )
        for one in missing:
            self._scope.explained.update(key for key, _ in one.says.shares or ())

    def _note_queued(self, rows: dict[UUID, str]) -> None:
        self.result.on_the_way |= {key for key, state in rows.items() if state == "open"}

    def _finish(self) -> None:
        """Say what the records without a partner are, and leave out what is on its way."""
        result, book = self.result, self._book
        with self._uows.read() as session:
            rows = pairing.queued(session, book)
            self._note_queued(rows)
            told = strangers.explain(session, book, self._strangers, self._loose)
            loose = {one.id: one for one in pairing.by_id(session, book, self._loose)}
            lost = [one for one in loose.values() if one.qbo_id is None and one.is_wanted]
            result.found += gone.never_arrived(session, book, lost, rows, told)
            if book.is_list:
                result.found += gone.still_lost(session, book)
        result.found += told
        for stranger in self._strangers:
            self._count_stranger(stranger, told)
        for one in lost:
            if rows.get(one.id, "") in ("", f"failed {linked.MISSING}"):
                result.tally.count_ours(one.says)
            else:
                result.tally.on_the_way += 1
        result.found = [one for one in result.found if one.entity_id not in result.on_the_way]
        result.is_cut = len(result.found) > MOST
        result.found = result.found[:MOST]
        result.tally.differing = len({one.entity_id for one in result.found} - {None})

    def _count_stranger(self, one: Stranger, told: list[Found]) -> None:
        kinds = {found.kind for found in told if found.qbo_id == one.theirs.qbo_id}
        if "missing_here" in kinds or "unlinked" in kinds:
            self.result.tally.count_theirs(one.theirs.says)
            self._scope.explained.update(key for key, _ in one.theirs.says.shares or ())
        if "made_there" in kinds:
            self.result.tally.made_there += 1
