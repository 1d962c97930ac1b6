"""Every switch there is: what it is called, what it does, and what it may be.

Most stand for a behaviour of QuickBooks nobody could confirm. The usual value is the stricter
reading, or what was seen; the other one is there to see whether a client can live with it too.
"""

from __future__ import annotations

from batchly_admin.qbo.simulator.faults.limits import USUAL
from batchly_admin.qbo.simulator.routes.control.switch import Group, Switch

GROUPS = (
    Group(
        "Limits",
        (
            Switch(
                "limits",
                "Keep the limits",
                "Off, a company may be called as often as anybody likes.",
                USUAL["limits"],
            ),
            Switch(
                "per_second",
                "Calls in a second",
                "Of one company. More are answered 429.",
                USUAL["per_second"],
            ),
            Switch(
                "per_minute",
                "Calls in a minute",
                "Of one company. More are answered 429.",
                USUAL["per_minute"],
            ),
            Switch(
                "batches_per_minute",
                "Batches in a minute",
                "Of one company. More are answered 429.",
                USUAL["batches_per_minute"],
            ),
            Switch(
                "coreplus_per_month",
                "CorePlus calls in a month",
                "Reads and queries; empty for no limit. The free Builder tier has 500,000.",
                None,
                may_be_empty=True,
            ),
            Switch(
                "retry_after",
                "Retry-After, in seconds",
                "The header of a 429; empty for none, as Intuit documents it.",
                None,
                most=86_400,
                may_be_empty=True,
            ),
            Switch(
                "throttle_body",
                "Body of a 429",
                "It was recorded as XML even where JSON was asked for.",
                "json",
                (("json", "JSON in the gateway's shape"), ("xml", "XML")),
            ),
        ),
    ),
    Group(
        "Log-ins",
        (
            Switch(
                "rotation",
                "Refresh tokens",
                "Strict shows whether an app stores each new one before it uses it.",
                "lenient",
                (
                    ("lenient", "change daily, the old one works for another day"),
                    ("strict", "change at every use, the old one ends at once"),
                ),
            ),
            Switch(
                "invalid_grant_text",
                "Words for a token that is no good",
                "Both were seen; an app has to look at the error, not at its description.",
                "Incorrect or invalid refresh token",
                (
                    ("Incorrect or invalid refresh token", "Incorrect or invalid refresh token"),
                    ("Token invalid", "Token invalid"),
                ),
            ),
            Switch(
                "revoke_unknown",
                "Revoking a token that is no good",
                "What the server says to a token it does not know, or not any more.",
                400,
                ((400, "is refused with 400"), (200, "is fine with 200")),
            ),
            Switch(
                "redirect_uris",
                "Redirect URIs",
                "One a line; empty for any with https and any of this machine.",
                [],
            ),
            Switch(
                "admin",
                "The user who connected",
                "Without that right every call is refused with code 120.",
                "present",
                (("present", "is an admin of the company"), ("lost", "is no admin any more")),
            ),
        ),
    ),
    Group(
        "The company",
        (
            Switch(
                "subscription",
                "Subscription",
                "Once it has lapsed, reads work and writes are refused with code 6190.",
                "active",
                (("active", "is paid"), ("lapsed", "has lapsed")),
            ),
            Switch(
                "edition",
                "Edition",
                "Purchase orders and inventory need Plus; others refuse them with code 5020.",
                "plus",
                (
                    ("plus", "Plus"),
                    ("advanced", "Advanced"),
                    ("essentials", "Essentials"),
                    ("simple_start", "Simple Start"),
                ),
            ),
            Switch(
                "tax_override",
                "An app may set the tax itself",
                "With automated sales tax: whether a total that is sent stands.",
                False,
            ),
            Switch(
                "automated_rates",
                "Rates of automated sales tax",
                'By state, as JSON: {"NY": [["New York State", "4"]]}. Empty for the usual ones.',
                {},
            ),
        ),
    ),
    Group(
        "Writing",
        (
            Switch(
                "unknown_fields",
                "Fields QuickBooks does not know",
                "Strict refuses them with code 2010, so a misspelt name shows.",
                "ignore",
                (("ignore", "are passed over"), ("strict", "are refused")),
            ),
            Switch(
                "duplicate_numbers",
                "A document number that is taken",
                "Some companies were seen to take it twice.",
                "refuse",
                (("refuse", "is refused with code 6140"), ("accept", "is accepted")),
            ),
            Switch(
                "case_sensitive_names",
                "Names that differ in capitals only are different",
                "Off, ACME and Acme are the same name.",
                False,
            ),
            Switch(
                "reactivated_name",
                "A name marked (deleted), once the record is active again",
                "Whether the mark goes away by itself.",
                "plain",
                (("plain", "loses the mark"), ("kept", "keeps the mark")),
            ),
            Switch(
                "over_application",
                "Paying more than is open",
                "The code with which it is refused.",
                6000,
                ((6000, "code 6000"), (620, "code 620"), (610, "code 610")),
            ),
            Switch(
                "converted_estimate",
                "An estimate that became an invoice",
                "The status it has from then on.",
                "Closed",
                (("Closed", "is Closed"), ("Converted", "is Converted")),
            ),
            Switch(
                "order_links",
                "A bill's link to an order that cannot be",
                "The order is not there, closed or another vendor's, or its line is not named.",
                "drop",
                (("drop", "is left out, the bill is made"), ("refuse", "is refused with code 620")),
            ),
            Switch(
                "void_paid_invoice",
                "Voiding an invoice with payments",
                "What was paid can become unapplied credit, or forbid it.",
                "credit",
                (("credit", "frees the payments"), ("refuse", "is refused with code 6000")),
            ),
            Switch(
                "void_status",
                "Voided documents say so in their status",
                "Off, only the note and the amounts tell.",
                False,
            ),
        ),
    ),
    Group(
        "Reading",
        (
            Switch(
                "default_order",
                "Order of a query without ORDERBY",
                "Nothing promises one.",
                "newest",
                (("newest", "newest first"), ("oldest", "oldest first")),
            ),
            Switch(
                "total_count",
                "Every query tells totalCount",
                "Some recordings have it, others do not.",
                False,
            ),
            Switch(
                "deleted_read_status",
                "Reading what is not there",
                "The status beside code 610.",
                400,
                ((400, "answers 400"), (404, "answers 404")),
            ),
            Switch(
                "cdc_cap",
                "Change data capture gives 1,000 records",
                "Which of the two is meant is not clear.",
                "per_response",
                (("per_response", "in an answer"), ("per_entity", "of each entity")),
            ),
        ),
    ),
    Group(
        "Request ids and webhooks",
        (
            Switch(
                "replay_faults",
                "A request id also replays a refusal",
                "Off, an id that failed may be used again.",
                False,
            ),
            Switch(
                "request_id_memory",
                "Request ids are remembered, in hours",
                "Empty for always.",
                None,
                least=1,
                may_be_empty=True,
            ),
            Switch(
                "merge_deleted_id",
                "Notifications of a merge name the id that is gone",
                "Off, deletedId is missing.",
                True,
            ),
        ),
    ),
)
SWITCHES = {one.name: one for group in GROUPS for one in group.switches}
