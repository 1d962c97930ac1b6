"""What no client should send, and how the answers to it are judged."""

from __future__ import annotations

import copy
import http.client
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.contract.wire import Wire

TIMES = int(os.environ.get("SIMULATOR_FUZZ", "1"))
"""How many times as much nonsense as usual; more than once, it is also new at every run."""
SHRINKS = "SIMULATOR_FUZZ_SHRINK" in os.environ
"""Whether an example that fails is made smaller, which takes minutes."""
SPACE = "{http://schema.intuit.com/finance/v3}"
WRONG: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**70, -1e300, 1e-300, 10**11, 0.005, float("nan"), float("inf")),
    *("", " ", "0", "x" * 5000, "'; --", "\\", "\ud800", "2026-13-45", "0000-00-00", "é\u0000"),
    *("NaN", "Infinity", "1e400", "²", "true", "-0", "a:b\tc", "5" * 5000, "9999-12-31"),
    *([], {}, [[]], [{}], [None], [1, "a"], {"value": None}, {"value": {}}, {"value": [1]}),
    *({"value": 1.5}, {"value": "1"}, {"value": "999999"}, {"value": "²"}, {"Address": 5}),
    *({"value": "1", "name": []}, {"value": "-1", "type": {}}, [{"value": "1"}], "2026-01-01"),
)


def many(count: int) -> settings:
    """Give a profile of so many examples: the same every time unless more are asked for."""
    return settings(
        max_examples=count * TIMES,
        derandomize=TIMES == 1,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if SHRINKS else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


# --- sending -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Raw:
    """HTTP without a library that would put anything right; one connection that stays open."""

    def __init__(self, wire: Wire) -> None:
        parts = urlsplit(wire.details["api_base"])
        self.place = (str(parts.hostname), int(parts.port or 0))
        self.company = f"/v3/company/{wire.realm}/"
        self.token = str(wire.consent()["access_token"])
        self.sent = 0
        self._open: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Heard:
        """Send one request to an address as it is written."""
        self.sent += 1
        if self._open is None:
            self._open = http.client.HTTPConnection(*self.place, timeout=20)
        self._open.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            self._open.putheader(name, value)
        if body is not None:
            self._open.putheader("Content-Length", str(len(body)))
        self._open.endheaders(body)
        answer = self._open.getresponse()
        found = Heard(answer.status, dict(answer.headers), answer.read())
        if answer.will_close:
            self.close()
        return found

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        params: Mapping[str, str] | None = None,
        **headers: str,
    ) -> Heard:
        """Send one request of the accounting API, and judge its answer."""
        usual = {"Accept": "application/json", "Content-Type": "application/json"}
        usual |= {"Authorization": f"Bearer {self.token}"}
        given = usual | {name.replace("_", "-"): value for name, value in headers.items()}
        words = urlencode({**(params or {})}, errors="replace")
        place = self.company + quote(path, safe="/%")
        answer = self.ask(method, f"{place}?{words}" if words else place, body, given)
        shown = f"{method} {place} {params} {headers} {(body or b'')[:500]!r}"
        judge(answer, f"{shown}\n{answer.status} {answer.body[:500]!r}", method)
        return answer

    def close(self) -> None:
        """Let go of the connection."""
        if self._open is not None:
            self._open.close()
        self._open = None


# --- judging -------------------------------------------------------------------------------------


def judge(answer: Heard, shown: str, method: str = "GET") -> None:
    """Check that an answer of the accounting API is a success or a fault in the proper shape."""
    assert answer.status < 500, shown
    assert b"could not be understood" not in answer.body, shown
    if method in {"HEAD", "OPTIONS"}:
        return
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("application/json"):
        _judge_json(answer, shown)
    elif kind.startswith("application/xml"):
        root = ET.fromstring(answer.body)  # noqa: S314 - our own server's answer
        if answer.status != 200:
            error = root.find(f"{SPACE}Fault/{SPACE}Error")
            assert error is not None, shown
            assert error.attrib["code"].isdigit(), shown
    else:
        assert answer.status == 200, shown
        assert kind.startswith(("application/pdf", "text/plain")), shown


