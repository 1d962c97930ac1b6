"""What all pages share: the frame around them, forms that keep what was typed, messages."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.routes.control.answers import UNUSABLE, chosen, in_words
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.world import World

PAGES = (
    ("overview", "Overview"),
    ("requests", "Requests"),
    ("faults", "Faults"),
    ("switches", "Switches"),
    ("clock", "Clock"),
    ("preferences", "Preferences"),
    ("accountant", "Accountant"),
    ("webhooks", "Webhooks"),
    ("companies", "Companies"),
)
MOST_MESSAGES = 100
REFUSALS: tuple[type[Exception], ...] = (Fault, *UNUSABLE)
"""What may come of a form, and is said at it."""
Form = Mapping[str, str]
Action = Callable[[World, Form], str]
"""Does what a form asks and gives the sentence that says so."""


class Wrong(ValueError):
    """A form cannot be understood; `field` is the input that is wrong."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that came back: what was typed into it, and what is wrong with it."""

    form: str = ""
    values: Form = field(default_factory=dict)
    error: str = ""
    field: str = ""

    def value(self, form: str, name: str, usual: Any = "") -> str:
        """Give what an input shows: what was typed, else what is usual."""
        if self.form == form:
            return self.values.get(name, "")
        return "" if usual is None else str(usual)

    def is_on(self, form: str, name: str, *, usual: bool) -> bool:
        """Tell whether a check box is checked."""
        return name in self.values if self.form == form else usual

    def error_of(self, form: str) -> str:
        """Give what is wrong with a form, or nothing."""
        return self.error if self.form == form else ""

    def is_wrong(self, form: str, name: str) -> bool:
        """Tell whether an input of a form is the wrong one."""
        return self.form == form and self.field == name


class Screen:
    """Shows the pages of a world, and brings the messages of forms to where they lead."""

    def __init__(self, routes: Blueprint, world: World) -> None:
        self._world = world
        self._messages: dict[str, str] = {}
        # Every link of a page stays with the company the page is about.
        routes.url_defaults(_stay)

    @property
    def world(self) -> World:
        """Give the world as seen from the company the page is about."""
        return chosen(self._world)

    def show(self, page: str, typed: Typed | None = None, **given: Any) -> ResponseReturnValue:
        """Give a page; a form that came back makes it a refusal."""
        world = self.world
        shown = render_template(
            f"control/{page}.html",
            world=world,
            pages=PAGES,
            companies=[(one.realm_id, one.here.name) for one in world.everywhere()],
            typed=typed or Typed(),
            message=self._messages.pop(request.args.get("said", ""), ""),
            **given,
        )
        return shown, 400 if typed and typed.error else 200

    def act(
        self,
        actions: Mapping[str, Action],
        show: Callable[[Typed], ResponseReturnValue],
        leads: Mapping[str, str] | None = None,
    ) -> ResponseReturnValue:
        """Do what the form that was sent asks, and come back to its page with a message.

        `leads` names, by form, another page to lead to once it is done.
        """
        name = request.form.get("form", "")
        action = actions.get(name)
        if action is None:
            raise ValueError(f"There is no form {name[:50]} on this page")
        try:
            said = action(self.world, request.form)
        except REFUSALS as error:
            wrong = getattr(error, "field", "")
            return show(Typed(name, request.form.to_dict(), in_words(error), wrong))
        return self._back(said, (leads or {}).get(name, ""))

    def _back(self, said: str, address: str) -> ResponseReturnValue:
        """Lead to a page, the one the form stands on unless told, with a message."""
        token = secrets.token_urlsafe(8)
        self._messages[token] = said
        while len(self._messages) > MOST_MESSAGES:
            self._messages.pop(next(iter(self._messages)))
        address = address or url_for(str(request.endpoint), **(request.view_args or {}))
        joint = "&" if "?" in address else "?"
        return redirect(f"{address}{joint}said={token}", 303)


def _stay(endpoint: str, values: dict[str, Any]) -> None:
    realm = request.args.get("realm")
    if realm and endpoint != "control.static" and "realm" not in values:
        values["realm"] = realm


def number(form: Form, name: str, label: str, *, least: float, most: float) -> float | None:
    """Read a number out of a form; None where nothing was typed.

    Raises:
        Wrong: it is none, or too small or too large.
    """
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        raise Wrong(f"{label}: {text[:50]} is no number.", name) from None
    if not least <= found <= most:
        raise Wrong(f"{label}: it has to lie between {least:g} and {most:g}.", name)
    return found


def text(form: Form, name: str, label: str) -> str:
    """Read a text out of a form that has to be there.

    Raises:
        Wrong: it is missing.
    """
    found = form.get(name, "").strip()
    if not found:
        raise Wrong(f"{label}: please fill it in.", name)
    return found
