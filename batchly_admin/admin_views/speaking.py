"""The company's language for everything a request says, and the words its scripts need.

English needs no catalogue: its pages load nothing, and each text is its own translation. Any other
language comes as one more script, kept by the browser as long as its content is the same.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from babel import Locale
from flask import Blueprint, Flask, Response, current_app, request
from flask_babel import Babel
from markupsafe import Markup, escape

from batchly_admin import words
from batchly_admin.admin_views import context
from batchly_admin.admin_views.security import PUBLIC, requires
from batchly_admin.errors import NotFound

blueprint = Blueprint("words", __name__, url_prefix="/words")
_SILENT = frozenset({"static", "admin.static", "health.healthz", "health.readyz", "words.script"})
# Numbers enough to meet every plural form of every language.
_COUNTS = (*range(200), 1_000_000)


def init(app: Flask) -> None:
    """Speak the company's language in every request, in Flask-Admin's own texts as well."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(words.FOLDER))
    Babel(app, locale_selector=_locale)
    app.before_request(_speak)
    app.jinja_env.globals.update(
        _=say,
        plural=words.plural,
        written_number=words.number,
        written_money=words.money,
        written_percent=words.percent,
        written_day=words.day,
        language=words.spoken,
        words_script=_address,
    )


def say(text: str, **values: Any) -> str:
    """Say a text in a template: values that are markup stay so, all others are escaped."""
    if any(hasattr(value, "__html__") for value in values.values()):
        return Markup(escape(words._(text))).format(**values)  # noqa: S704 - the text is escaped
    return words._(text, **values)


def _locale() -> Locale:
    return words.spoken().locale


def _speak() -> None:
    """Say whose language it is; a thread that served somebody else forgets theirs."""
    words.speak(words.language("en-US"))
    if request.endpoint not in _SILENT:
        words.speak(_company_language())


def _company_language() -> words.Language:
    company = context.company()
    return words.language(company.locale, company.currency, _folder())


def _folder() -> Path:
    return Path(current_app.config["BABEL_TRANSLATION_DIRECTORIES"])


def _address() -> str | None:
    """Give where the scripts' words are; None where they speak English."""
    chosen = words.spoken()
    if not words.has_words(chosen):
        return None
    version = _script(chosen)[1]
    return f"{request.script_root}/words/{chosen.tag}.js?v={version}"


@cache
def _script(chosen: words.Language) -> tuple[bytes, str]:
    """Give the words of a language as a script, and what tells one edition from the next."""
    said = orjson.dumps(_browser_words(chosen))
    script = b"globalThis.batchlyWords = Object.freeze(" + said + b");\n"
    return script, hashlib.sha256(script).hexdigest()[:12]


def _browser_words(chosen: words.Language) -> dict[str, Any]:
    """Give text by text; nouns by the plural forms that the browser knows by the same names."""
    found = words.catalogue(chosen, words.BROWSER)
    known: dict[Any, str] = getattr(found, "_catalog", {})
    said: dict[str, Any] = {
        key: text for key, text in known.items() if isinstance(key, str) and key
    }
    for noun in {key[0] for key in known if isinstance(key, tuple)}:
        forms: dict[str, str] = {}
        for count in _COUNTS:
            forms.setdefault(chosen.locale.plural_form(count), found.ngettext(noun, noun, count))
        said[noun] = {"other": found.ngettext(noun, noun, _COUNTS[-1]), **forms}
    return said


@blueprint.get("/<tag>.js")
@requires(PUBLIC)
def script(tag: str) -> Response:
    """Give the words that the scripts say, in a language.

    Raises:
        NotFound: when there are none.
    """
    chosen = words.language(tag, folder=_folder())
    if not words.has_words(chosen):
        raise NotFound
    return Response(_script(chosen)[0], mimetype="text/javascript")
