"""The environment: what it gives, and every way in which it is refused."""

from __future__ import annotations

import base64
import dataclasses
import os
import re
import stat
from pathlib import Path

import pytest

from config.local_secrets import rotate_token_keys
from config.settings import EVERYWHERE, Settings, SettingsError

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(32, 64))).decode()
PRODUCTION = {
    "BATCHLY_ENV": "production",
    "DATABASE_URL": "postgres://u:p@db.example/shop",
    "BATCHLY_SECRET_KEY": "x" * 40,
    "BATCHLY_KEYS": f"k1:{KEY}",
}


def read(folder: Path, **environ: str) -> Settings:
    return Settings.from_env(environ, data_dir=folder)


def problems(folder: Path, **environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read(folder, **environ)
    return caught.value.problems


def test_an_empty_environment_is_a_development_installation(tmp_path: Path) -> None:
    settings = read(tmp_path)

    assert settings.environment == "development"
    assert settings.database_url == f"sqlite:///{tmp_path}/batchly.sqlite3"
    assert settings.redis_url is None
    assert settings.roles == ("web", "worker", "scheduler")
    assert settings.qbo_environment == "simulator"
    assert settings.runs_own_simulator
    assert settings.bind_host == "127.0.0.1"
    assert (settings.qbo_calls_per_second, settings.qbo_calls_per_minute) == (8, 450)


def test_the_data_folder_comes_from_the_environment_unless_it_is_given(tmp_path: Path) -> None:
    environ = {"BATCHLY_DATA": str(tmp_path / "stated")}

    assert Settings.from_env(environ).data_dir == tmp_path / "stated"
    assert Settings.from_env(environ, data_dir=tmp_path / "given").data_dir == tmp_path / "given"


def test_local_secrets_are_made_once_and_readable_by_the_owner_only(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) > 40
    assert first.token_keys == second.token_keys
    assert [len(key) for _, key in first.token_keys] == [32]
    for name in ("secret.key", "token.keys"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_rotating_puts_a_new_key_in_front_and_keeps_the_old(tmp_path: Path) -> None:
    before = read(tmp_path).token_keys

    rotate_token_keys(tmp_path)

    after = read(tmp_path).token_keys
    assert [name for name, _ in after] == ["k2", "k1"]
    assert after[1:] == before
    assert stat.S_IMODE((tmp_path / "token.keys").stat().st_mode) == 0o600


def test_a_damaged_secret_of_the_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "token.keys").write_text("k1:short")
    (tmp_path / "secret.key").write_text("")

    told = " ".join(problems(tmp_path))

    assert "token.keys: the key k1 must be 32 bytes" in told
    assert "secret.key is empty" in told


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")

    assert "cannot be used" in " ".join(problems(blocker / "data"))


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql+psycopg://u:p@h/d?sslmode=require"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////tmp/x.sqlite3", "sqlite:////tmp/x.sqlite3"),
    ],
)
def test_database_addresses_name_the_driver(tmp_path: Path, given: str, used: str) -> None:
    assert read(tmp_path, DATABASE_URL=given).database_url == used


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://h/d"),
        ("REDIS_URL", "localhost:6379"),
        ("BATCHLY_ENV", "staging"),
        ("BATCHLY_ROLES", "web,cook"),
        ("BATCHLY_WEB_THREADS", "many"),
        ("BATCHLY_WEB_THREADS", "0"),
        ("BATCHLY_WEB_THREADS", "1e3"),
        ("BATCHLY_LOG_LEVEL", "loud"),
        ("BATCHLY_SECRET_KEY", "short"),
        ("BATCHLY_KEYS", "no-colon"),
        ("BATCHLY_KEYS", "k1:AAAA"),
        ("BATCHLY_KEYS", f"k1:{KEY},k1:{OTHER_KEY}"),
        ("BATCHLY_KEYS", f"k 1:{KEY}"),
        ("BATCHLY_BASE_URL", "shop.example"),
        ("BATCHLY_BASE_URL", "https://[bad"),
        ("BATCHLY_MAX_UPLOAD_MB", "-1"),
        ("BATCHLY_QBO_CALLS_PER_SECOND", "11"),
        ("BATCHLY_QBO_CALLS_PER_MINUTE", "501"),
        ("PORT", "70000"),
        ("QBO_ENVIRONMENT", "live"),
        ("QB_ENVIRONMENT", "live"),
        ("QB_REDIRECT_URI", "callback"),
        ("QB_DISCOVERY_DOCUMENT", "ftp://intuit.example"),
    ],
)
def test_an_unusable_value_is_refused_by_the_name_of_its_setting(
    tmp_path: Path, name: str, value: str
) -> None:
    told = problems(tmp_path, **{name: value})

    assert len(told) == 1
    assert name in told[0]


def test_a_misspelled_setting_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, BATCHLY_THREADS="4") == (
        "BATCHLY_THREADS is not a setting of Batchly; check its spelling.",
    )


