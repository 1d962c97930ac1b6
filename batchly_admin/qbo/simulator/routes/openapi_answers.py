"""What the OpenAPI file says of answers, refusals, parameters, and of the OAuth server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from batchly_admin.qbo.simulator import reports
from batchly_admin.qbo.simulator.books.entity import Spec
from batchly_admin.qbo.simulator.grants import ACCOUNTING
from batchly_admin.qbo.simulator.reports.asked import WAYS
from batchly_admin.qbo.simulator.wire.schemas import Schema, listed, shared, to

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
PARAMETERS: dict[str, tuple[str, str, Schema]] = {
    "realmId": ("path", "The id of the company.", TEXT),
    "id": ("path", "The id of the record.", TEXT),
    "report": ("path", "The name of the report.", {**TEXT, "enum": sorted(reports.load())}),
    "minorversion": ("query", "75 is what every call gets, whatever it asks for.", TEXT),
    "requestid": (
        "query",
        "The same id again gets the same answer again, and nothing is done twice.",
        {**TEXT, "minLength": 1, "maxLength": 50},
    ),
    "include": ("query", "Options of the entity, separated by commas, such as invoiceLink.", TEXT),
    "sendTo": ("query", "Where to, instead of the address in the document.", TEXT),
    "query": ("query", "A statement of the query language.", TEXT),
    "entities": ("query", "Names of entities, separated by commas.", TEXT),
    "changedSince": (
        "query",
        "At most thirty days back.",
        {"type": "string", "format": "date-time"},
    ),
    "sourcecurrencycode": ("query", "The currency whose rate is wanted.", TEXT),
    "asofdate": ("query", "The day of the rate.", {**TEXT, "format": "date"}),
    "start_date": ("query", "The first day.", {**TEXT, "format": "date"}),
    "end_date": ("query", "The last day.", {**TEXT, "format": "date"}),
    "report_date": ("query", "The day, of a report of one day.", {**TEXT, "format": "date"}),
    "date_macro": ("query", "Days in words, such as Last Month.", TEXT),
    "accounting_method": ("query", "The basis.", {**TEXT, "enum": ["Cash", "Accrual"]}),
    "summarize_column_by": ("query", "What the columns are.", {**TEXT, "enum": [*WAYS]}),
}
NEEDED = frozenset({"query", "entities", "changedSince"})
REFUSALS = {
    "400": ("Refused", "What was sent will not do; the code says why.", "Fault"),
    "401": ("NotAuthenticated", "The token is missing, ended, or of another company.", "Gateway"),
    "403": ("NotAllowed", "The scope or the subscription does not allow this.", "Either"),
    "429": ("TooMany", "The company was called too often; ask again in a minute.", "Gateway"),
}
UPLOAD: Schema = {
    "type": "object",
    "description": "Files and what is known of them, numbered alike: _0, _1 and so on.",
    "properties": {
        "file_metadata_0": {**TEXT, "description": "An Attachable, as JSON or XML."},
        "file_content_0": {"type": "string", "format": "binary"},
    },
    "required": ["file_content_0"],
}
TOKEN_URL = "/oauth2/v1/tokens/bearer"  # noqa: S105 - an address
CONSENT_URL = "/connect/oauth2"


def json(schema: Schema) -> Schema:
    """Give the content of an answer in JSON."""
    return {"application/json": {"schema": schema}}


def body(schema: Schema) -> Schema:
    """Give a body that has to be sent."""
    return {"content": json(schema), "required": True}


def responses(content: Schema) -> Schema:
    """Give the answers of one call: done, or refused in one of the ways there are."""
    refused = {
        status: {"$ref": f"#/components/responses/{name}"}
        for status, (name, _why, _schema) in REFUSALS.items()
    }
    return {"200": {"description": "Done.", "content": content}, **refused}


def parameter(name: str) -> Schema:
    """Give what leads to a parameter."""
    return {"$ref": f"#/components/parameters/{name}"}


def parameters() -> Iterator[tuple[str, Schema]]:
    """Give every parameter that calls share, by name."""
    for name, (place, words, schema) in PARAMETERS.items():
        found: Schema = {"name": name, "in": place, "description": words, "schema": schema}
        if place == "path" or name in NEEDED:
            found["required"] = True
        yield name, found


def refusals() -> Iterator[tuple[str, Schema]]:
    """Give the answers that are no success, by name."""
    both = {"anyOf": [to("FaultResponse"), to("GatewayFaultResponse")]}
    schemas = {"Fault": to("FaultResponse"), "Gateway": both, "Either": both}
    for name, words, schema in REFUSALS.values():
        yield name, {"description": words, "content": json(schemas[schema])}


def security(base: str) -> Schema:
    """Give how a client logs in."""
    flow = {
        "authorizationUrl": f"{base}{CONSENT_URL}",
        "tokenUrl": f"{base}{TOKEN_URL}",
        "refreshUrl": f"{base}{TOKEN_URL}",
        "scopes": {ACCOUNTING: "The books of a company.", "openid": "Who the user is."},
    }
    return {
        "oauth": {"type": "oauth2", "flows": {"authorizationCode": flow}},
        "app": {"type": "http", "scheme": "basic", "description": "Client id and client secret."},
    }


# --- schemas of answers ------------------------------------------------------------------------


def schemas(specs: list[Spec]) -> Iterator[tuple[str, Schema]]:
    """Give the schemas that are no entity, by name."""
    yield from shared()
    yield from _faults()
    yield from _envelopes(specs)
    yield from _services()


def _object(*needed: str, **properties: Any) -> Schema:
    found: Schema = {"type": "object", "properties": properties}
    return {**found, "required": list(needed)} if needed else found


def _faults() -> Iterator[tuple[str, Schema]]:
    error = _object("Message", "code", Message=TEXT, Detail=TEXT, code=TEXT, element=TEXT)
    yield "Fault", _object("Error", "type", Error=listed(error), type=TEXT)
    moment = {"type": "string", "format": "date-time"}
    yield "FaultResponse", _object("Fault", Fault=to("Fault"), time=moment)
    small = _object("message", "code", message=TEXT, detail=TEXT, code=TEXT)
    inner = _object("error", "type", error=listed(small), type=TEXT)
    yield "GatewayFaultResponse", _object("fault", fault=inner, time=NUMBER)


def _envelopes(specs: list[Spec]) -> Iterator[tuple[str, Schema]]:
    counts = dict.fromkeys(("startPosition", "maxResults", "totalCount"), NUMBER)
    lists = {spec.key: listed(to(spec.kind)) for spec in specs if "query" in spec.operations}
    rows = _object(**lists, **counts)
    yield "QueryResponse", _object("QueryResponse", QueryResponse=rows)
    changed = {spec.key: listed(to(spec.kind)) for spec in specs if spec.in_cdc}
    groups = listed(_object(**changed, **counts))
    since = listed(_object(QueryResponse=groups))
    yield "CDCResponse", _object("CDCResponse", CDCResponse=since)
    records = {spec.kind: to(spec.kind) for spec in specs}
    operation = {"type": "string", "enum": ["create", "update", "delete", "void"]}
    asked = _object(bId=TEXT, operation=operation, optionsData=TEXT, Query=TEXT, **records)
    items = {**listed(asked), "maxItems": 30}
    yield "BatchRequest", _object("BatchItemRequest", BatchItemRequest=items)
    shown = {spec.key: to(spec.kind) for spec in specs}
    done = _object("bId", bId=TEXT, Fault=to("Fault"), QueryResponse=rows, **shown)
    yield "BatchResponse", _object("BatchItemResponse", BatchItemResponse=listed(done))


def _services() -> Iterator[tuple[str, Schema]]:
    rate = _object(
        TaxRateId=TEXT,
        TaxRateName=TEXT,
        RateValue={"type": ["number", "string"]},
        TaxAgencyId=TEXT,
        TaxApplicableOn={"type": "string", "enum": ["Sales", "Purchase", "Other"]},
    )
    code = {"type": "string", "readOnly": True}
    needed = ("TaxCode", "TaxRateDetails")
    yield (
        "TaxService",
        _object(*needed, TaxCode=TEXT, TaxCodeId=code, TaxRateDetails=listed(rate)),
    )
    yield "Report", _object(Header=_object(), Columns=_object(), Rows=_object())
    names = ("access_token", "refresh_token", "token_type", "id_token")
    lives = dict.fromkeys(("expires_in", "x_refresh_token_expires_in"), NUMBER)
    yield "Tokens", _object(*names[:3], **dict.fromkeys(names, TEXT), **lives)
    yield "OAuthRefusal", _object("error", error=TEXT, error_description=TEXT)


# --- the OAuth server --------------------------------------------------------------------------


def oauth_paths() -> Iterator[tuple[str, Schema]]:
    """Give the addresses of the OAuth server."""
    anything = json({"type": "object"})
    for word in ("openid_configuration", "openid_sandbox_configuration"):
        name = "discovery" if word == "openid_configuration" else "sandboxDiscovery"
        yield f"/.well-known/{word}/", {"get": _oauth(name, anything, [])}
    page = {"text/html": {"schema": TEXT}}
    asked = [
        {"name": name, "in": "query", "required": name != "state", "schema": TEXT}
        for name in ("client_id", "redirect_uri", "response_type", "scope", "state")
    ]
    yield CONSENT_URL, {"get": {**_oauth("consent", page, []), "parameters": asked}}
    form = _object(
        "grant_type",
        grant_type={"type": "string", "enum": ["authorization_code", "refresh_token"]},
        **dict.fromkeys(("code", "redirect_uri", "refresh_token"), TEXT),
    )
    app: list[Schema] = [{"app": []}]
    tokens = _oauth("tokens", json(to("Tokens")), app)
    yield TOKEN_URL, {"post": {**tokens, "requestBody": _form(form)}}
    token = _object("token", token=TEXT)
    given = _form(token)
    given["content"].update(json(token))
    revoked = _oauth("revoke", {}, app)
    yield "/v2/oauth2/tokens/revoke", {"post": {**revoked, "requestBody": given}}
    user = _oauth("userInfo", anything, [{"oauth": ["openid"]}])
    yield "/v1/openid_connect/userinfo", {"get": user}
    yield "/op/v1/jwks", {"get": _oauth("keys", anything, [])}


def _form(schema: Schema) -> Schema:
    return {"content": {"application/x-www-form-urlencoded": {"schema": schema}}, "required": True}


def _oauth(name: str, content: Schema, security_of: list[Schema]) -> Schema:
    done: Schema = {"description": "Done."}
    if content:
        done["content"] = content
    refused = {"description": "Refused.", "content": json(to("OAuthRefusal"))}
    return {
        "operationId": name,
        "tags": ["OAuth"],
        "security": security_of,
        "responses": {"200": done, "400": refused, "401": refused},
    }
