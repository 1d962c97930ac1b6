"""Tell when docs/simulator.md is older than the simulator; `--write` writes it anew.

What the file lists stands in the code: entities, switches, faults, addresses. What it says about
them in whole sentences stands here and in the code they are about.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from batchly_admin.qbo.simulator import reports  # noqa: E402
from batchly_admin.qbo.simulator.books.entity import COMMON_FILTERS, Spec  # noqa: E402
from batchly_admin.qbo.simulator.companies.filling import COMPANIES  # noqa: E402
from batchly_admin.qbo.simulator.faults.injection import EXPLAINED  # noqa: E402
from batchly_admin.qbo.simulator.routes.control.switch import Switch  # noqa: E402
from batchly_admin.qbo.simulator.routes.control.switch_list import GROUPS  # noqa: E402
from batchly_admin.qbo.simulator.server import make_app  # noqa: E402
from batchly_admin.qbo.simulator.world import World  # noqa: E402

DOCUMENT = ROOT / "docs" / "simulator.md"
OPENING = """\
# The simulator

A QuickBooks Online on this machine: one process on loopback that speaks the HTTP of the accounting
API, version 3, minor version 75. It has the validations, the computed fields, the faults, the
limits, the log-ins and the webhooks of the real one, and a double-entry ledger below. Any client of
QuickBooks can work with it, in any language: it has only to be told where the server is. A control
page beside the API breaks answers on demand, moves the clock, and does what an accountant would do
in the books.

What it accepted is in its file when the answer leaves. It imports nothing else of Batchly, so it
shares no rule with what it is used to test. It is not for what only Intuit's own servers can show:
how long request ids are remembered, and what automated sales tax computes for a real address.
"""
START = f"""\
## Start it

```
batchly simulator --port 8400 --data var/simulator --company demo
```

`make sim` does just that. Without `--port` it takes any free port. The folder of `--data` holds the
books and the log-ins in one SQLite file; started again with the same folder, it goes on where it
stopped. `--company` says which books a new folder begins with: {" or ".join(COMPANIES)}.
SIGTERM and Ctrl-C stop it. It listens on 127.0.0.1 only, and answers 421 to any other host name.

Once it answers, it prints one line of JSON, and nothing after it:
"""
START_LINE = {
    "discovery_url": "the OpenID configuration; all addresses of the OAuth server stand in it",
    "api_base": "what stands before `/company/{realm}/…`",
    "client_id": "the id of the app",
    "client_secret": "the secret of the app",
    "realm_id": "the id of the company (a second, empty company has an id of its own)",
    "refresh_token": "a refresh token of the company, good at once",
    "webhook_verifier_token": "the key of the signatures under webhooks",
    "control_url": "the control page",
}
TALK = """\
## Talk to it

`GET /openapi.json` gives every address of the API and the OAuth server with its parameters, bodies,
answers and refusals, as an OpenAPI 3.1 file; it asks for no token. Beside the entities there are
`query` (GET, or POST with the statement as body), `batch` (up to 30 items), `cdc`,
`taxservice/taxcode`, `exchangerate`, `upload`, `download/{id}`, `reports/{name}`,
`{entity}/{id}/pdf` and `{entity}/{id}/send`.

A fault comes in one of two shapes, as with Intuit: `{"Fault": {"Error": [{"Message", "Detail",
"code", "element"}], "type"}, "time"}` from the books, and a larger one in small letters
(`{"fault": {"error": […]}}`) from the gateway, for tokens and limits. Who does not ask for JSON
gets XML. `requestid` makes a write repeatable: the same id gets the same answer, byte for byte, and
nothing is done twice.
"""
CONTROL = {
    "GET /state": "company, clock, number of records of each entity, switches, faults, metering",
    "POST /reset": 'start over: `{"company": "empty"}`; log-ins and switches stay',
    "POST /seed": 'write records, all or none: `{"entities": [{"type", "data"}]}`',
    "GET /requests": "the log of requests after `?since=`, oldest first",
    "GET /faults": "the faults in force, and the kinds there are",
    "POST /faults": "put a fault in force (see below)",
    "DELETE /faults": "end all faults",
    "DELETE /faults/<int:rule_id>": "end one fault",
    "POST /settings": 'throw switches: `{"limits": false}` (see below)',
    "POST /clock": 'move the clock: `{"now": "2027-01-31T09:00:00Z"}` or `{"offset_seconds": 60}`',
    "POST /preferences": 'set preferences by dotted path: `{"SalesFormsPrefs.AllowDeposit": true}`',
    "GET /webhooks": "the listener, and the last deliveries",
    "POST /webhooks": 'send notifications to an address: `{"url"}`; null stops them',
    "POST /webhooks/test": "send a notification now",
    "POST /accountant/payment": 'record a payment: `{"invoice", "amount", "date", "method"}`',
    "POST /accountant/edit": 'change a record: `{"type", "id", "changes"}`',
    "POST /accountant/deactivate": 'deactivate an entry of a list: `{"type", "id"}`',
    "POST /accountant/delete": 'delete a transaction: `{"type", "id"}`',
    "POST /accountant/void": 'void a transaction: `{"type", "id"}`',
    "POST /accountant/merge": 'make one of two customers or vendors: `{"type", "keep", "gone"}`',
    "POST /accountant/deposit": 'bring a payment to the bank: `{"payment"}`',
    "POST /accountant/close-books": 'close the books up to a day: `{"date"}`; null opens them',
    "POST /disconnect": "end the app's connection, as a customer does",
}
"""What each address of the control API does; the file is stale when one is missing or gone."""
FAULTS = """\
## Faults on demand

