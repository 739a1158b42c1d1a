"""What is seen of the whole: protected figures, how far people are, who saw and who changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from coorace_eval.access.door import Door
from coorace_eval.accounts import Right
from coorace_eval.campaigns.model import Campaign, Enterprise, State
from coorace_eval.network import publish
from coorace_eval.network.aggregate import COLUMNS
from coorace_eval.network.publication import MIN_UNITS

_COLLECTED = frozenset({State.ANALYSE, State.RESTITUTION, State.SUIVI, State.CLOSE})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is, without a figure and without a word of it."""

    enterprise: Enterprise
    year: int
    state: State


class Overview(Door):
    """What goes beyond one enterprise, for the roles that may see it."""

    def progress(self) -> list[Progress]:
        """Which campaign is at which step; the latest years first."""
        self._require(Right.PROGRESS)
        known = {one.id: one for one in self._store.enterprises()}
        campaigns = self._store.campaigns(self._within(Right.PROGRESS))
        lines = [Progress(known[one.enterprise], one.year, one.state) for one in campaigns]
        return sorted(lines, key=lambda line: (-line.year, line.enterprise.label))

    def network_years(self) -> list[int]:
        """The years for which the network has figures, the latest first."""
        self._require(Right.NETWORK)
        return sorted({one.year for one in self._collected(None)}, reverse=True)

    def network(self, year: int, by: str | None = "region") -> pd.DataFrame:
        """The figures of the network, one row per group and indicator, those that give someone away hidden.

        Campaigns whose collection is not over do not count, nor those on another référentiel than the one
        that most enterprises used that year.

        Parameters
        ----------
        by
            ``"region"``, or nothing for the whole network.

        Returns
        -------
        DataFrame
            As ``publish``; empty where nothing was collected.
        """
        self._require(Right.NETWORK)
        campaigns = self._collected(year)
        used = Counter(one.referential for one in campaigns)
        reference = max(sorted(used), key=lambda name: used[name], default="")
        counted = frozenset(one.enterprise for one in campaigns if one.referential == reference)
        self._see("", year)
        if not counted:
            return pd.DataFrame(columns=COLUMNS)
        mine = self._within(Right.READ)
        answers = self._store.answers(counted, year)
        return publish(self._store.referential(reference), answers, by, counted if mine is None else mine)

    def network_places(self, year: int) -> dict[str, int]:
        """How many enterprises of the network each département has, where they are three at least.

        Those counted are the ones whose collection is over.

        Returns
        -------
        dict
            By code of département.
        """
        self._require(Right.NETWORK)
        where = {one.id: one.department for one in self._store.enterprises()}
        counts = Counter(where[one.enterprise] for one in self._collected(year))
        self._see("", year)
        return {code: count for code, count in sorted(counts.items()) if count >= MIN_UNITS}

    def who_saw(self, enterprise: str | None = None, since: datetime | None = None) -> pd.DataFrame:
        """Who saw and who changed what, the latest first.

        Parameters
        ----------
        enterprise
            Without it, all the enterprises whose journal the person may read.

        Returns
        -------
        DataFrame
            Columns at, name, action, enterprise, year (missing where it concerns none), what.
        """
        if enterprise is None:
            self._require(Right.AUDIT)
        else:
            self._require_for(Right.AUDIT, enterprise)
        journal = self._store.audit(self._within(Right.AUDIT) if enterprise is None else enterprise, since)
        named = self._store.names(journal["what"].unique())
        journal = journal.assign(what=journal["what"].replace(named)) if named else journal
        return journal.drop(columns="account").iloc[::-1].reset_index(drop=True)

    def _collected(self, year: int | None) -> list[Campaign]:
        return [one for one in self._store.campaigns(year=year) if one.state in _COLLECTED]
