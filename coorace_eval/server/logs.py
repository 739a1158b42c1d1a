"""What the server writes down: one JSON object a line, about what happened and never about whom.

No login, name, address, query string or token is ever written. What the libraries have to say may hold
any of them; of their messages only the place, the level and the kind of exception are kept.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

from tornado import web

EVENTS = "coorace_eval.evenements"
MOST_FRAMES = 12

log = logging.getLogger(EVENTS)
_key = b""


class Lines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Keep what an event says; of anything else, only where and what kind it is."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": when, "level": record.levelname.lower()}
        if record.name == EVENTS:
            line |= {"event": record.getMessage(), **getattr(record, "fields", {})}
        else:
            line |= {"event": "library", "logger": record.name, "place": f"{record.module}:{record.lineno}"}
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-MOST_FRAMES:]
            line["frames"] = [f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False)


def start(file: Path | None, key: bytes) -> None:
    """Send every event, and what is left of the libraries' messages, to a file or the standard error.

    Called once the libraries have made their own arrangements, which it undoes.

    Parameters
    ----------
    file
        Opened anew when it is moved away (``logrotate``); readable by this account only.
    key
        What sessions are marked with.
    """
    global _key
    _key = key
    if file is None:
        handler: logging.Handler = logging.StreamHandler(sys.stderr)
    else:
        file.touch(mode=0o600)
        handler = WatchedFileHandler(file, encoding="utf-8")
    handler.setFormatter(Lines())
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)
    logging.root.handlers = [handler]
    logging.root.setLevel(logging.WARNING)
    for library in logging.root.manager.loggerDict.values():
        if isinstance(library, logging.Logger) and library is not log:
            library.handlers, library.propagate = [], True
            library.setLevel(logging.NOTSET)
    logging.captureWarnings(True)


def note(event: str, level: int = logging.INFO, exc_info: bool = False, **fields: Any) -> None:
    """Write one event down.

    Parameters
    ----------
    event
        What happened, in one English word or two: ``sign_in_refused``.
    level
        How much it matters.
    exc_info
        Whether to write the kind and the place of the exception at hand.
    fields
        Figures and words of closed lists; nothing that people wrote.
    """
    log.log(level, event, exc_info=exc_info, extra={"fields": fields})


def mark(session: str) -> str:
    """A short sign for a session, which leads nowhere without this server's key."""
    return hmac.new(_key, session.encode(), hashlib.sha256).hexdigest()[:8] if session else ""


def request_done(handler: web.RequestHandler) -> None:
    """Write down that a request was answered: its pattern of address, never the address itself."""
    status = handler.get_status()
    user = getattr(handler, "_jupyter_current_user", None)
    note(
        "request",
        logging.ERROR if status >= 500 else logging.INFO,
        method=handler.request.method
        if handler.request.method in web.RequestHandler.SUPPORTED_METHODS
        else "",
        route=getattr(handler, "route", type(handler).__name__),
        status=status,
        ms=round(1000 * handler.request.request_time(), 1),
        session=mark(getattr(user, "session", "")),
    )
