"""A mail server on loopback: it keeps what it takes, and refuses what it is told to refuse."""

from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage

from batchly_admin.services.mailing import MailServer

SENDER = "batchly@shop.example"


@dataclass(slots=True)
class PostOffice:
    """What arrived, and how the next mails are answered; an answer is used up by one mail."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    at_recipient: list[str] = field(default_factory=list)
    after_data: list[str] = field(default_factory=list)
    hang_up_after_data: int = 0

    @property
    def server(self) -> MailServer:
        """How to reach it."""
        return MailServer(
            "127.0.0.1", self.port, SENDER, "none", base_url="https://b.example", timeout=5
        )

    def to(self) -> list[str]:
        """Give to whom mails arrived."""
        return [str(mail["To"]) for mail in self.mails]

    def subjects(self) -> list[str]:
        """Give the subjects of what arrived."""
        return [str(mail["Subject"]) for mail in self.mails]


class _Door(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.office = PostOffice(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: _Door

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            word = line.decode().strip().upper()[:4]
            if word == "QUIT":
                self._say("221 bye")
                return
            if word == "DATA":
                if not self._data():
                    return
            else:
                self._say(self._answer(word))

    def _answer(self, word: str) -> str:
        waiting = self.server.office.at_recipient
        return waiting.pop(0) if word == "RCPT" and waiting else "250 ok"

    def _data(self) -> bool:
        office = self.server.office
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        answer = office.after_data.pop(0) if office.after_data else "250 taken"
        if answer.startswith("250"):
            made = email.message_from_bytes(b"".join(lines), policy=policy.default)
            office.mails.append(made)
        if office.hang_up_after_data:
            office.hang_up_after_data -= 1
            return False
        self._say(answer)
        return True

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Run one."""
    with _Door() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.office
        finally:
            server.shutdown()
            thread.join(5)
