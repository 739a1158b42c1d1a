"""Départements and the régions they belong to, before and since 2016; codes are text (decision 9).

The regions of COORACE are another thing: an enterprise says its own (``Enterprise.region``). Codes and
labels are those of Insee's « Code officiel géographique »; longitude and latitude are of one point
inside the département, to a tenth or a hundredth of a degree, by which a map is drawn.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VINTAGES = (2015, 2016)
"""Until 2015 there were 22 régions in metropolitan France, since 2016 there are 13."""

_FILE = Path(__file__).with_name("departements.csv")


@dataclass(frozen=True)
class Region:
    """A région of one vintage."""

    code: str
    label: str


@dataclass(frozen=True)
class Departement:
    """A département, the région it was in until 2015 and the one since, and a point inside."""

    code: str
    label: str
    until_2015: Region
    since_2016: Region
    longitude: float
    latitude: float

    def region(self, vintage: int = 2016) -> Region:
        """The région of a vintage.

        Raises
        ------
        ValueError
            When there is no such vintage.
        """
        if vintage not in VINTAGES:
            raise ValueError(f"no régions of {vintage}")
        return self.until_2015 if vintage == 2015 else self.since_2016


@cache
def departements() -> dict[str, Departement]:
    """Every département by its code, the five overseas ones last.

    >>> departements()["2A"].label, departements()["01"].region(2015).label
    ('Corse-du-Sud', 'Rhône-Alpes')
    """
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Departement(
                row["code"], row["label"],
                Region(row["region_2015"], row["region_2015_label"]),
                Region(row["region_2016"], row["region_2016_label"]),
                float(row["longitude"]), float(row["latitude"]),
            )
            for row in csv.DictReader(file)
        }  # fmt: skip
