"""Log lines: one JSON object a line, secrets masked, line breaks removed."""

from __future__ import annotations

import json
import logging
import re
import sys

_SECRET = re.compile(
    r"(?i)(authorization|access_token|refresh_token|client_secret|password|cookie|code)"
    r"(\"?\s*[:=]\s*\"?)([^\s\",;&]+)"
)
_EMAIL = re.compile(r"([A-Za-z0-9._%+-])[A-Za-z0-9._%+-]*@([A-Za-z0-9])[A-Za-z0-9.-]*")


def mask(text: str) -> str:
    """Give `text` with tokens, passwords and e-mail addresses made unreadable."""
    text = _SECRET.sub(r"\1\2***", text)
    return _EMAIL.sub(r"\1***@\2***", text)


class JsonFormatter(logging.Formatter):
    """Write a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        if record.exc_info:
            line["stack"] = mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def configure(level: str = "INFO") -> None:
    """Send every log line of the process to stderr as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def logger(name: str) -> logging.Logger:
    """Give the logger of a module."""
    return logging.getLogger(name)
