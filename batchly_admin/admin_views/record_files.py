"""The files of a record: their list, adding, renaming, removing, and giving them out.

Who may see a record sees its files, who may edit it adds and removes them. A file is given out as
something to download; only pictures are shown by the browser itself, with a policy under which
nothing in them could run.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, current_app, request, stream_with_context
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from batchly_admin.admin_views import context, grid_paste
from batchly_admin.admin_views.answers import answer, body
from batchly_admin.admin_views.security import expose, requires
from batchly_admin.domain import files
from batchly_admin.domain.files import Limits
from batchly_admin.errors import InvalidInput, NotAllowed, NotFound, UserError
from batchly_admin.grid import windows
from batchly_admin.grid.table import Table
from batchly_admin.ids import parse_id
from batchly_admin.queries.attachments import File, content_of, files_of
from batchly_admin.services import attachments
from batchly_admin.services.unit_of_work import UnitOfWork

POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
MOST_AT_ONCE = 50
MOST_REMOVED = 1_000


class RecordFiles:
    """What a grid's view answers about the files of its records."""

    table: Table

    @expose("/<uuid:record_id>/files")
    @requires(":view")
    def files(self, record_id: UUID) -> ResponseReturnValue:
        """List the files of a record, and say what may be added."""
        return answer(_state(self.table, record_id))

    @expose("/<uuid:record_id>/files", methods=["POST"])
    @requires(":edit")
    def add_files(self, record_id: UUID) -> ResponseReturnValue:
        """Add files; one that is not taken says why and keeps no other from being added."""
        _need(self.table)
        sent = [one for one in request.files.getlist("file") if one.filename]
        if not sent or len(sent) > MOST_AT_ONCE:
            msg = f"Send one to {MOST_AT_ONCE} files."
            raise InvalidInput(msg, field="file")
        refused: list[dict[str, str]] = []
        with context.runtime().uows.begin(actor=context.actor(), source="cell") as uow:
            grid_paste.going_on(uow, request.form)
            for one in sent:
                try:
                    _add(uow, self.table, record_id, one)
                except NotFound:
                    raise
                except UserError as error:
                    refused.append({"name": str(one.filename)[:200], "reason": error.message})
            made = uow.change_set_id
        added = len(sent) - len(refused)
        changed = {"change_set": made, "added": added, "refused": refused}
        return answer({**changed, **_state(self.table, record_id)})

    @expose("/<uuid:record_id>/files/<uuid:file_id>", methods=["POST"])
    @requires(":edit")
    def rename_file(self, record_id: UUID, file_id: UUID) -> ResponseReturnValue:
        """Give a file another name."""
        _need(self.table)
        asked = body()
        with context.runtime().uows.begin(actor=context.actor(), source="cell") as uow:
            attachments.rename(
                uow,
                table_name=self.table.table_name,
                record_id=record_id,
                file_id=file_id,
                name=str(asked.get("name") or ""),
                seen=str(asked.get("seen") or ""),
            )
            made = uow.change_set_id
        return answer({"change_set": made, **_state(self.table, record_id)})

    @expose("/files/remove", methods=["POST"])
    @requires(":edit")
    def remove_files(self) -> ResponseReturnValue:
        """Remove files of one or many records: one change set; the trash keeps them."""
        _need(self.table)
        given = body().get("ids")
        ids = [parse_id(one) for one in given] if isinstance(given, list) else []
        known = [one for one in ids if one is not None]
        if not known or len(known) != len(ids) or len(ids) > MOST_REMOVED:
            msg = f"Name one to {MOST_REMOVED:,} files."
            raise InvalidInput(msg, field="ids")
        with context.runtime().uows.begin(actor=context.actor(), source="cell") as uow:
            gone = attachments.remove(uow, table_name=self.table.table_name, file_ids=known)
            made, owners = uow.change_set_id, {one.subject_id for one in gone}
        context.reader().rollback()
        return answer(
            {
                "change_set": made,
                "removed": len(gone),
                "rows": [_cell(self.table, one) for one in sorted(owners)],
            }
        )

    @expose("/<uuid:record_id>/files/<uuid:file_id>")
    @requires(":view")
    def file(self, record_id: UUID, file_id: UUID) -> ResponseReturnValue:
        """Give a file out, piece by piece."""
        _need(self.table)
        found = files_of(context.reader(), self.table.table_name, record_id, file_id)
        if not found:
            raise NotFound("That file is not there any more.")
        return _given_out(found[0])


def _need(table: Table) -> None:
    if not table.takes_files:
        raise NotFound(f"{table.title} have no files.")
    if request.method == "POST" and table.read_only:
        raise NotAllowed


def _add(uow: UnitOfWork, table: Table, record_id: UUID, sent: FileStorage) -> None:
    attachments.add(
        uow,
        table_name=table.table_name,
        record_id=record_id,
        name=str(sent.filename),
        content=sent.stream,
        limits=_limits(),
    )


def _limits() -> Limits:
    found: Limits = current_app.config["FILE_LIMITS"]
    return found


def _state(table: Table, record_id: UUID) -> dict[str, Any]:
    """Give the files of a record, its cell of files, and what may be done.

    Raises:
        NotFound: when there is no such record.
    """
    _need(table)
    context.reader().rollback()
    limits = _limits()
    rows = files_of(context.reader(), table.table_name, record_id)
    return {
        **_cell(table, record_id),
        "files": [_described(table, record_id, one) for one in rows],
        "may": not table.read_only and context.may(f"{table.rights_area}:edit"),
        "may_undo": context.may("all:undo"),
        "remove_url": f"{table.url}/files/remove",
        "limits": {
            "bytes": limits.size_bytes,
            "accept": ",".join(limits.endings),
            "words": limits.words,
        },
    }


def _cell(table: Table, record_id: UUID) -> dict[str, Any]:
    specs = tuple(spec for spec in table.columns if spec.kind == "files")
    found = windows.rows_by_id(context.reader(), table, specs, [record_id])
    if not found:
        raise NotFound
    return {"id": record_id, "version": found[0][1], "cell": found[0][3]}


def _described(table: Table, record_id: UUID, one: File) -> dict[str, Any]:
    url = f"{table.url}/{record_id}/files/{one.id}"
    return {
        "id": one.id,
        "name": one.name,
        "size": one.size,
        "words": files.size_words(one.size),
        "at": one.at,
        "by": one.by,
        "url": url,
        "shown": f"{url}?show=1" if one.content_type in files.SHOWN else None,
    }


def _given_out(found: File) -> Response:
    pieces = content_of(context.reader(), found.id)
    shown = bool(request.args.get("show")) and found.content_type in files.SHOWN
    way = "inline" if shown else "attachment"
    plain = "".join(one if " " <= one <= "~" and one not in '"\\%' else "_" for one in found.name)
    name = f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}"
    response = Response(stream_with_context(pieces), mimetype=found.content_type)
    response.headers["Content-Disposition"] = name
    response.headers["Content-Length"] = str(found.size)
    response.headers["Content-Security-Policy"] = POLICY
    return response
