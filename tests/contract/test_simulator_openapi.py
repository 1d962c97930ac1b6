"""The OpenAPI file is a true one: it holds together, and the simulator does what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.contract.wire import Wire, fresh

METHODS = {"get", "post", "delete"}
TYPES = {"string", "number", "integer", "boolean", "object", "array"}
IS_OF = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
}


@pytest.fixture
def document(wire: Wire) -> dict[str, Any]:
    base = wire.details["api_base"].removesuffix("/v3")
    answer = requests.get(f"{base}/openapi.json", timeout=10)
    assert answer.status_code == 200, "it asks for no token"
    assert answer.headers["Content-Type"] == "application/json"
    return answer.json()  # type: ignore[no-any-return]


def inside(found: Any) -> Iterator[Any]:
    """Give a part of the file and everything below it."""
    yield found
    for one in found.values() if isinstance(found, dict) else found:
        if isinstance(one, dict | list):
            yield from inside(one)


def led_to(document: dict[str, Any], place: str) -> Any:
    assert place.startswith("#/")
    found: Any = document
    for name in place[2:].split("/"):
        found = found[name]
    return found


def calls(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            yield path, method, call


def test_it_is_an_openapi_file_whose_parts_lead_somewhere(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert {"title", "version"} <= document["info"].keys()
    places = [one["$ref"] for one in inside(document) if isinstance(one, dict) and "$ref" in one]
    assert len(places) > 100
    for place in set(places):
        assert led_to(document, place), place
    for name in document["components"]["schemas"]:
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)


def test_every_call_says_what_it_takes_and_what_it_answers(document: dict[str, Any]) -> None:
    tags = {one["name"] for one in document["tags"]}
    schemes = document["components"]["securitySchemes"]
    names = [call["operationId"] for _path, _method, call in calls(document)]
    assert len(names) == len(set(names))
    for path, method, call in calls(document):
        assert path.startswith("/")
        assert method in METHODS
        assert set(call["tags"]) <= tags
        parameters = [
            led_to(document, one["$ref"]) if "$ref" in one else one
            for one in call.get("parameters", [])
        ]
        in_path = {one["name"] for one in parameters if one["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path)), path
        assert all(one["required"] is True for one in parameters if one["in"] == "path")
        assert all({"name", "in", "schema"} <= one.keys() for one in parameters)
        seen = [(one["name"], one["in"]) for one in parameters]
        assert len(seen) == len(set(seen)), path
        assert "200" in call["responses"]
        for answer in call["responses"].values():
            whole = led_to(document, answer["$ref"]) if "$ref" in answer else answer
            assert whole["description"]
        assert method == "post" or "requestBody" not in call
        assert "requestBody" not in call or call["requestBody"]["content"]
        for one in call.get("security", document["security"]):
            assert one.keys() <= schemes.keys()


def test_every_schema_is_one(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        for one in inside(schema):
            if not isinstance(one, dict) or not isinstance(one.get("type"), str | list):
                continue
            given = one["type"] if isinstance(one["type"], list) else [one["type"]]
            assert set(given) <= TYPES, one
            assert ("items" in one) == ("array" in given), one
            if "properties" in one:
                assert set(one.get("required", [])) <= one["properties"].keys(), one


def refusal(document: dict[str, Any], schema: dict[str, Any], value: Any, place: str) -> str:
    """Say where a value is not what a schema says; nothing where it fits."""
    if "$ref" in schema:
        return refusal(document, led_to(document, schema["$ref"]), value, place)
    wanted = schema.get("type")
    given = wanted if isinstance(wanted, list) else [wanted] if wanted else []
    if given and not any(IS_OF[one](value) for one in given):
        return f"{place}: {value!r} is no {wanted}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{place}: {value!r} is none of {schema['enum']}"
    if isinstance(value, dict):
        for name, one in value.items():
            known = schema.get("properties", {}).get(name, {})
            if found := refusal(document, known, one, f"{place}.{name}"):
                return found
    if isinstance(value, list):
        for one in value:
            if found := refusal(document, schema.get("items", {}), one, place):
                return found
    return ""


def test_answers_are_what_the_file_says(wire: Wire, document: dict[str, Any]) -> None:
    invoice = wire.invoice("25.00", TxnDate="2026-02-03", BillEmail={"Address": "a@b.example"})
    wire.payment(invoice, "10.00")
    wire.create("Vendor", {"DisplayName": fresh("Vendor"), "PrimaryPhone": {"FreeFormNumber": "1"}})
    schemas = document["components"]["schemas"]
    assert refusal(document, schemas["Invoice"], {"TxnDate": 5}, "Invoice"), "it can fail"
    rows = schemas["QueryResponse"]["properties"]["QueryResponse"]["properties"]
    kinds = {
        call["tags"][0] for _path, _method, call in calls(document) if call["tags"][0] in schemas
    }
    seen = 0
    for kind in sorted(kinds):
        statement = f"SELECT * FROM {kind} MAXRESULTS 20"  # noqa: S608 - the file names them
        answer = wire.call("GET", "query", params={"query": statement})
        found = answer.json()["QueryResponse"]
        for name, records in found.items():
            if isinstance(records, list):
                assert refusal(document, rows[name], records, name) == ""
                seen += len(records)
    assert seen > 30


def test_what_a_query_may_ask_for_it_may_ask_for(wire: Wire, document: dict[str, Any]) -> None:
    values = {"string": "'1'", "number": "'1'", "boolean": "true"}
    for kind, schema in document["components"]["schemas"].items():
        for name, one in schema.get("x-query", {}).get("properties", {}).items():
            value = values[one.get("type", "string")]
            if one.get("format"):
                value = "'2026-01-01'"
            statement = f"SELECT * FROM {kind} WHERE {name} = {value}"  # noqa: S608 - the file names them
            answer = wire.call("GET", "query", params={"query": statement})
            assert answer.status_code == 200, f"{statement}: {answer.text}"


def test_every_address_of_the_file_is_one_of_the_simulator(
    wire: Wire, document: dict[str, Any]
) -> None:
    base = document["servers"][0]["url"]
    for path, method, _call in calls(document):
        place = path.replace("{realmId}", wire.realm).replace("{id}", "999999")
        place = place.replace("{report}", "ProfitAndLoss")
        if path.startswith("/v3/company/"):
            answer = wire.call(method.upper(), place.split("/", 4)[4])
            assert answer.headers["Content-Type"].startswith(("application/json", "text/plain")), (
                path
            )
            assert "Invalid object name" not in answer.text, path
            assert "is not supported" not in answer.text or "Content type" in answer.text, path
        else:
            answer = wire.http.request(method, f"{base}{place}", timeout=10)
            assert answer.status_code not in {404, 405}, path
