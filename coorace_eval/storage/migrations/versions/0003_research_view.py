"""Make the view that researchers read, where nobody can be recognised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

VIEW = "research_network"

# Sums over the enterprises of one region and one year, with the primary rules of Insee for the figures of
# enterprises (« Guide du secret statistique », https://www.insee.fr/fr/information/1300624): at least three
# enterprises in a cell, and none that holds more than 85 % of it. A cell that breaks a rule is not a row at
# all: its absence does not say whether there were two enterprises, one, or none. So a region with fewer than
# three enterprises in a year has no row for that year.
#
# - Regions only. A total of the network beside the regions would give a hidden region back by subtraction,
#   and so would départements beside regions, or the parts of a figure beside the figure.
# - Campaigns that have come to their restitution only. A figure being typed would otherwise move the total
#   under the eyes of whoever looks at it every minute.
# - An enterprise whose region is not said is in no cell.
CELLS = """
SELECT {a}.year, {e}.region, {a}.variable, CAST(count(*) AS integer) AS n, sum({a}.value) AS total
FROM {a}
JOIN {c} ON {c}.enterprise = {a}.enterprise AND {c}.year = {a}.year
JOIN {e} ON {e}.id = {a}.enterprise
WHERE {a}.part = '' AND {a}.status IN ('renseigne', 'estime')
  AND {c}.state IN ('restitution', 'suivi', 'close') AND {e}.region <> ''
GROUP BY {a}.year, {e}.region, {a}.variable
HAVING count(*) >= 3 AND max(abs({a}.value)) <= 0.85 * sum(abs({a}.value))
"""


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        op.execute(f"CREATE VIEW {VIEW} AS {CELLS.format(a='answer', c='campaign', e='enterprise')}")
        return
    # The view reads a function that runs with the rights of its owner. Over a plain view, EXPLAIN ANALYZE
    # would count the rows of the tables below, hidden cells included; a function shows nothing of its inside.
    quote = bind.dialect.identifier_preparer.quote
    schema = quote(bind.scalar(sa.text("SELECT current_schema()")))
    named = {letter: f"{schema}.{table}" for letter, table in _TABLES.items()}
    op.execute(
        f"CREATE FUNCTION {VIEW}_cells() "
        "RETURNS TABLE (year integer, region text, variable text, n integer, total double precision) "
        f"LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp "
        f"AS $${CELLS.format(**named)}$$"
    )
    op.execute(f"REVOKE ALL ON FUNCTION {VIEW}_cells() FROM PUBLIC")
    op.execute(f"CREATE VIEW {VIEW} AS SELECT * FROM {VIEW}_cells()")


_TABLES = {"a": "answer", "c": "campaign", "e": "enterprise"}
