"""The grid in a real Chromium: rows on the screen, fast scrolling, memory, size of the script."""

from __future__ import annotations

import gzip
import re
import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.bench import rivals
from tests.bench.measure import verdict
from tests.bench.serving import served
from tests.bench.subject import Subject

pytestmark = pytest.mark.bench

DIST = Path(__file__).resolve().parents[2] / "batchly_admin" / "static" / "dist"
ROUNDS = 7
SCROLLS, SCROLL_SECONDS = 3, 2
TURNS, WHEELS = 200, (100, 900)
LOOK = """
(() => {
  const cell = ".slick-row:not(.loading) .slick-cell.l2";
  const ours = () => document.querySelector(`#grid ${cell}`);
  const stock = () => document.querySelector("table.model-list tbody tr td");
  const live = () => document.querySelector(`#grid .grid-canvas ${cell}`);
  // What is drawn in one frame is on the screen with the next one.
  const note = (name, found) => requestAnimationFrame(function look() {
    if (!found()) return requestAnimationFrame(look);
    requestAnimationFrame(() => { window[name] = performance.now(); });
  });
  note("rowsAt", () => ours()?.textContent.trim() || stock());
  note("liveAt", () => live()?.textContent.trim() || stock());
})();
"""
"""Runs before the page's own scripts and notes when its first row is on the screen, whoever drew
it, and when it is one that can be used."""

ARRIVED = """
() => new Promise((done) => {
  const look = () => (window.liveAt ? done([window.rowsAt, window.liveAt]) : setTimeout(look, 20));
  look();
})
"""
SCROLL = """
async (seconds) => {
  const viewport = [...document.querySelectorAll("#grid .slick-viewport, #bare")]
    .sort((a, b) => b.scrollHeight - a.scrollHeight || b.clientWidth - a.clientWidth)
    .find((one) => getComputedStyle(one).overflowY !== "hidden");
  const stamps = [];
  await new Promise((done) => {
    const frame = (stamp) => {
      stamps.push(stamp);
      const end = viewport.scrollHeight - viewport.clientHeight;
      viewport.scrollTop = viewport.scrollTop + 900 < end ? viewport.scrollTop + 900 : 0;
      if (stamp - stamps[0] < seconds * 1000) requestAnimationFrame(frame);
      else done();
    };
    requestAnimationFrame(frame);
  });
  return stamps.slice(1).map((stamp, at) => stamp - stamps[at]);
}
"""
"""Scrolls on with every frame; gives what lies between the frames as the browser stamped them."""

WATCH = """
() => {
  const stamps = [];
  window.stamps = stamps;
  const frame = (stamp) => {
    stamps.push(stamp);
    if (stamps === window.stamps) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
"""
"""Writes down every frame; while somebody turns the wheel."""

TURNED = "() => window.stamps.slice(1).map((stamp, at) => stamp - window.stamps[at])"

_ROW = f"<tr>{'<td>Plain text</td>' * 14}</tr>"
BARE = f"""
<style>#bare {{ height: 850px; overflow: auto }} td {{ height: 30px; white-space: nowrap }}</style>
<div id="bare"><table>{_ROW * 7_000}</table></div>
"""
"""A page that does nothing while it is scrolled: what this machine can do at best."""

JUMPS = """
async (stops) => {
  const viewport = [...document.querySelectorAll("#grid .slick-viewport")]
    .find((one) => getComputedStyle(one).overflowY !== "hidden" && one.scrollHeight > 100000);
  for (let stop = 1; stop <= stops; stop += 1) {
    viewport.scrollTop = (viewport.scrollHeight * stop) / stops;
    await new Promise((done) => setTimeout(done, 60));
  }
}
"""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--js-flags=--expose-gc", "--disable-extensions"]
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium, args=flags)
        yield found
        found.close()


@pytest.fixture(scope="module")
def places(sqlite_subject: Subject) -> Iterator[dict[str, str]]:
    """The addresses of the three lists, all behind the same server."""
    stock = rivals.stock_app(sqlite_subject.runtime.database)
    with ExitStack() as stack:
        ours = stack.enter_context(served(sqlite_subject.client.application))
        theirs = stack.enter_context(served(stock))
        yield {
            "Batchly": f"{ours}/orders",
            "stock, 50 rows": f"{theirs}/admin/orders/",
            "stock, 500 rows": f"{theirs}/admin/orders/?page_size=500",
        }


def _context(browser: Browser, subject: Subject, url: str) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    cookie = subject.client.get_cookie("batchly_session")
    assert cookie is not None
    address = "/".join(url.split("/")[:3])
    context.add_cookies([{"name": "batchly_session", "value": cookie.value, "url": address}])
    context.add_init_script(LOOK)
    return context


