"""The screen of the fédération: how far the campaigns are."""

from __future__ import annotations

from coorace_eval.apps.steps.progress import ProgressPage
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.home import TONES, go
from coorace_eval.apps.views.outside import outside
from coorace_eval.campaigns.model import State
from coorace_eval.formatting import MISSING
from coorace_eval.language import mark, tr, trn

LEAD = mark("À quelle étape en est chaque entreprise. Ses chiffres et ses mots n'appartiennent qu'à elle.")
MOST_SHOWN = 200


def progress(page: ProgressPage) -> b.Block:
    """How many campaigns at each step, then which."""
    heading = (tr("L'avancement des démarches"), tr(LEAD))
    if not page.campaigns:
        text = tr("Les campagnes se liront ici dès qu'une entreprise ou un-e référent-e en ouvrira une.")
        return outside(page, heading, [b.notice("info", tr("Aucune auto-évaluation ouverte"), text)])
    chosen = page.chosen
    choices = b.fields(
        tr("Ce que vous regardez"),
        [
            b.field("year", "select", tr("Exercice"), chosen["year"], page,
                    options=b.options((year, year) for year in page.years)),
            b.field("region", "select", tr("COORACE régional"), chosen["region"], page,
                    options=b.options(((name, name) for name in page.regions), tr("Tous"))),
            b.field("state", "select", tr("Étape"), chosen["state"], page,
                    options=b.options(((state.value, state.label) for state in State), tr("Toutes"))),
        ],
        inline=True,
    )  # fmt: skip
    return outside(page, heading, [choices, _steps(page), *_campaigns(page)])


def _steps(page: ProgressPage) -> b.Block:
    items = [
        {"label": state.label, "value": str(number)} for state, number in page.by_state().items() if number
    ]
    return b.group(
        trn(
            "{n} auto-évaluation en {year}",
            "{n} auto-évaluations en {year}",
            len(page.of_year),
            year=page.chosen["year"],
        ),
        [{"type": "facts", "items": items, "compact": True}],
    )


def _campaigns(page: ProgressPage) -> list[b.Block]:
    found = page.found
    rows = [
        (
            c.enterprise.label,
            c.enterprise.region or MISSING,
            {"text": c.state.label, "tone": TONES.get(c.state, "doing")},
            go("page.journal", tr("Journal"), c.enterprise.id, c.enterprise.label),
        )
        for c in found[:MOST_SHOWN]
    ]
    columns = [(tr("Entreprise"), False), (tr("COORACE régional"), False), (tr("Étape"), False), ("", False)]
    table = b.table(
        tr("Les entreprises et leur étape"), columns, rows, tr("Aucune entreprise à cette étape.")
    )
    more = len(found) - MOST_SHOWN
    rest = trn(
        "Et {n} autre. Choisissez une région ou une étape pour les voir.",
        "Et {n} autres. Choisissez une région ou une étape pour les voir.",
        more,
    )
    return [{**table, "stacked": True}, *([b.text(rest)] if more > 0 else [])]
