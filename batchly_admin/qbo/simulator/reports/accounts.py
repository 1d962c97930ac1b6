"""The list of accounts, with what stands on each."""

from __future__ import annotations

from batchly_admin.qbo.simulator.reports import sums
from batchly_admin.qbo.simulator.reports.asked import ALL, Asked, Kind
from batchly_admin.qbo.simulator.reports.people import known
from batchly_admin.qbo.simulator.reports.profit_and_loss import BY_CREDIT, TYPES
from batchly_admin.qbo.simulator.reports.shape import Column, Report, data, money

TITLES = {
    "account_name": "Account",
    "account_type": "Type",
    "detail_acc_type": "Detail type",
    "account_desc": "Description",
    "account_bal": "Balance",
}


def _account_list(asked: Asked) -> Report:
    standing = sums.standing(asked, asked.end)
    texts = {
        str(key): text or ""
        for key, text in asked.books.store.sql(
            'SELECT "Id", json_extract(body, \'$.Description\') FROM "Account" WHERE "Active" = 1'
        )
    }
    columns = [one for one in asked.words("columns") if one in TITLES] or list(TITLES)
    rows = []
    for key, node in known(asked.books, "Account").items():
        if key not in texts:
            continue
        sign = -1 if node.type in BY_CREDIT else 1
        left = "" if node.type in TYPES else money(standing.get(key, 0) * sign)
        cells = dict(
            zip(TITLES, ((node.full, key), node.type, node.subtype, texts[key], left), strict=True)
        )
        rows.append(data(*(cells[one] for one in columns)))
    shown = [Column(TITLES[one], one) for one in columns]
    return Report(shown, rows, is_empty=not rows)


REPORTS = {"AccountList": Kind(_account_list, ALL, has_period=False)}
