"""The screen of the network's figures."""

from __future__ import annotations

from typing import Any

from coorace_eval import charts
from coorace_eval.apps.steps.network import NetworkPage, group_label, why_hidden
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.outside import outside
from coorace_eval.formatting import MISSING, format_number, format_value
from coorace_eval.language import mark, tr
from coorace_eval.referential import Unit

PERCENT = Unit("ratio").label
LEAD = mark(
    "Ce que les entreprises du réseau apportent ensemble. Les chiffres d'une entreprise ne s'y lisent jamais."
)
READING = mark(
    "Un total additionne les entreprises qui ont donné le chiffre. Un taux se calcule sur ces totaux : "
    "ce n'est pas une moyenne de taux. Une personne passée par deux entreprises compte deux fois.\n\n"
    "La couverture dit quelle part des entreprises qui ont terminé leur collecte ont donné le chiffre. "
    "Plus elle est basse, moins le chiffre parle pour l'ensemble.\n\n"
    "Un chiffre est masqué quand moins de 3 entreprises l'ont donné (sans compter les vôtres), quand une "
    "seule pèse plus de 85 %, ou quand une soustraction le ferait retrouver."
)


def network(page: NetworkPage) -> b.Block:
    """The choices, one table, and how to read it."""
    heading = (tr("Le réseau"), tr(LEAD))
    if not page.indicators:
        text = tr("Ils se liront ici dès que des entreprises auront terminé leur collecte.")
        return outside(page, heading, [b.notice("info", tr("Aucun chiffre pour l'instant"), text)])
    years = b.options((year, year) for year in page.years)
    indicators = b.options(sorted(page.indicators.items(), key=lambda pair: pair[1].lower()))
    choices = [
        b.field("year", "select", tr("Exercice"), page.chosen["year"], page, options=years),
        b.field("indicator", "select", tr("Indicateur"), page.chosen["indicator"], page, options=indicators),
    ]
    return outside(page, heading, [b.fields(tr("Ce que vous regardez"), choices, inline=True), *_shown(page)])


def _shown(page: NetworkPage) -> list[b.Block]:
    columns = [
        (tr("COORACE régional"), False),
        (tr("Chiffre"), True),
        (tr("Entreprises comptées"), True),
        (tr("Couverture"), True),
    ]
    caption = f"{page.indicators[page.chosen['indicator']]}, {page.chosen['year']}"
    table = b.table(caption, columns, [_row(row) for row in page.rows()])
    return [
        {**table, "stacked": True},
        b.group(tr("Comment lire ces chiffres"), [b.text(tr(READING))]),
        {
            "type": "download",
            "id": "export",
            "label": tr("Télécharger tous les indicateurs (CSV)"),
            "note": tr("Les mêmes chiffres pour chaque indicateur, avec les mêmes lignes masquées."),
        },
        *_places(page),
    ]


def _places(page: NetworkPage) -> list[b.Block]:
    """The map of those whose collection is over, and its table; nothing where no département has three."""
    if not page.places:
        return []
    chart, table = charts.territory(None, page.places), charts.territory_table(None, page.places)
    caption = tr("Entreprises du réseau qui ont terminé leur collecte, {year}", year=page.chosen["year"])
    columns = [(str(name), False) for name in table.columns]
    beside = b.table(caption, columns, [tuple(map(str, row)) for row in table.itertuples(index=False)])
    drawn = {
        "type": "figure", "id": "carte", "svg": charts.to_svg(chart), "alt": charts.describe(chart),
        "caption": "", "table": beside,
    }  # fmt: skip
    return [b.group(tr("Sur le territoire"), [drawn])]


def _row(row: Any) -> tuple[object, ...]:
    group = group_label(row.group)
    if row.hidden:
        return group, {"text": why_hidden(row.hidden), "quiet": True}, MISSING, MISSING
    shown = format_value(row.value, "ratio" if row.unit == PERCENT else row.unit)
    return group, shown, format_number(row.n, 0), format_value(row.coverage, "ratio", 0)
