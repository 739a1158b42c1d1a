"""What researchers may read: sums over a region's enterprises, where nobody can be recognised."""

from __future__ import annotations

import os

import pandas as pd
from sqlalchemy import column, select, table

from coorace_eval.problems import Problem, StoreError
from coorace_eval.storage.engines import Address, connected
from coorace_eval.storage.faults import translated

ADDRESS = "COORACE_RECHERCHE"
COLUMNS = ("year", "region", "variable", "n", "total")
_TYPES = {"year": "int64", "n": "int64", "total": "float64"}
_VIEW = table("research_network", *map(column, COLUMNS))


def network_data(url: str | None = None) -> pd.DataFrame:
    """The network's protected figures: one row per year, region and variable.

    The database itself makes the sums and hides what must be hidden (the view ``research_network``), so
    that a researcher's account needs no right on the answers. Only campaigns that have come to their
    restitution are counted. A cell with fewer than 3 enterprises, or where one of them holds more than
    85 %, is not a row: these are Insee's primary rules for the figures of enterprises. There is no total of
    the network, which would give a hidden region back by subtraction. The secondary rules are not applied:
    figures that add up (women and men) are checked by hand before they are published.

    Parameters
    ----------
    url
        Address of the store; by default what ``COORACE_RECHERCHE`` names, as on a researcher's server.

    Returns
    -------
    DataFrame
        Columns year, region, variable, n (enterprises counted) and total (in the unit of the variable; a
        sum of people is a sum of *parcours*), ordered by the first three.

    Raises
    ------
    StoreError
        When no address is given or known, or the store cannot be read.

    Examples
    --------
    >>> network_data().query("variable == 'sorties_total'")  # doctest: +SKIP
    """
    url = url or os.environ.get(ADDRESS, "")
    if not url:
        cause = f"Aucune adresse n'est donnée, et « {ADDRESS} » n'en dit pas."
        raise StoreError("Données du réseau", [Problem("STO-004", "", cause)])
    address = Address.read(url)
    with translated(address.name), connected(address, create=False) as connection:
        rows = [tuple(row) for row in connection.execute(select(_VIEW))]
    found = pd.DataFrame(rows, columns=list(COLUMNS)).astype(_TYPES)
    return found.sort_values(["year", "region", "variable"], ignore_index=True)