def _judge_json(answer: Heard, shown: str) -> None:
    body = json.loads(answer.body)
    if answer.status == 200:
        assert "Fault" not in body, shown
        return
    assert answer.status in {400, 401, 403, 404, 405, 413}, shown
    if "fault" in body:
        (error,) = body["fault"]["error"]
        assert error["code"].isdigit(), shown
        return
    assert {"Fault", "time"} == body.keys(), shown
    assert body["Fault"]["type"] in {
        *("ValidationFault", "AuthenticationFault", "AuthorizationFault")
    }, shown
    for error in body["Fault"]["Error"]:
        assert error.keys() == {"Message", "Detail", "code", "element"}, shown
        assert error["code"].isdigit(), shown
        assert error["Message"], shown
        assert all(isinstance(one, str) for one in error.values()), shown


# --- near misses ---------------------------------------------------------------------------------

Place = tuple[str | int, ...]


def places(document: Mapping[str, Any], kind: str) -> list[Place]:
    """Give every field of an entity, and every field inside it."""
    schemas = document["components"]["schemas"]
    return [place for place in _places(schemas, schemas[kind], ()) if place]


def _places(schemas: Mapping[str, Any], schema: Mapping[str, Any], place: Place) -> Iterator[Place]:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    yield place
    for name, one in schema.get("properties", {}).items():
        yield from _places(schemas, one, (*place, name))
    if "items" in schema:
        yield from _places(schemas, schema["items"], (*place, 0))


def with_wrong(body: Mapping[str, Any], place: Place, wrong: Any) -> dict[str, Any]:
    """Give a document in which one field is what it cannot be; what leads there is made."""
    found: Any = copy.deepcopy(dict(body))
    whole, (*way, last) = found, place
    for name, following in zip(way, place[1:], strict=True):
        empty: Any = [{}] if isinstance(following, int) else {}
        if isinstance(found, list):
            found[0] = found[0] if isinstance(found[0], dict | list) else empty
        elif not isinstance(found.get(name), dict | list) or found[name] == []:
            found[name] = empty
        found = found[name]
    found[last] = wrong
    return whole  # type: ignore[no-any-return]


# --- by chance -----------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.sampled_from([one for one in WRONG if isinstance(one, str)]), st.text(max_size=12)
)
NUMBERS = st.one_of(
    st.sampled_from([one for one in WRONG if isinstance(one, int | float)]), st.integers()
)


def values(names: list[str]) -> st.SearchStrategy[Any]:
    """Give JSON by chance, of the words the API knows."""
    whole = st.one_of(st.sampled_from(WRONG), TEXTS, NUMBERS)
    return st.recursive(
        whole,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(names), inner, max_size=5),
        ),
        max_leaves=12,
    )


@st.composite
def spoilt(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> bytes:
    """Give a body: mostly JSON, sometimes broken, sometimes nothing of the kind."""
    kind = draw(st.integers(0, 11))
    if kind == 0:
        return draw(st.binary(max_size=60))
    if kind == 1:
        return draw(st.sampled_from(MONSTERS))
    whole = json.dumps(draw(inner)).encode()
    if kind == 2:
        return whole[: draw(st.integers(0, len(whole)))]
    if kind == 3:
        place = draw(st.integers(0, len(whole)))
        return whole[:place] + draw(st.binary(min_size=1, max_size=3)) + whole[place:]
    return whole


ENTITY = b'<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
MONSTERS = (
    *(b"", b" ", b"null", b"1", b'"text"', b"[]", b"{}", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}"),
    *(b"[" * 50_000, b'{"a":' * 20_000, b'{"Line":' + b"[" * 5000 + b"]" * 5000 + b"}"),
    *(b'{"Id":' + b"9" * 10_000 + b"}", b'{"TotalAmt":1e999999}', b'{"TotalAmt":-1E-999999}'),
    *(b'{"DisplayName":"' + b"x" * 200_000 + b'"}', b'{"DisplayName":"\\ud800"}'),
    *(b'{"DisplayName":"\xc3"}', b'{"DisplayName":"a","DisplayName":[]}', b"{'a': 1}", b"{a: 1}"),
    *(b'{"__proto__":{"x":1},"constructor":{}}', b"{}{}", b'{"a":1,}', b"NaN", b"-", b"--boundary"),
    *(b"<Invoice/>", b"<Invoice><Line/>", b'<?xml version="1.0" encoding="x"?><Invoice/>'),
    b"<!DOCTYPE a [" + ENTITY + b"]><Customer><DisplayName>&b;</DisplayName></Customer>",
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Customer>&x;</Customer>',
    *(b"<a>" * 5000, b'<Customer xmlns="http://x"><DisplayName>a</DisplayName></Customer>'),
)