def test_all_problems_are_reported_together(tmp_path: Path) -> None:
    told = problems(tmp_path, PORT="x", BATCHLY_ROLES="cook", BATCHLY_OOPS="1", REDIS_URL="x")

    assert len(told) == 4


def test_production_names_everything_it_lacks(tmp_path: Path) -> None:
    told = " ".join(problems(tmp_path, BATCHLY_ENV="production"))

    for name in ("DATABASE_URL", "BATCHLY_SECRET_KEY", "BATCHLY_KEYS"):
        assert name in told
    assert not list(tmp_path.iterdir())


def test_production_never_falls_back_to_the_simulator(tmp_path: Path) -> None:
    settings = read(tmp_path, **PRODUCTION)

    assert settings.qbo_environment == "production"
    assert not settings.quickbooks_configured
    assert not settings.runs_own_simulator
    assert settings.bind_host == EVERYWHERE


def test_the_simulator_is_refused_in_production(tmp_path: Path) -> None:
    told = problems(tmp_path, **PRODUCTION, QBO_ENVIRONMENT="simulator")

    assert told == ("QBO_ENVIRONMENT=simulator is not possible in production.",)


def test_credentials_in_development_mean_the_sandbox(tmp_path: Path) -> None:
    settings = read(tmp_path, QB_CLIENT_ID="id", QB_CLIENT_SECRET="s")

    assert settings.qbo_environment == "sandbox"
    assert settings.quickbooks_configured
    assert not settings.runs_own_simulator


def test_half_of_the_credentials_are_refused(tmp_path: Path) -> None:
    assert "belong together" in problems(tmp_path, QB_CLIENT_ID="id")[0]


def test_the_owners_discovery_document_is_the_base_of_the_api(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        QB_DISCOVERY_DOCUMENT="https://sandbox-quickbooks.api.intuit.com/v3/company",
        QB_CLIENT_ID="id",
        QB_CLIENT_SECRET="s",
    )

    assert settings.qb_api_base == "https://sandbox-quickbooks.api.intuit.com/v3"
    assert settings.qb_discovery_document is None
    assert settings.qbo_environment == "sandbox"


def test_a_real_discovery_document_stays_one(tmp_path: Path) -> None:
    url = "https://developer.api.intuit.com/.well-known/openid_configuration"

    settings = read(tmp_path, QB_DISCOVERY_DOCUMENT=url)

    assert settings.qb_discovery_document == url
    assert settings.qb_api_base is None


def test_the_older_name_of_the_environment_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, QB_ENVIRONMENT="sandbox").qbo_environment == "sandbox"
    assert "differ" in problems(tmp_path, QB_ENVIRONMENT="sandbox", QBO_ENVIRONMENT="production")[0]


def test_secrets_may_stand_in_files(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("y" * 40 + "\n")

    assert read(tmp_path, BATCHLY_SECRET_KEY_FILE=str(secret)).secret_key == "y" * 40


def test_a_secret_given_twice_or_in_a_missing_or_empty_file_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")

    twice = problems(tmp_path, REDIS_URL="redis://h", REDIS_URL_FILE=str(empty))
    missing = problems(tmp_path, REDIS_URL_FILE=str(tmp_path / "none"))
    blank = problems(tmp_path, REDIS_URL_FILE=str(empty))

    assert "both set" in twice[0]
    assert "cannot be read" in missing[0]
    assert "empty" in blank[0]


def test_a_generated_hexadecimal_secret_serves_as_a_key(tmp_path: Path) -> None:
    settings = read(tmp_path, BATCHLY_KEYS=f"k2:{KEY},{'ab' * 32}")

    assert settings.token_keys == (("k2", bytes(range(32))), ("k0", bytes.fromhex("ab" * 32)))


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        read(tmp_path).port = 1  # type: ignore[misc]


def test_the_example_names_every_setting_and_can_be_read(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    example = (root / "config" / "example.env").read_text(encoding="utf-8")
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    source = "".join(
        (root / "config" / name).read_text(encoding="utf-8") for name in ("settings.py", "mail.py")
    )
    read_names = set(
        re.findall(r'"((?:BATCHLY|QB|QBO|SMTP)_[A-Z_]+|PORT|DATABASE_URL|REDIS_URL)"', source)
    )

    settings = Settings.from_env(given, data_dir=tmp_path)

    assert read_names - {"BATCHLY_KEYS_FILE", "QB_ENVIRONMENT", "BATCHLY_"} == set(given)
    assert settings == Settings.from_env({"PORT": "8080"}, data_dir=tmp_path)


def test_two_processes_that_start_together_agree_on_their_secrets(tmp_path: Path) -> None:
    readers = []
    for _ in range(6):
        end, start = os.pipe()
        if os.fork() == 0:
            os.write(start, read(tmp_path).secret_key.encode())
            os._exit(0)
        os.close(start)
        readers.append(end)
    keys = {os.read(end, 4096) for end in readers}
    for end in readers:
        os.close(end)
        os.wait()

    assert len(keys) == 1
    assert keys != {b""}
