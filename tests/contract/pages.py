"""The simulator's pages as a browser reads them: their forms, their texts, and what is amiss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import requests

from tests.contract.wire import Wire

INPUTS = frozenset({"input", "select", "textarea"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
NEEDED = {"th": "scope", "img": "alt", "script": "src", "style": "nothing: it has no place"}
"""What an element cannot do without."""
EMPTY = frozenset({"meta", "link", "input", "img", "br", "hr"})


@dataclass
class Form:
    """A form of a page: what it would send as it stands."""

    method: str
    values: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)


class Page(HTMLParser):
    """A page, read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self._select = self._area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag not in EMPTY:
            self._open.append(tag)
        if tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "form":
            self.forms.append(Form(given.get("method", "get")))
        elif self.forms and "form" in self._open:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        if tag == "input" and given.get("type") in {"checkbox", "radio"}:
            form.offered.setdefault(name, []).append(given["value"])
            if "checked" in given:
                form.values[name] = given["value"]
        elif tag == "input":
            form.values[name] = given.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area, form.values[name] = name, ""
        elif tag == "option" and self._select:
            form.offered.setdefault(self._select, []).append(given["value"])
            if "selected" in given or self._select not in form.values:
                form.values[self._select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            # A browser leaves out the line break the text begins with.
            form = self.forms[-1]
            known = form.values[self._area]
            form.values[self._area] = known + (data if known else data.removeprefix("\n"))
        for tag in set(self._open):
            self.texts.setdefault(tag, []).append(data)

    def text(self, tag: str = "main") -> str:
        """Give the text inside a kind of element."""
        return " ".join("".join(self.texts.get(tag, [])).split())

    def form(self, name: str) -> Form:
        """Give the form of a name."""
        return next(one for one in self.forms if one.values.get("form") == name)

    def of_role(self, role: str) -> bool:
        """Tell whether something on the page has a role."""
        return any(given.get("role") == role for _tag, given in self.tags)


def get(wire: Wire, path: str = "", **params: Any) -> Page:
    """Give a page that has to be there."""
    answer = wire.http.get(f"{wire.details['control_url']}{path}", params=params, timeout=10)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def press(
    wire: Wire, path: str, name: str, /, *, leave: str = "", **typed: str
) -> requests.Response:
    """Fill in a form of a page and send it as a browser would; give what comes of it.

    `leave` names the boxes that are not checked, whatever they were.
    """
    values = {**get(wire, path).form(name).values, **typed}
    base = wire.details["control_url"]
    return wire.http.post(
        f"{base}{path}",
        data={key: value for key, value in values.items() if key not in leave.split()},
        headers={"Origin": base.removesuffix("/control")},
        timeout=20,
    )


def done(answer: requests.Response) -> Page:
    """Give the page a form led to, which has to say that it was done."""
    assert answer.status_code == 200, Page(answer.text).text()
    assert answer.history, "a page that may be loaded again without doing it twice"
    assert answer.history[0].status_code == 303
    page = Page(answer.text)
    assert page.of_role("status")
    return page


def wrong(answer: requests.Response) -> Page:
    """Give the page a form came back on, which has to say what is wrong."""
    assert answer.status_code == 400, answer.text
    page = Page(answer.text)
    assert page.of_role("alert")
    return page


def sins(page: Page) -> list[str]:
    """Give what somebody who cannot see, or has no mouse, would stumble over."""
    ids = [given["id"] for _tag, given in page.tags if "id" in given]
    found = [f"id {one} twice" for one in set(ids) if ids.count(one) > 1]
    labelled = {given.get("for", "") for tag, given in page.tags if tag == "label"}
    for tag, given in page.tags:
        found += _of_one(tag, given, labelled, set(ids))
    found += _of_headings([int(tag[1]) for tag, _given in page.tags if tag in HEADINGS])
    if not any(tag == "html" and given.get("lang") for tag, given in page.tags):
        found.append("no language")
    if not page.text("title"):
        found.append("no title")
    if not any(tag == "main" for tag, _given in page.tags):
        found.append("no main part")
    return found


def _of_one(tag: str, given: dict[str, str], labelled: set[str], ids: set[str]) -> Iterator[str]:
    """Give what is amiss with one element."""
    if tag in INPUTS and given.get("type") != "hidden" and given.get("id") not in labelled:
        yield f"{tag} {given.get('name')} has no label"
    for name in ("aria-describedby", "aria-labelledby", "list"):
        for one in given.get(name, "").split():
            if one not in ids:
                yield f"{name} leads to no {one}"
    for name in given:
        if name.startswith("on") or name == "style":
            yield f"{name} in the markup"
    if NEEDED.get(tag, "") not in {"", *given}:
        yield f"{tag} without its {NEEDED[tag]}"


def _of_headings(levels: list[int]) -> Iterator[str]:
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"headings {levels}"
    for first, second in pairwise(levels):
        if second > first + 1:
            yield f"h{first} then h{second}"
