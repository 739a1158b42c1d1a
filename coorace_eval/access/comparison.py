"""Where an enterprise stands among the others of its type, for who may read that enterprise."""

from __future__ import annotations

from coorace_eval.access.overview import Overview
from coorace_eval.accounts import Right
from coorace_eval.campaigns.model import State
from coorace_eval.network import Band, bands, level_bands

_APPRECIATED = frozenset({State.RESTITUTION, State.SUIVI, State.CLOSE})


class Comparison(Overview):
    """What an enterprise may know of the others: bands, and nothing where they are too few."""

    def bands(self, enterprise: str, year: int) -> dict[str, Band]:
        """The bands of the network beside the figures and the appreciations of one enterprise.

        Those counted have the same main conventionnement and the same référentiel, and their collection
        is over (for an appreciation, their analysis). What the reader knows already is left out: the
        enterprise, and all those that the reader may read. Someone who works alone may read them all:
        they leave out the enterprise alone.

        Returns
        -------
        dict
            By indicator of the core, and by dimension for the appreciations.

        Raises
        ------
        CampaignError
            When there is no such campaign.
        """
        self._require_for(Right.READ, enterprise)
        asked = self._store.campaign(enterprise, year)
        kinds = {one.id: one.kinds[:1] for one in self._store.enterprises()}
        known = {enterprise} | (self._within(Right.READ) or frozenset())
        alike = [
            one for one in self._collected(year)
            if one.referential == asked.referential
            and kinds[one.enterprise] == kinds[enterprise] and one.enterprise not in known
        ]  # fmt: skip
        self._see(enterprise, year)
        if not alike or not kinds[enterprise]:
            return {}
        (kind,), base = kinds[enterprise], self._store.referential(asked.referential)
        others = frozenset(one.enterprise for one in alike)
        appreciated = frozenset(one.enterprise for one in alike if one.state in _APPRECIATED)
        levels = self._store.levels(appreciated, year).values()
        found = bands(base, self._store.answers(others, year), others, kind, year)
        return found | level_bands(base, levels, kind)
