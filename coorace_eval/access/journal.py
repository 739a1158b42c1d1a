"""Who looked, written rarely: a reader never waits for a writer, and never fails because of the journal."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from coorace_eval.access.door import SAW, Door
from coorace_eval.problems import StoreError
from coorace_eval.storage import Store, open_store

SEEN_EVERY = timedelta(minutes=1)
NETWORK = "le réseau"
_LOG = logging.getLogger("coorace_eval.access")


class _View(NamedTuple):
    """One campaign looked at by one session within one hour; no enterprise is the network."""

    url: str
    session: str
    enterprise: str
    year: int | None
    hour: datetime


_NOTED: set[_View] = set()
"""What this process knows to be in the journal; only of the present hour."""


def keep(url: str, visit: Door) -> None:
    """Note what was looked at, once per session, campaign and hour, and that the person was here.

    Where the store is busy nothing is written, and it is tried again at the next visit.
    """
    if visit.account is None or visit.stay is None:
        return
    now = datetime.now(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0)
    views = {_View(url, visit.stay.digest, *view, hour) for view in visit.views} - _NOTED
    is_late = now - visit.stay.seen > SEEN_EVERY
    if not views and not is_late:
        return
    try:
        with open_store(url, create=False) as store:
            if not store.write_if_free():
                return
            _write(store, visit.account.key, views)
            if is_late:
                store.touch_session(visit.stay.digest, now)
    except StoreError as error:
        _LOG.debug("the journal waits", exc_info=error)
        return
    for past in [view for view in _NOTED if view.hour != hour]:
        _NOTED.discard(past)
    _NOTED.update(views)


def _write(store: Store, account: str, views: set[_View]) -> None:
    for view in sorted(views, key=lambda view: (view.enterprise, view.year or 0)):
        what = "" if view.enterprise else NETWORK
        if not store.noted(account, SAW, view.enterprise, view.year, view.hour):
            store.note(account, SAW, view.enterprise, view.year, what)
