"""The OpenAPI file: every address of the simulator, made from what the entities say of themselves.

https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask import Blueprint, Response, request

from batchly_admin.qbo.simulator.books.entity import Entity, Spec
from batchly_admin.qbo.simulator.grants import ACCOUNTING
from batchly_admin.qbo.simulator.routes import openapi_answers as answers
from batchly_admin.qbo.simulator.wire.json_text import dumps
from batchly_admin.qbo.simulator.wire.schemas import PLAIN, Schema, listed, of_shape, restrict, to
from batchly_admin.qbo.simulator.world import World

ABOUT = (
    "A simulator of the accounting API of QuickBooks Online, version 3. Answers are JSON where it "
    "is asked for by `Accept: application/json` or `format=json`, and XML otherwise; both say the "
    "same. Amounts are exact decimals."
)
COMPANY = "/v3/company/{realmId}"
SHARED_PARAMETERS = ("realmId", "minorversion")
WRITING = ("requestid", "include")
CHANGES = ("update", "delete", "void")


def blueprint(world: World) -> Blueprint:
    """Give the route of the file; it asks for no token."""
    found = Blueprint("openapi", __name__)

    @found.get("/openapi.json")
    def file() -> Response:
        whole = document(world.entities, request.host_url.rstrip("/"))
        return Response(dumps(whole), content_type="application/json")

    return found


def document(entities: Mapping[str, Entity], base: str) -> Schema:
    """Give the whole file for a simulator that is reached at an address."""
    specs = [entity.spec for entity in entities.values()]
    paths: Schema = {}
    for place, methods in _paths(specs):
        paths.setdefault(place, {}).update(methods)
    return {
        "openapi": "3.1.0",
        "info": {"title": "QuickBooks Online, simulated", "version": "3", "description": ABOUT},
        "servers": [{"url": base}],
        "security": [{"oauth": [ACCOUNTING]}],
        "tags": [{"name": spec.kind} for spec in specs]
        + [{"name": name} for name in ("Service", "OAuth")],
        "paths": paths,
        "components": {
            "schemas": {**dict(_entity_schemas(specs)), **dict(answers.schemas(specs))},
            "parameters": dict(answers.parameters()),
            "responses": dict(answers.refusals()),
            "securitySchemes": answers.security(base),
        },
    }


def _paths(specs: list[Spec]) -> Iterator[tuple[str, Schema]]:
    for spec in specs:
        yield from _entity_paths(spec)
    yield from _service_paths()
    yield from answers.oauth_paths()


# --- the entities ------------------------------------------------------------------------------


def _entity_schemas(specs: list[Spec]) -> Iterator[tuple[str, Schema]]:
    for spec in specs:
        whole = of_shape(spec.shape)
        for path, allowed in spec.enums.items():
            restrict(whole, path, enum=list(allowed))
        for path, kind in spec.references.items():
            restrict(whole, path, description=f"Leads to a record of {kind}.")
        if spec.gaps:
            whole["description"] = "Not simulated: " + "; ".join(spec.gaps) + "."
        asked = {name: dict(PLAIN.get(one) or to("Reference")) for name, one in _asked(spec)}
        whole["x-query"] = {"properties": asked, "unsortable": sorted(spec.unsortable)}
        yield spec.kind, whole
        if "create" in spec.operations:
            yield f"{spec.kind}Create", _demanding(spec.kind, list(spec.required))
        if {*CHANGES} & spec.operations:
            needed = [] if spec.is_single else ["Id"]
            tokens = ["SyncToken"] if spec.has_tokens else []
            yield f"{spec.kind}Change", _demanding(spec.kind, needed + tokens)


def _asked(spec: Spec) -> list[tuple[str, str]]:
    return [*spec.columns().items(), *spec.list_filters.items()]


def _demanding(kind: str, needed: list[str]) -> Schema:
    """Give a record of which some fields have to be sent."""
    return {"allOf": [to(kind), {"type": "object", "required": needed}]}


def _entity_paths(spec: Spec) -> Iterator[tuple[str, Schema]]:
    address = f"{COMPANY}/{spec.path}"
    one = f"{address}/{{id}}"
    if "read" in spec.operations:
        yield one, {"get": _call(spec, "read", parameters=("id", "include"))}
        if spec.is_single:
            yield address, {"get": _call(spec, "get", parameters=("include",))}
    if {"create", *CHANGES} & spec.operations:
        yield address, {"post": _write(spec)}
    if "send" in spec.operations:
        sent = _call(spec, "send", parameters=("id", "sendTo", "requestid"))
        yield f"{one}/send", {"post": sent}
    if "pdf" in spec.operations:
        file = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
        yield f"{one}/pdf", {"get": _call(spec, "pdf", content=file, parameters=("id",))}


def _write(spec: Spec) -> Schema:
    bodies = [
        to(f"{spec.kind}{suffix}")
        for suffix, operations in (("Create", ("create",)), ("Change", CHANGES))
        if {*operations} & spec.operations
    ]
    # Some are voided by an update with include=void alone.
    known = spec.operations - ({"void"} if spec.void_needs_include else set())
    chosen = [name for name in CHANGES if name in known]
    operation = {
        "name": "operation",
        "in": "query",
        "description": "What is done; without it, a record with an Id is updated, another is made.",
        "schema": {"type": "string", "enum": ["create", *chosen]},
    }
    found = _call(spec, "write", parameters=WRITING)
    found["parameters"].append(operation)
    found["requestBody"] = answers.body({"anyOf": bodies})
    return found


def _call(
    spec: Spec, verb: str, *, content: Schema | None = None, parameters: tuple[str, ...] = ()
) -> Schema:
    usual = answers.json({"type": "object", "properties": {spec.key: to(spec.kind)}})
    return {
        "operationId": f"{verb}{spec.kind}",
        "tags": [spec.kind],
        "parameters": [answers.parameter(name) for name in (*SHARED_PARAMETERS, *parameters)],
        "responses": answers.responses(content or usual),
    }


# --- what is no entity -------------------------------------------------------------------------


def _service_paths() -> Iterator[tuple[str, Schema]]:
    statement = {"text/plain": {"schema": {"type": "string"}}}
    asked = {"content": {"application/text": statement["text/plain"], **statement}}
    found = to("QueryResponse")
    yield (
        f"{COMPANY}/query",
        {
            "get": _service("query", found, "query", "include"),
            "post": {**_service("queryByBody", found, "include"), "requestBody": asked},
        },
    )
    batch = answers.body(to("BatchRequest"))
    yield (
        f"{COMPANY}/batch",
        {"post": {**_service("batch", to("BatchResponse"), "requestid"), "requestBody": batch}},
    )
    yield (
        f"{COMPANY}/cdc",
        {"get": _service("changes", to("CDCResponse"), "entities", "changedSince")},
    )
    code = answers.body(to("TaxService"))
    made = _service("makeTaxCode", to("TaxService"), "requestid")
    yield f"{COMPANY}/taxservice/taxcode", {"post": {**made, "requestBody": code}}
    rate = {"type": "object", "properties": {"ExchangeRate": to("ExchangeRate")}}
    yield (
        f"{COMPANY}/exchangerate",
        {"get": _service("rateOfDay", rate, "sourcecurrencycode", "asofdate")},
    )
    form = {"content": {"multipart/form-data": {"schema": answers.UPLOAD}}, "required": True}
    kept = {"type": "object", "properties": {"AttachableResponse": listed({"type": "object"})}}
    yield (
        f"{COMPANY}/upload",
        {"post": {**_service("upload", kept, "requestid"), "requestBody": form}},
    )
    link = _service("linkOfAttachment", {}, "id")
    link["responses"]["200"]["content"] = statement
    yield f"{COMPANY}/download/{{id}}", {"get": link}
    days = ("start_date", "end_date", "report_date", "date_macro")
    words = ("accounting_method", "summarize_column_by")
    report = _service("report", to("Report"), "report", *days, *words)
    yield f"{COMPANY}/reports/{{report}}", {"get": report}


def _service(name: str, schema: Schema, *parameters: str) -> Schema:
    return {
        "operationId": name,
        "tags": ["Service"],
        "parameters": [answers.parameter(one) for one in (*SHARED_PARAMETERS, *parameters)],
        "responses": answers.responses(answers.json(schema)),
    }
