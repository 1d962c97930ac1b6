"""The mail server that notices leave through: the environment's SMTP_* variables."""

from __future__ import annotations

from dataclasses import dataclass

from config.readers import Reader

SECURITIES = ("starttls", "tls", "none")
USUAL_PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server and how it is talked to."""

    host: str
    port: int
    sender: str
    security: str
    username: str | None
    password: str | None


def smtp(reader: Reader) -> Smtp | None:
    """Read the mail server, or give None when there is none; problems stand in the reader."""
    host = reader.text("SMTP_HOST")
    security = reader.choice("SMTP_SECURITY", SECURITIES, "starttls")
    port = reader.integer("SMTP_PORT", USUAL_PORTS[security], low=1, high=65535)
    sender = reader.text("SMTP_FROM")
    username = reader.text("SMTP_USERNAME") or None
    password = reader.secret("SMTP_PASSWORD")
    if not host:
        return None
    if "@" not in sender:
        reader.problems.append("SMTP_FROM must be the address that mail is sent from.")
    if bool(username) != bool(password):
        reader.problems.append("SMTP_USERNAME and SMTP_PASSWORD belong together; one is missing.")
    if password and security == "none":
        reader.problems.append("SMTP_SECURITY=none would send the password for all to read.")
    return Smtp(host, port, sender, security, username, password)
