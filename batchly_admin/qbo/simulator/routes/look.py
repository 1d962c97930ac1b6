"""The look of the simulator's few pages: calm, dense, light and dark, no scripts."""

from __future__ import annotations

from markupsafe import Markup, escape

STYLE = Markup("""
:root { color-scheme: light dark; --line: light-dark(#dcdfe4, #34383f);
  --quiet: light-dark(#5b6472, #9aa3b0); --accent: light-dark(#1f5fbf, #7fb0ff); }
body { font: 14px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem;
  padding: 0 1rem; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.25rem } h2 { font-size: 1rem; margin-top: 1.75rem }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; overflow-wrap: anywhere }
th, .quiet { color: var(--quiet); font-weight: 500 }
button { font: inherit; padding: .35rem .9rem; border: 1px solid var(--line); border-radius: 6px;
  background: transparent; color: inherit; cursor: pointer }
button:focus-visible, input:focus-visible, select:focus-visible { outline: 2px solid var(--accent) }
input, select { font: inherit; padding: .25rem .4rem; border: 1px solid var(--line);
  border-radius: 6px; background: transparent; color: inherit }
form { display: flex; gap: .5rem; flex-wrap: wrap; align-items: center }
""")


def page(title: str, body: Markup) -> str:
    """Give a whole page."""
    head = Markup(
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{}</title>'
    ).format(escape(title))
    style = Markup("<style>") + STYLE + Markup("</style>")
    return head + style + Markup("<h1>{}</h1>").format(escape(title)) + body + Markup("</html>")
