"""What a customer sees when an app wants to be connected: which company, or what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from batchly_admin.qbo.simulator.routes.look import STYLE

PURPOSES = {
    "com.intuit.quickbooks.accounting": "Read and change the company's books",
    "com.intuit.quickbooks.payment": "Take payments for the company",
    "openid": "Know that it is you",
    "profile": "See your name",
    "email": "See your email address",
    "phone": "See your phone number",
    "address": "See your postal address",
}
CARD = Markup("""
body { margin: 0; padding: 1rem; min-height: 100vh; box-sizing: border-box; max-width: none;
  display: grid; place-items: center; background: light-dark(#f5f6f8, #14171b); }
main { width: min(27rem, 100%); box-sizing: border-box; padding: 1.75rem; border-radius: 12px;
  border: 1px solid var(--line); background: light-dark(#fff, #1c2025); }
h1 { margin: 0 0 .25rem; font-size: 1.2rem }
ul { margin: .5rem 0 1.25rem; padding-left: 1.1rem }
form { display: block }
fieldset { border: 0; margin: 0 0 1.5rem; padding: 0 }
legend { padding: 0; margin-bottom: .5rem; font-weight: 600 }
label { display: flex; gap: .75rem; align-items: center; padding: .7rem .85rem; cursor: pointer;
  border: 1px solid var(--line); border-radius: 8px; margin-top: .5rem }
label:has(:checked) { border-color: var(--accent); outline: 1px solid var(--accent) }
label:has(:focus-visible) { outline: 2px solid var(--accent) }
label small { display: block; color: var(--quiet) }
input[type=radio] { margin: 0; accent-color: var(--accent); outline: none }
.choice { display: flex; gap: .6rem }
button { padding: .55rem 1.25rem; min-height: 2.75rem; border-radius: 8px }
button.main { background: var(--accent); border-color: var(--accent);
  color: light-dark(#fff, #0d1420); font-weight: 600 }
details { margin-top: 1rem } summary { cursor: pointer; color: var(--quiet) }
details p { overflow-wrap: anywhere; margin-bottom: 0 }
@media (max-width: 30rem) { body { place-items: start center } main { padding: 1.25rem }
  .choice { flex-direction: column } button { width: 100% } }
""")


def consent_page(
    scopes: Iterable[str], companies: Iterable[tuple[str, str]], kept: Mapping[str, str]
) -> str:
    """Give the page that asks; companies come as realm id and name, the first one is chosen."""
    asked = Markup("").join(
        Markup("<li>{}</li>").format(PURPOSES.get(scope, scope)) for scope in scopes
    )
    rows = Markup("").join(
        Markup(
            '<label><input type="radio" name="company" value="{}"{}>'
            "<span>{}<small>{}</small></span></label>"
        ).format(realm, Markup(" checked") if place == 0 else "", name, f"Company ID {realm}")
        for place, (realm, name) in enumerate(companies)
    )
    chooser = Markup("<fieldset><legend>Company</legend>{}</fieldset>").format(rows) if rows else ""
    hidden = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in kept.items()
    )
    return _page(
        "Connect an app",
        Markup(
            '<p class="quiet">An app wants to be connected to QuickBooks, to:</p>'
            '<ul>{}</ul><form method="post">{}{}<div class="choice">'
            '<button class="main" name="choice" value="connect">Connect</button>'
            '<button name="choice" value="cancel">Cancel</button></div></form>'
        ).format(asked, chooser, hidden),
    )


def problem_page(told: str, detail: str) -> str:
    """Give the page that says why there is nothing to agree to; the detail is for developers."""
    return _page(
        "The app could not be connected",
        Markup(
            "<p>{}</p><details open><summary>For developers</summary><p>{}</p></details>"
        ).format(told, detail),
    )


def _page(title: str, body: Markup) -> str:
    return Markup(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>{}</title><style>{}</style></head>"
        "<body><main><h1>{}</h1>{}</main></body></html>"
    ).format(title, STYLE + CARD, title, body)
