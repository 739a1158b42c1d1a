"""Réseau: the figures of the network, added up and protected; never those of one enterprise."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any, ClassVar

import pandas as pd

from coorace_eval.access import Access
from coorace_eval.accounts import Right
from coorace_eval.apps.steps.base import unknown
from coorace_eval.apps.steps.outside import OutsidePage
from coorace_eval.formatting import format_exact
from coorace_eval.language import mark, tr
from coorace_eval.network.aggregate import DOMINANCE, FREQUENCY
from coorace_eval.network.publication import SECONDARY

WHOLE = "réseau"
HEADS = (
    mark("COORACE régional"), mark("Exercice"), mark("Indicateur"), mark("Libellé"), mark("Unité"),
    mark("Valeur"), mark("Entreprises comptées"), mark("Couverture"), mark("Masqué"),
)  # fmt: skip
HIDDEN = {
    FREQUENCY: mark("masqué : moins de 3 entreprises"),
    DOMINANCE: mark("masqué : une entreprise pèse plus de 85 %"),
    SECONDARY: mark("masqué : il se déduirait du total"),
}


class NetworkPage(OutsidePage):
    """One year of the network, by region and in all, one indicator at a time.

    Parameters
    ----------
    access
        Who opens which store.
    """

    name: ClassVar = "reseau"
    right: ClassVar = Right.NETWORK
    actions: ClassVar = {"export": "export"}

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.chosen = {"year": "", "indicator": ""}
        self.reload()

    def reload(self) -> None:
        """Read the protected figures again."""
        with self.access.open() as store:
            self.years = [str(year) for year in store.network_years()]
            if self.chosen["year"] not in self.years:
                self.chosen["year"] = next(iter(self.years), "")
            year = int(self.chosen["year"] or 0)
            self.regions: pd.DataFrame = store.network(year, by="region")
            self.total: pd.DataFrame = store.network(year, by=None)
            self.places: dict[str, int] = store.network_places(year)
        if self.chosen["indicator"] not in self.indicators:
            self.chosen["indicator"] = next(iter(self.indicators), "")
        self.revision += 1

    @property
    def indicators(self) -> dict[str, str]:
        """What there is to read this year: identifiers and labels."""
        return dict(zip(self.total["indicator"], self.total["label"], strict=True))

    def rows(self) -> list[Any]:
        """The indicator on screen: the regions by name, then the network as a whole."""
        regions, total = (
            table[table["indicator"] == self.chosen["indicator"]] for table in (self.regions, self.total)
        )
        ordered = regions.sort_values("group", key=lambda names: names.str.lower())
        return [*ordered.itertuples(index=False), *total.itertuples(index=False)]

    @property
    def file_name(self) -> str:
        """The name under which the figures are kept."""
        return f"reseau_{self.chosen['year']}.csv"

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        return (lambda value: self._choose(field, value)) if field in self.chosen else None

    def _choose(self, field: str, value: str) -> None:
        if value not in {"year": self.years, "indicator": list(self.indicators)}[field]:
            raise unknown(value)
        self.chosen[field] = value
        if field == "year":
            self.reload()

    def export(self, _: str = "") -> None:
        """Write all the figures of the year as a table that a spreadsheet opens."""
        self.reload()
        page = io.StringIO()
        writer = csv.writer(page, delimiter=";")
        writer.writerow(tr(head) for head in HEADS)
        for row in pd.concat([self.regions, self.total]).itertuples(index=False):
            words = (group_label(row.group), str(row.year), row.indicator, row.label, row.unit)
            figures = (format_exact(row.value), format_exact(row.n), format_exact(row.coverage))
            writer.writerow([*map(_inert, words), *figures, why_hidden(row.hidden)])
        self.document = page.getvalue().encode("utf-8-sig")
        self.toast = tr("Le tableau est dans vos téléchargements.")


def group_label(group: str) -> str:
    """How one reads a group: the name of a region, or the network as a whole."""
    return tr("Ensemble du réseau") if group == WHOLE else group or tr("Région non précisée")


def why_hidden(why: str) -> str:
    """Why a cell is hidden, in words; nothing where it is shown."""
    return tr(HIDDEN[why]) if why else ""


def _inert(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