`POST /control/api/faults` with `{"kind", "match", "next_n", "percent", "seconds", "seed"}`. `match`
narrows it down: `method`, `route` (a pattern for the whole of `invoice.create`, `query.read`,
`batch.send`, `oauth.refresh` …) and `path` (a pattern somewhere in the address); without it every
request is meant. `next_n` strikes that many times, else until the fault is ended; `percent` strikes
by chance, the same way every time for the same `seed`; `seconds` is how long to wait.
"""
OPERATIONS = ("create", "read", "update", "delete", "void", "deactivate", "query", "send", "pdf")


def main() -> int:
    """Compare, or write with --write."""
    text = document()
    if "--write" in sys.argv:
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    print("docs/simulator.md is older than the simulator; run `make docs`.", file=sys.stderr)
    return 1


def document() -> str:
    """Give the whole file."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), "empty")
        try:
            return "\n".join([*_parts(world)])
        finally:
            world.store.close()


def _parts(world: World) -> Iterator[str]:
    yield OPENING
    yield START
    yield from _table(("Key", "What it is"), _start_line(world))
    yield TALK
    yield "## Control API\n"
    yield "Below `/control/api`, JSON in and out, for programs; `?realm=` asks for another company."
    yield "`/control` has the same for people.\n"
    yield from _table(("Request", "What it does"), _control(world))
    yield from _switches()
    yield FAULTS
    yield from _table(("Kind", "What happens"), ((f"`{one}`", EXPLAINED[one]) for one in EXPLAINED))
    yield from _reports()
    yield from _entities([one.spec for one in world.entities.values()])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"
    yield ""


def _explained(found: Iterable[str], sentences: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give each thing with its sentence.

    Raises:
        SystemExit: one is without a sentence, or a sentence is about what is gone.
    """
    names = set(found)
    if names != set(sentences):
        wrong = ", ".join(sorted(names ^ set(sentences)))
        raise SystemExit(f"tools/simulator_docs.py does not fit the code: {wrong}")
    for name, sentence in sentences.items():
        yield f"`{name}`", sentence


def _start_line(world: World) -> Iterator[tuple[str, str]]:
    yield from _explained(world.introduction("http://127.0.0.1"), START_LINE)


def _control(world: World) -> Iterator[tuple[str, str]]:
    app = make_app(world)
    found = {
        f"{method} {rule.rule.removeprefix('/control/api')}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/control/api/")
    }
    for request, sentence in _explained(found, CONTROL):
        yield re.sub(r"<\w+:(\w+)>", r"{\1}", request), sentence


def _switches() -> Iterator[str]:
    yield "## Switches\n"
    yield "Most stand for a behaviour of QuickBooks nobody could confirm: the usual position is the"
    yield "stricter reading, the other one is there to see whether a client can live with it too."
    yield "`POST /control/api/settings` throws them, `/control/switches` shows them.\n"
    for group in GROUPS:
        yield f"### {group.title}\n"
        rows = ((f"`{one.name}`", _meaning(one), _positions(one)) for one in group.switches)
        yield from _table(("Switch", "What it is about", "Positions, the usual one first"), rows)


def _meaning(switch: Switch) -> str:
    return f"{switch.label}. {switch.hint}"


def _positions(switch: Switch) -> str:
    if not switch.choices:
        usual = "empty" if switch.usual in (None, [], {}) else str(switch.usual).lower()
        return f"`{usual}` ({switch.kind})"
    ordered = sorted(switch.choices, key=lambda one: one[0] != switch.usual)
    return "; ".join(f"`{value}`: {words}" for value, words in ordered)


def _reports() -> Iterator[str]:
    known = reports.load()
    yield "## Reports\n"
    yield f"{len(known)} reports: {_code(sorted(known))}.\n"
    yield "What they leave out:\n"
    yield from (f"- {one}" for one in reports.gaps())
    yield ""


def _entities(specs: list[Spec]) -> Iterator[str]:
    yield "## Entities\n"
    yield f"{len(specs)} entities. Every one can be asked for by " + _code(COMMON_FILTERS) + " too."
    yield "Where nothing is said of gaps, none are known.\n"
    for spec in specs:
        yield f"### {spec.kind}\n"
        known = [one for one in OPERATIONS if one in spec.operations]
        facts = [f"Operations: {', '.join(known)}{'' if spec.in_cdc else '; not in CDC'}."]
        if spec.json_name:
            facts.append(f"Answers call it `{spec.json_name}`.")
        if spec.not_in:
            facts.append(f"Not in the editions {', '.join(sorted(spec.not_in))}.")
        yield " ".join(facts)
        asked = {**spec.filters, **spec.list_filters}
        if asked:
            yield f"\nA query may ask for {_code(asked)}."
        if spec.gaps:
            yield f"\nNot simulated: {'; '.join(spec.gaps)}."
        yield ""


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    raise SystemExit(main())
