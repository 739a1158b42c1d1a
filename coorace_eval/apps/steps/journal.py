"""Qui a vu nos chiffres: who saw and who changed an enterprise's campaigns, day by day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, ClassVar

import pandas as pd

from coorace_eval.access import Access
from coorace_eval.accounts import Account, Right, require
from coorace_eval.apps.steps.outside import OutsidePage

FIGURES = "les données"
SHOWN_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Deed:
    """What someone did, as often as they did it that day."""

    action: str
    what: str
    years: tuple[int, ...]
    times: int


@dataclass(frozen=True, slots=True)
class Visit:
    """What one person did on one day."""

    name: str
    first: datetime
    last: datetime
    deeds: tuple[Deed, ...]


class JournalPage(OutsidePage):
    """The journal of one enterprise over the last twelve months.

    Parameters
    ----------
    access
        Who opens which store.
    enterprise
        Whose journal.
    """

    name: ClassVar = "journal"
    right: ClassVar = Right.AUDIT

    def __init__(
        self, access: Access, enterprise: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__(access)
        self.enterprise, self.clock = enterprise, clock
        self.reload()

    @property
    def route(self) -> str:
        """The address of the page."""
        return f"entreprise/{self.enterprise}/{self.name}"

    def admit(self, account: Account | None) -> None:
        """Refuse an account that may not see this enterprise's journal."""
        if account is not None:
            require(account, self.right, self.enterprise)

    def reload(self) -> None:
        """Read the journal again."""
        with self.access.open() as store:
            rows = store.who_saw(self.enterprise, since=self.clock() - SHOWN_FOR)
            known = store.enterprises() if store.may(Right.READ, self.enterprise) else store.directory()
        local = rows.assign(at=[moment.to_pydatetime().astimezone() for moment in rows["at"]]).astype(object)
        found = local.itertuples(index=False)
        self.label = next((one.label for one in known if one.id == self.enterprise), "")
        self.days: list[tuple[date, list[Visit]]] = [
            (day, _visits(list(group))) for day, group in groupby(found, key=lambda row: row.at.date())
        ]
        self.revision += 1


def _visits(rows: list[Any]) -> list[Visit]:
    """The rows of one day, the latest first, put together by person."""
    people: dict[str, list[Any]] = {}
    for row in rows:
        people.setdefault(row.name, []).append(row)
    return [
        Visit(name, min(row.at for row in own), max(row.at for row in own), _deeds(own))
        for name, own in people.items()
    ]


def _deeds(rows: list[Any]) -> tuple[Deed, ...]:
    """What one person did, in the order it was first done; the names of the figures are not listed."""
    found: dict[tuple[str, str], list[Any]] = {}
    for row in reversed(rows):
        what = row.what.partition(" : ")[0] if row.what.startswith(FIGURES) else row.what
        found.setdefault((row.action, what), []).append(row)
    return tuple(
        Deed(action, what, tuple(sorted({int(row.year) for row in own if pd.notna(row.year)})), len(own))
        for (action, what), own in found.items()
    )