def _shown(page: Page, url: str) -> tuple[float, float]:
    """Give when the first row is on the screen, and when it can be used."""
    page.goto(url, wait_until="commit")
    shown, usable = page.evaluate(ARRIVED)
    return float(shown), float(usable)


def test_rows_on_the_screen(
    browser: Browser, sqlite_subject: Subject, places: dict[str, str]
) -> None:
    cold: dict[str, list[float]] = {name: [] for name in places}
    warm: dict[str, list[float]] = {name: [] for name in places}
    usable: dict[str, list[float]] = {"cold": [], "warm": []}
    for turn in range(ROUNDS + 1):
        for name, url in places.items():
            context = _context(browser, sqlite_subject, url)
            page = context.new_page()
            spans = _shown(page, url), _shown(page, url)
            context.close()
            if not turn:
                continue
            cold[name].append(spans[0][0])
            warm[name].append(spans[1][0])
            if name == "Batchly":
                usable["cold"].append(spans[0][1])
                usable["warm"].append(spans[1][1])
    for state, spans_of in (("cold", cold), ("warm", warm)):
        medians = {name: statistics.median(values) for name, values in spans_of.items()}
        words = ", ".join(f"{name} {value:.0f} ms" for name, value in medians.items())
        print(f"\nFrom navigation to rows on the screen, {state}: {words}")
        print(f"  Batchly's grid can be used after {statistics.median(usable[state]):.0f} ms")
        verdict(f"{state}, to the 50 rows", medians["Batchly"] / medians["stock, 50 rows"], 1)
        sooner = medians["stock, 500 rows"] / medians["Batchly"]
        verdict(f"{state}, sooner than the 500 rows", sooner, 3, least=True)


def test_scrolling(browser: Browser, sqlite_subject: Subject, places: dict[str, str]) -> None:
    context = _context(browser, sqlite_subject, places["Batchly"])
    page, bare = context.new_page(), context.new_page()
    bare.set_content(BARE)
    _shown(page, places["Batchly"])
    page.wait_for_load_state("networkidle")
    frames: dict[str, list[float]] = {"bare": [], "grid": []}
    for _turn in range(SCROLLS):
        for name, one in (("bare", bare), ("grid", page)):
            # A page behind another draws no frames.
            one.bring_to_front()
            frames[name] += one.evaluate(SCROLL, SCROLL_SECONDS)
    for pixels in WHEELS:
        print(f"\n{TURNS} turns of the wheel, {pixels} pixels each")
        late = {
            name: _late(name, _turned(one, pixels))
            for name, one in (("bare", bare), ("grid", page))
        }
        verdict(f"frame at {pixels} pixels, 95 of 100", late["grid"], 20, "ms")
        print(f"  95 of 100, grid to bare page: {late['grid'] / late['bare']:.2f} x")
    print("\nScrolling 900 pixels with every frame: the whole screen is new each time")
    late = {name: _late(name, spans) for name, spans in frames.items()}
    print(f"  95 of 100, grid to bare page: {late['grid'] / late['bare']:.2f} x")
    page.evaluate(JUMPS, 200)
    page.wait_for_load_state("networkidle")
    verdict("JavaScript heap after all rows", _heap(page), 30, "MB")
    context.close()


def _turned(page: Page, pixels: int) -> list[float]:
    """Turn the wheel over the middle of the page and give what lay between the frames."""
    page.bring_to_front()
    page.mouse.move(720, 450)
    page.evaluate(WATCH)
    for _turn in range(TURNS):
        page.mouse.wheel(0, pixels)
    found: list[float] = page.evaluate(TURNED)
    return found


def _late(name: str, spans: list[float]) -> float:
    """Print the frames of a page; give the span that 95 of 100 keep to."""
    late = sorted(spans)[int(len(spans) * 0.95)]
    middle = statistics.median(spans)
    print(f"  {name}: {len(spans)} frames, median {middle:.1f} ms, 95 of 100 {late:.1f} ms")
    return late


def _heap(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize")) / 1e6


def test_size_of_the_script() -> None:
    """What the page loads before its first row; what comes later is not counted."""
    names: set[str] = set()
    waiting = ["first.js", "app.js", "grid.js"]
    while waiting:
        name = waiting.pop()
        if name in names:
            continue
        names.add(name)
        waiting += re.findall(
            r'(?:import|from)\s*"\./([\w.-]+\.js)"', (DIST / name).read_text(encoding="utf-8")
        )
    size = sum(len(gzip.compress((DIST / name).read_bytes(), 9)) for name in names)
    later = {path.name for path in DIST.glob("*.js")} - names
    rest = sum(len(gzip.compress((DIST / name).read_bytes(), 9)) for name in later)
    print(f"\nScript: {len(names)} files first, {rest / 1000:.1f} kB gzip more at rest")
    verdict("script, gzip", size / 1000, 120, "kB")
    assert size <= 120_000
