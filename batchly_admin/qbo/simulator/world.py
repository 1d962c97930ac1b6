"""One running simulator: its companies, clock, log-ins, limits and faults put together."""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from batchly_admin.qbo.simulator.books.books import Books
from batchly_admin.qbo.simulator.books.database import Database
from batchly_admin.qbo.simulator.books.store import QUIET, Store
from batchly_admin.qbo.simulator.companies import filling
from batchly_admin.qbo.simulator.entities import load
from batchly_admin.qbo.simulator.faults.injection import Injector
from batchly_admin.qbo.simulator.faults.limits import Limits
from batchly_admin.qbo.simulator.oauth import OAuth, new_realm
from batchly_admin.qbo.simulator.wire.values import stamp

SECOND = "second"
SECOND_NAME = "Hillside Embroidery"


@dataclass(eq=False)
class Company:
    """One company: its books, and how often it was called."""

    realm: str
    store: Store
    books: Books
    limits: Limits = field(default_factory=Limits)

    @property
    def name(self) -> str:
        """Give the name the company has in its own books."""
        return str((self.store.get("CompanyInfo", "1") or {}).get("CompanyName", ""))


class World:
    """Everything one process of the simulator holds, seen from one of its companies.

    Seen from the main company unless somebody asked to see it `at` another: app, clock, log-ins and
    faults are the same from there, books, limits and metering that company's own.
    """

    def __init__(self, data_dir: Path, company: str) -> None:
        self.entities = load()
        self.by_path = {one.spec.path: one for one in self.entities.values()}
        self.main = Store(Database(data_dir), self.entities)
        self.oauth = OAuth(self.main, self.now)
        self.injector = Injector()
        self.changed = threading.Event()
        second = Store(self.main.database, self.entities, SECOND, above=self.main)
        if "realm_id" not in second.meta:
            second.set("realm_id", new_realm())
        found = [
            Company(str(store.meta["realm_id"]), store, Books(store, self.entities, self.now))
            for store in (self.main, second)
        ]
        self.companies = {one.realm: one for one in found}
        self.here = found[0]
        for one, template in zip(found, (company, "empty"), strict=True):
            if "company" not in one.store.meta:
                self._seen_from(one).reset(template)

    # --- the companies -----------------------------------------------------------------------

    @property
    def realm_id(self) -> str:
        """Give the id of the company."""
        return self.here.realm

    @property
    def store(self) -> Store:
        """Give the company's store."""
        return self.here.store

    @property
    def books(self) -> Books:
        """Give the company's books."""
        return self.here.books

    @property
    def limits(self) -> Limits:
        """Give the count of the company's calls."""
        return self.here.limits

    def at(self, realm: str) -> World | None:
        """Give the world as seen from a company, or None where there is none of this id."""
        found = self.companies.get(realm)
        return self._seen_from(found) if found is not None else None

    def everywhere(self) -> list[World]:
        """Give the world as seen from each company, the main one first."""
        return [self._seen_from(one) for one in self.companies.values()]

    def _seen_from(self, company: Company) -> World:
        if company is self.here:
            return self
        there = copy.copy(self)
        there.here = company
        return there

    # --- clock and switches ------------------------------------------------------------------

    def now(self) -> datetime:
        """Give the moment the simulator lives in: the machine's, moved by the control page."""
        offset = float(self.main.meta.get("clock.offset", 0))
        return datetime.now(UTC) + timedelta(seconds=offset)

    def stamp(self) -> str:
        """Give the present moment as QuickBooks writes it."""
        return stamp(self.now())

    def settings(self) -> dict[str, Any]:
        """Give the switches of the control page; the main company's hold for the others too."""
        return self.store.settings()

    # --- metering ----------------------------------------------------------------------------

    def meter(self, *, is_read: bool) -> None:
        """Count one call, as coreplus when it takes data out and as core otherwise."""
        with self.store.lock:
            metering = dict(self.store.meta.get("metering", {}))
            names = ("coreplus", self._month()) if is_read else ("core",)
            for name in names:
                metering[name] = int(metering.get(name, 0)) + 1
            self.store.set("metering", metering)

    def is_over_quota(self) -> bool:
        """Tell whether this month's calls that take data out are used up."""
        quota = self.settings().get("coreplus_per_month")
        used = self.store.meta.get("metering", {}).get(self._month(), 0)
        return quota is not None and int(used) >= int(quota)

    def _month(self) -> str:
        return f"coreplus {self.now():%Y-%m}"

    # --- start and start over ----------------------------------------------------------------

    def reset(self, company: str) -> None:
        """Start over with a company's books; log-ins and settings stay.

        Raises:
            ValueError: for a company there is not.
        """
        if company not in filling.COMPANIES:
            msg = f"{company} is not one of {', '.join(filling.COMPANIES)}"
            raise ValueError(msg)
        with self.store.lock:
            self.store.wipe()
            filling.fill(self.books, self.realm_id, company)
            if self.store is not self.main:
                self._rename(SECOND_NAME)
            self.store.set("company", company)

    def _rename(self, name: str) -> None:
        with self.store.write():
            record = self.store.copy("CompanyInfo", "1") or {}
            record.update(CompanyName=name, LegalName=f"{name} LLC")
            self.store.put("CompanyInfo", record, operation=QUIET, at=self.stamp())

    def introduction(self, base: str) -> dict[str, Any]:
        """Give what a client needs to work with this simulator."""
        return {
            "discovery_url": f"{base}/.well-known/openid_sandbox_configuration/",
            "api_base": f"{base}/v3",
            "client_id": self.oauth.fact("client_id"),
            "client_secret": self.oauth.fact("client_secret"),
            "realm_id": self.oauth.fact("realm_id"),
            "refresh_token": self.oauth.current_refresh_token(),
            "webhook_verifier_token": self.oauth.fact("webhook_verifier_token"),
            "control_url": f"{base}/control",
        }
