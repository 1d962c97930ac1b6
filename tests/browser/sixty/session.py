"""One table under the hands of a person: movements, and what must be seen after them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.sixty.kinds import ROWS, Kind

PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const paste = { clipboardData: data, bubbles: true, cancelable: true };
  document.querySelector("#grid").dispatchEvent(new ClipboardEvent("paste", paste));
}"""
LISTEN = """() => {
  window.copied = "";
  const set = DataTransfer.prototype.setData;
  DataTransfer.prototype.setData = function (kind, text) {
    if (kind === "text/plain") window.copied = text;
    return set.call(this, kind, text);
  };
}"""

Deed = Callable[[], object]


class Session:
    """One table under the hands of a person."""

    def __init__(self, page: Page, kind: Kind) -> None:
        self.page = page
        self.kind = kind
        self.posts: list[str] = []
        page.on("request", self._note)
        self.open()
        self.columns: list[str] = page.evaluate(
            "[...document.querySelectorAll('.slick-header-column')].map(one => one.dataset.id)"
        )

    def _note(self, request: Request) -> None:
        if request.method == "POST" and re.search(r"/(changes|mine/undo|mine/redo)$", request.url):
            self.posts.append(request.url)

    @property
    def query(self) -> str:
        """Give the address's state: the rows of this test in a fixed order."""
        kind = self.kind
        shown = [kind.label, kind.text, kind.number, kind.day, kind.flag, kind.fixed, *kind.more]
        order = list(dict.fromkeys(name for name in shown if name))
        found = f"?search={quote(kind.search)}&sort={'' if kind.search else '-'}"
        found += "created_at" if not kind.search else kind.label
        return f"{found}&look={quote(json.dumps({'order': order, 'hidden': self.others(order)}))}"

    def others(self, order: list[str]) -> list[str]:
        """Give the columns that are put away."""
        return [name for name in self.all_columns if name not in order]

    @cached_property
    def all_columns(self) -> list[str]:
        """Give every column a person sees here."""
        self.page.goto(self.kind.path)
        config = self.page.locator("#grid-config").text_content()
        return [one["name"] for one in json.loads(config or "{}")["columns"]]

    def open(self) -> None:
        """Open the table at its rows."""
        self.page.goto(f"{self.kind.path}{self.query}")
        self.ready()

    def ready(self) -> None:
        """Wait until the rows are there."""
        root = self.page.locator("#grid-page")
        expect(root).to_have_attribute("data-state", re.compile("ready|empty"))

    @property
    def total(self) -> int:
        """How many rows the grid counts."""
        self.ready()
        return int(self.page.locator("#grid-page").get_attribute("data-total") or "0")

    def cell(self, row: int, name: str) -> Locator:
        """Give a cell that is on the screen."""
        at = self.columns.index(name)
        return self.page.locator(f"#grid .slick-row[aria-rowindex='{row + 2}'] .slick-cell.l{at}")

    def at(self, row: int, name: str) -> None:
        """Wait until the cursor stands in a cell."""
        expect(self.cell(row, name)).to_have_class(re.compile("active"))

    def texts(self, name: str, rows: range = range(ROWS)) -> list[str]:
        """Give what cells of a column show."""
        return [self.cell(row, name).inner_text().strip() for row in rows]

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def stat(self, name: str) -> Locator:
        """Give a figure of the line below."""
        return self.page.locator(f"#grid-status [data-stat='{name}'] b")

    def hush(self) -> None:
        """Close what was said so far."""
        self.page.evaluate("document.querySelectorAll('.toast').forEach(one => one.remove())")

    def said(self, words: str) -> Locator:
        """Wait for a message."""
        found = self.page.locator(".toast").filter(has_text=re.compile(words)).last
        expect(found).to_be_visible()
        return found

    def writes(self, first: Deed, *rest: Deed) -> list[Any] | None:
        """Do something that writes: the cells it wrote, or None where it was refused in words.

        Where nothing is taken the first movement is refused already, so that no other follows.
        """
        if not self.kind.refuses:
            with self.page.expect_response(re.compile(f"{self.kind.path}/changes$")) as sent:
                for work in (first, *rest):
                    work()
            results = sent.value.json()["results"]
            assert {one["status"] for one in results} <= {"saved", "unchanged"}, results
            return [one.get("value") for one in results]
        self.hush()
        before = len(self.posts)
        first()
        told = self.page.locator(".toast").last
        expect(told).to_be_visible()
        assert len(told.inner_text()) > 15
        assert len(self.posts) == before, "something was sent"
        return None

    def undoes(self, key: str = "Control+z") -> None:
        """Take a step back, or be told that there is none."""
        self.hush()
        if self.kind.look_only:
            self.press(key)
            self.said("cannot be changed by hand")
            return
        with self.page.expect_response(re.compile("/history/mine/")) as sent:
            self.press(key)
        nothing = sent.value.json()["kind"] == "nothing"
        assert nothing == self.kind.refuses, sent.value.text()
        self.said("nothing|Nothing" if nothing else "Undone|Done again")

    def drop_red(self) -> None:
        """Throw away what a refused paste left in its cells."""
        red = self.page.locator("#grid .slick-cell.cell-refused")
        for _each in range(red.count()):
            red.first.click(button="right")
            self.page.get_by_role("menuitem", name="Discard what I typed").click()
        expect(red).to_have_count(0)

    def stored(self, name: str = "") -> str:
        """Give what the server holds in a column, as text."""
        return json.dumps([row[3:] for row in self.asked(columns=name or self.kind.text)["rows"]])

    def write(self, row: int, name: str, text: str) -> list[Any] | None:
        """Type a value over a cell."""
        self.cell(row, name).click()
        return self.writes(
            lambda: self.type(text[0]), lambda: self.type(text[1:]), lambda: self.press("Enter")
        )

    def paste(self, text: str) -> None:
        """Paste as the browser does."""
        self.page.evaluate(PASTE, text)

    def drag_fill(self, row: int, name: str) -> None:
        """Drag the corner of what is marked down to a row."""
        handle = self.page.locator(".fill-handle").bounding_box()
        goal = self.cell(row, name).bounding_box()
        assert handle
        assert goal
        self.page.mouse.move(handle["x"] + 4, handle["y"] + 4)
        self.page.mouse.down()
        self.page.mouse.move(goal["x"] + 20, goal["y"] + 8, steps=3)
        self.page.mouse.up()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(name)).last

    def menu(self, name: str, entry: str) -> None:
        """Choose an entry of a menu that a button opens."""
        self.button(name).click()
        self.page.get_by_role("menuitem", name=entry).click()

    def dialog(self, name: str | None = None) -> Locator:
        return (
            self.page.get_by_role("dialog", name=name)
            if name
            else self.page.locator("dialog[open]")
        )

    def panel(self) -> Locator:
        """Give the record beside the grid once it is there."""
        found = self.page.locator(".record-panel")
        expect(found).to_have_attribute("data-state", "ready")
        return found

    def fetched(self, href: str) -> bytes:
        """Fetch an address as the page would."""
        answer = self.page.request.get(href)
        assert answer.ok, answer.text()
        return answer.body()

    def asked(self, **more: str) -> dict[str, Any]:
        """Ask the server for the rows that the grid shows."""
        params = dict(
            part.split("=", 1) for part in self.page.url.partition("?")[2].split("&") if "=" in part
        )
        kept = {k: v for k, v in params.items() if k in ("search", "sort", "filters", "group")}
        query = "&".join(f"{name}={value}" for name, value in {**kept, **more}.items())
        found: dict[str, Any] = json.loads(self.fetched(f"{self.kind.path}/window?{query}"))
        return found


Step = Callable[[Session], None]


class Steps(list[Step]):
    """A part of the session, in the order in which its steps stand in the file."""

    def step(self, work: Step) -> Step:
        """Make a function the next step."""
        self.append(work)
        return work
