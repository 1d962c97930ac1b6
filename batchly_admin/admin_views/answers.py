"""JSON answers and the error handlers: the one place where an error becomes a page or a body."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask, Response, current_app, render_template, request
from flask.json.provider import JSONProvider
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from batchly_admin import logs
from batchly_admin.domain.files import size_words
from batchly_admin.errors import BatchlyError, InvalidInput, UserError
from batchly_admin.ids import token
from batchly_admin.words import _, later

_log = logs.logger(__name__)
_ADVICE = {
    400: later("Go back and try again."),
    403: later("Ask an admin for the right if you need it."),
    404: later("It may have been deleted, or the address has a typing mistake."),
    409: later("Open the record to see how it stands now."),
    413: later("Split the file into smaller ones."),
    429: later("Wait a moment, then try again."),
    500: later(
        "It has been written down. Try again; if it stays, tell your admin the reference below."
    ),
    503: later("Try again in a few seconds."),
}


class OrjsonProvider(JSONProvider):
    """Flask's JSON through orjson; decimals become strings so that they stay exact."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        """Give the JSON text."""
        return orjson.dumps(obj, default=str, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """Read JSON text."""
        return orjson.loads(s)


def answer(data: Any, status: int = 200) -> Response:
    """Give a JSON answer."""
    return Response(orjson.dumps(data, default=str), status, mimetype="application/json")


def body() -> dict[str, Any]:
    """Give the JSON object of the request.

    Raises:
        InvalidInput: when there is none.
    """
    try:
        found = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        msg = "The request needs a JSON object."
        raise InvalidInput(msg)
    return found


def wants_json() -> bool:
    """Tell whether the answer goes to a program rather than to a page."""
    if request.is_json or request.accept_mimetypes.best == "application/json":
        return True
    return request.headers.get("X-Requested-With") == "fetch"


def init(app: Flask) -> None:
    """Answer every error in words, with the right status and never with a stack."""
    app.json = OrjsonProvider(app)
    app.register_error_handler(BatchlyError, _batchly_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def _batchly_error(error: BatchlyError) -> ResponseReturnValue:
    if not isinstance(error, UserError):
        _log.exception("A request failed.")
    fields = [
        {"field": refusal.field, "reason": _(refusal.reason)}
        for refusal in (error.refusals if isinstance(error, InvalidInput) else ())
    ]
    return _respond(error.status, error.code, error.message, fields)


def _csrf_error(error: CSRFError) -> ResponseReturnValue:
    _log.info("A request came without a valid form token: %s", error.description)
    message = _(
        "This form is too old or did not come from this page. Reload the page and try again."
    )
    return _respond(400, "csrf", message)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if 300 <= code < 400:
        return error.get_response()
    words = {
        404: _("There is nothing at this address."),
        405: _("This address cannot be used that way."),
        413: _too_large(),
    }
    return _respond(code, error.name.lower().replace(" ", "_"), words.get(code, error.name + "."))


def _too_large() -> str:
    most = current_app.config["MAX_CONTENT_LENGTH"]
    return _(
        "The file or form is too large: at most {size} are taken at once.", size=size_words(most)
    )


def _database_error(_error: OperationalError) -> ResponseReturnValue:
    _log.exception("The database did not answer.")
    return _respond(503, "database", _("The database does not answer at the moment."))


def _unexpected(_error: Exception) -> ResponseReturnValue:
    reference = token(6)
    _log.exception("Unexpected error, reference %s", reference)
    return _respond(500, "unexpected", _("Something went wrong on our side."), reference=reference)


def _respond(
    status: int,
    code: str,
    message: str,
    fields: list[dict[str, str]] | None = None,
    reference: str | None = None,
) -> ResponseReturnValue:
    if wants_json():
        error: dict[str, Any] = {"code": code, "message": message, "fields": fields or []}
        if reference:
            error["reference"] = reference
        return answer({"error": error}, status)
    titles = {
        403: _("Not allowed"),
        404: _("Not found"),
        409: _("Not possible now"),
        500: _("Our mistake"),
    }
    page = render_template(
        "error.html",
        code=status,
        title=titles.get(status, _("That did not work")),
        message=message,
        advice=_(_ADVICE.get(status, "")),
        reference=reference,
        links=[{"label": _("Go to the home page"), "href": "/"}],
    )
    return page, status
