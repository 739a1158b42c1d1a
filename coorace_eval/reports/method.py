"""How the restitution was made: what was asked, who took part, where the figures come from."""

from __future__ import annotations

from coorace_eval.campaigns.framing import FRAMING
from coorace_eval.campaigns.story import Story
from coorace_eval.indicators import Results
from coorace_eval.language import mark, tr, trn
from coorace_eval.reports import figures
from coorace_eval.reports.content import Block, Cell, Entries, Entry, Heading, Paragraph, Section, Table
from coorace_eval.reports.sections import METHOD, TITLES
from coorace_eval.vocabulary import ValueStatus

_FRAMED = {field.id: field for field in FRAMING}
_ASKED = (
    (mark("Ce que nous avons voulu savoir"), ("finalite", "question_evaluative", "perimetre", "usage")),
    (mark("Qui a pris part"), ("referente", "comite_pilotage", "parties_prenantes")),
)
_MEANINGS = {
    "estime": mark("Le chiffre est une estimation, ou repose sur une donnée estimée."),
    "non_renseigne": mark("La donnée n'a pas été saisie. Ce n'est pas un zéro."),
    "non_pertinent": mark("La question ne concerne pas l'entreprise."),
    "non_disponible": mark("La donnée existe peut-être, mais l'entreprise n'en dispose pas."),
    "confidentiel": mark("La donnée est connue et n'est pas montrée."),
    "denominateur_nul": mark("Le rapport n'a pas de sens\u00a0: son dénominateur est nul."),
}


def method(results: Results, enterprise: str, year: int, story: Story | None) -> Section:
    """The way the enterprise worked, in its own words, and how its figures are made."""
    opening = tr(
        "Cette restitution rend compte d'une auto-évaluation accompagnée\u00a0: l'entreprise regarde "
        "elle-même ce qu'elle apporte à son territoire, avec ses parties prenantes. Elle ne note pas et "
        "ne classe pas."
    )
    blocks: list[Block] = [Paragraph(opening, "chapeau")]
    framing = story.framing if story else {}
    for title, fields in _ASKED:
        told = [Entry(tr(_FRAMED[id].label), (framing[id],)) for id in fields if framing.get(id, "").strip()]
        if told:
            blocks += [Heading(tr(title)), Entries(tuple(told), "fiche")]
    blocks += [Heading(tr("D'où viennent les chiffres")), Paragraph(_how(results, year))]
    blocks.append(Paragraph(_references()))
    if met := _met(results, year):
        rows = tuple(
            (Cell(ValueStatus(id).label), Cell(tr(text))) for id, text in _MEANINGS.items() if id in met
        )
        head = (tr("Statut"), tr("Sens"))
        blocks.append(Table(tr("Ce que veut dire chaque statut"), head, rows, wide=(1,), tone="annexe"))
    if story is not None and (drawn := figures.chain(results, enterprise, story, year)):
        blocks += [Heading(tr("De nos apports à nos preuves")), *drawn]
    return Section(tr(TITLES[METHOD]), tuple(blocks), id=METHOD)


def _how(results: Results, year: int) -> str:
    found = results.referential
    now = results.answers.statuses[results.answers.statuses.index.get_level_values("year") == year]
    kept = [v.id for v in found.variables if v.id in now.columns]
    known = int(now[kept].isin([s.value for s in ValueStatus if s.has_value]).to_numpy().sum())
    return " ".join([
        tr(
            "Le référentiel compte {dimensions} et {indicators}.",
            dimensions=trn("{n} dimension", "{n} dimensions", len(found.dimensions)),
            indicators=trn("{n} indicateur", "{n} indicateurs", len(found.indicators)),
        ),
        tr(
            "Pour l'exercice {year}, l'équipe a fourni {known} sur {all}.",
            year=year, known=trn("{n} donnée", "{n} données", known), all=len(found.variables),
        ),
        tr(
            "Chaque indicateur est calculé à partir de ces données par une formule écrite dans le "
            "référentiel, reprise en annexe. Une donnée qui manque laisse l'indicateur sans valeur\u00a0: "
            "elle n'est jamais remplacée par zéro."
        ),
        tr(
            "À côté des chiffres, le groupe de travail écrit une appréciation en mots, et les personnes "
            "concernées ont la parole. Ces trois regards ont le même rang."
        ),
    ])  # fmt: skip


def _references() -> str:
    return tr(
        "Sous chaque chiffre, une référence de huit signes permet d'en retrouver l'origine. Saisissez-la "
        "dans l'application, à la page «\u00a0D'où vient ce chiffre\u00a0?\u00a0»\u00a0: vous y lirez la "
        "formule, les données, leurs sources et ce qui s'est dit à l'atelier. L'application dit aussi si "
        "le chiffre a changé depuis."
    )


def _met(results: Results, year: int) -> set[str]:
    """The statuses that this report shows, of data as well as of indicators."""
    shown = (results.answers.statuses, results.statuses)
    return {
        str(s) for t in shown for s in t[t.index.get_level_values("year") == year].to_numpy().ravel() if s
    } - {"renseigne"}
