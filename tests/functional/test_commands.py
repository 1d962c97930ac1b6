"""The commands other programs drive: exit codes, plain words, one JSON object at the end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.servers import batchly

PHRASE = "a long enough pass phrase"


def last_line(text: str) -> dict[str, Any]:
    found = json.loads(text.splitlines()[-1])
    assert isinstance(found, dict)
    return found


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    assert batchly(tmp_path, "db", "upgrade").returncode == 0
    return tmp_path


def test_the_database_is_brought_up_once(tmp_path: Path) -> None:
    first = batchly(tmp_path, "db", "upgrade", "--json")
    second = batchly(tmp_path, "db", "upgrade", "--json")

    assert last_line(first.stdout) == {"changed": True}
    assert last_line(second.stdout) == {"changed": False}


def test_a_database_of_postgresql_is_brought_up(tmp_path: Path, postgresql_url: str) -> None:
    done = batchly(tmp_path, "db", "upgrade", "--json", environ={"DATABASE_URL": postgresql_url})

    assert last_line(done.stdout) == {"changed": False}


def test_unusable_settings_are_all_named_and_end_with_code_two(tmp_path: Path) -> None:
    environ = {"PORT": "many", "BATCHLY_OOPS": "1"}

    done = batchly(tmp_path, "sync", "status", "--json", environ=environ)

    assert done.returncode == 2
    assert "Error: PORT must be a whole number" in done.stderr
    assert "Error: BATCHLY_OOPS is not a setting" in done.stderr
    assert last_line(done.stdout)["error"]["code"] == "config"


def test_the_sync_status_names_every_type_even_when_nothing_happened(shop_folder: Path) -> None:
    state = last_line(batchly(shop_folder, "sync", "status", "--json").stdout)

    assert state["connection"]["state"] == "not_connected"
    for name in ("customers", "items", "invoices", "payments"):
        assert (
            state["types"][name].items()
            >= {
                "pending": 0,
                "processing": 0,
                "blocked": 0,
                "failed": 0,
                "completed": 0,
                "last_success_at": None,
            }.items()
        )


def test_the_doctor_says_what_is_missing(shop_folder: Path) -> None:
    done = batchly(shop_folder, "doctor", "--json")

    found = {finding["subject"]: finding for finding in last_line(done.stdout)["findings"]}
    assert done.returncode == 1
    assert found["database"]["ok"]
    assert not found["people"]["ok"]
    assert "batchly users create" in found["people"]["words"]


def test_the_doctor_finds_a_well_installation_well(shop_folder: Path) -> None:
    words = ("users", "create", "ann@shop.example", "--role", "admin", "--password-stdin")
    assert batchly(shop_folder, *words, stdin=f"{PHRASE}\n").returncode == 0

    done = batchly(shop_folder, "doctor", "--json")

    assert done.returncode == 0, done.stderr
    assert last_line(done.stdout)["ok"]


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL does not answer"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, "postgresql does not answer"),
        ({"BATCHLY_ENV": "production"}, "BATCHLY_SECRET_KEY must be set in production"),
    ],
)
def test_the_doctor_names_what_does_not_answer(
    shop_folder: Path, environ: dict[str, str], words: str
) -> None:
    done = batchly(shop_folder, "doctor", environ=environ)

    assert done.returncode == 1
    assert words in done.stdout
    assert "Traceback" not in done.stderr


def test_a_user_is_made_once(shop_folder: Path) -> None:
    words = ("users", "create", "ann@shop.example", "--role", "office", "--password-stdin")

    first = batchly(shop_folder, *words, "--json", stdin=f"{PHRASE}\n")
    second = batchly(shop_folder, *words, "--json", stdin=f"{PHRASE}\n")

    assert last_line(first.stdout) == {"email": "ann@shop.example", "role": "office"}
    assert second.returncode == 1
    assert "error" in last_line(second.stdout)


@pytest.mark.parametrize("password", ["", "short"])
def test_a_weak_password_is_refused(shop_folder: Path, password: str) -> None:
    words = ("users", "create", "ann@shop.example", "--role", "office", "--password-stdin")

    done = batchly(shop_folder, *words, "--json", stdin=f"{password}\n")

    assert done.returncode == 1
    assert "error" in last_line(done.stdout)


def test_rotating_keys_without_a_connection_makes_a_new_key(shop_folder: Path) -> None:
    done = batchly(shop_folder, "keys", "rotate", "--json")

    assert last_line(done.stdout) == {"key": "k2", "connections": 0}
