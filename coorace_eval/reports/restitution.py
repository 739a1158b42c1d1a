"""The restitution of an accompanied self-evaluation: what is said, in the order it is read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from coorace_eval import charts
from coorace_eval.campaigns.decisions import Decision
from coorace_eval.campaigns.framing import FRAMING
from coorace_eval.campaigns.story import Story
from coorace_eval.charts.drawing import one_enterprise
from coorace_eval.formatting import MISSING, count, format_date
from coorace_eval.indicators import Results
from coorace_eval.referential import fingerprint
from coorace_eval.reports.annex import annex
from coorace_eval.reports.content import (
    Cell,
    Entries,
    Entry,
    Figure,
    Heading,
    Paragraph,
    Report,
    Section,
    Table,
)
from coorace_eval.reports.dimension import dimension_section
from coorace_eval.vocabulary import ValueStatus

TITLE = "Restitution de l'auto-évaluation"
_FRAMED = {field.id: field for field in FRAMING}
_PURPOSE = ("finalite", "question_evaluative", "perimetre", "usage")
_MOST_ASKED = 12  # beyond, what is missing is a list of names, without the questions
_PEOPLE = ("referente", "comite_pilotage", "parties_prenantes")


def report(results: Results, year: int, story: Story | None = None) -> Report:
    """The restitution of one enterprise for one year.

    Parameters
    ----------
    results
        The figures of the enterprise, with the years before where they are known.
    year
        The year that is told.
    story
        What was said and decided; without it the report holds figures only.

    Raises
    ------
    AnswerError
        When the results hold several enterprises and no story says which.
    """
    if story is not None and set(results.values.index.unique("enterprise")) != {story.enterprise.id}:
        results = results.select(enterprise=story.enterprise.id)
    enterprise = one_enterprise(results, TITLE) or (story.enterprise.id if story else "")
    sections = [_method(results, year, story)]
    if story is not None:
        sections.append(_profile(results, story))
    sections += [
        dimension_section(results, enterprise, year, d, story) for d in results.referential.dimensions
    ]
    sections += [_targets(results, year), _gaps(results, year)]
    if story is not None:
        sections.append(_decisions(story))
    sections.append(annex(results, enterprise, year))
    name = story.enterprise.label if story else enterprise or "Entreprise"
    return Report(TITLE, name, year, tuple(_cover(results, year, story)), tuple(sections))


def _cover(results: Results, year: int, story: Story | None) -> Iterator[tuple[str, str]]:
    if story is not None:
        who = story.enterprise
        yield "Conventionnements", ", ".join(kind.label for kind in who.kinds) or MISSING
        yield (
            "Territoire",
            ", ".join(filter(None, [who.commune, f"département {who.department}", who.region])),
        )
        if planned := _day(story.framing.get("restitution_prevue", "")):
            yield "Restitution prévue", planned
    found = results.referential
    yield "Référentiel", f"{found.label} ({found.reference}, empreinte {fingerprint(found)[:12]})"
    if told := _settled(results, year):
        yield "Données arrêtées au", told


def _settled(results: Results, year: int) -> str:
    """The day of the last answer of the year: the report is dated by its data, not by the clock."""
    notes = results.answers.notes
    days = pd.to_datetime(notes.loc[notes["year"] == year, "at"], errors="coerce", utc=True).dropna()
    return format_date(days.max().date()) if len(days) else ""


def _day(text: str) -> str:
    try:
        return format_date(date.fromisoformat(text.strip()))
    except ValueError:
        return text.strip()


def _method(results: Results, year: int, story: Story | None) -> Section:
    chapeau = (
        "Cette restitution rend compte d'une auto-évaluation accompagnée\u00a0: l'entreprise regarde "
        "elle-même ce qu'elle apporte à son territoire, avec ses parties prenantes. Elle ne note pas et "
        "ne classe pas."
    )
    blocks: list[Paragraph | Heading | Table | Entries] = [Paragraph(chapeau, "chapeau")]
    framing = story.framing if story else {}
    for title, fields in (("Ce que nous avons voulu savoir", _PURPOSE), ("Qui a pris part", _PEOPLE)):
        told = [Entry(_FRAMED[id].label, (framing[id],)) for id in fields if framing.get(id, "").strip()]
        if told:
            blocks += [Heading(title), Entries(tuple(told), "fiche")]
    blocks += [Heading("D'où viennent les chiffres"), Paragraph(_how(results, year))]
    if met := _met(results, year):
        rows = tuple((Cell(ValueStatus(id).label), Cell(text)) for id, text in _MEANINGS.items() if id in met)
        blocks.append(
            Table("Ce que veut dire chaque statut", ("Statut", "Sens"), rows, wide=(1,), tone="annexe")
        )
    return Section("La démarche", tuple(blocks), apart=True)


_MEANINGS = {
    "estime": "Le chiffre est une estimation, ou repose sur une donnée estimée.",
    "non_renseigne": "La donnée n'a pas été saisie. Ce n'est pas un zéro.",
    "non_pertinent": "La question ne concerne pas l'entreprise.",
    "non_disponible": "La donnée existe peut-être, mais l'entreprise n'en dispose pas.",
    "confidentiel": "La donnée est connue et n'est pas montrée.",
    "denominateur_nul": "Le rapport n'a pas de sens\u00a0: son dénominateur est nul.",
}


def _met(results: Results, year: int) -> set[str]:
    """The statuses that this report shows, of data as well as of indicators."""
    shown = (results.answers.statuses, results.statuses)
    return {
        str(s) for t in shown for s in t[t.index.get_level_values("year") == year].to_numpy().ravel() if s
    } - {"renseigne"}


def _how(results: Results, year: int) -> str:
    found = results.referential
    now = results.answers.statuses[results.answers.statuses.index.get_level_values("year") == year]
    kept = [v.id for v in found.variables if v.id in now.columns]
    known = int(now[kept].isin([s.value for s in ValueStatus if s.has_value]).to_numpy().sum())
    levels = f"{count(len(found.dimensions), 'dimension')} et {count(len(found.indicators), 'indicateur')}"
    return (
        f"Le référentiel compte {levels}. Pour l'exercice {year}, l'équipe a fourni "
        f"{count(known, 'donnée')} sur {len(found.variables)}. Chaque indicateur est calculé à partir "
        "de ces données par une formule écrite dans le référentiel, reprise en annexe. Une donnée qui "
        "manque laisse l'indicateur sans valeur\u00a0: elle n'est jamais remplacée par zéro. À côté des "
        "chiffres, le groupe de travail écrit une appréciation en mots, et les personnes concernées ont la "
        "parole. Ces trois regards ont le même rang."
    )


def _profile(results: Results, story: Story) -> Section:
    known = {d.id for d in results.referential.dimensions}
    placed = (*story.appreciations, *story.previous_appreciations)
    if not any(a.level and a.dimension in known for a in placed):
        return Section(
            "Notre appréciation", (Paragraph("Aucune appréciation collective n'a encore été écrite."),)
        )
    chart, table = charts.profile(results, story), charts.profile_table(results, story)
    text = (
        "Le groupe de travail a situé chaque dimension sur quatre niveaux, en mots, après avoir lu les "
        "faits. Ces niveaux disent un chemin\u00a0: ils ne s'additionnent pas et ne se comparent pas d'une "
        "entreprise à l'autre."
    )
    return Section("Notre appréciation, dimension par dimension", (
        Paragraph(text, "chapeau"), Figure.from_chart(chart),
        Table.from_frame("L'appréciation collective en mots", table),
    ))  # fmt: skip


def _targets(results: Results, year: int) -> Section:
    table = charts.targets_table(results, year)
    if table.empty:
        return Section("Nos cibles", (Paragraph("Aucun indicateur n'a de cible."),))
    text = "Une cible est une valeur que l'entreprise s'est donnée, pour elle-même et pour une année."
    return Section("Nos cibles", (
        Paragraph(text, "chapeau"), Figure.from_chart(charts.targets(results, year)),
        Table.from_frame("Valeurs et cibles", table, figures=(1, 2, 3), wide=(0, 1, 2)),
        Paragraph(_NEAR, "note"),
    ))  # fmt: skip


_NEAR = "« Proche » : au moins 80 % de la cible. « En chemin » : moins de 80 %."


def _gaps(results: Results, year: int) -> Section:
    gaps = results.gaps()
    gaps = gaps[gaps["year"] == year]
    if gaps.empty:
        return Section("Ce qui manque", (Paragraph("Aucune donnée ne manque pour cet exercice."),))
    asked = len(gaps) <= _MOST_ASKED
    rows = tuple(
        (
            Cell(g.label, g.question if asked else ""),
            Cell(ValueStatus(g.status).label, quiet=True),
            Cell(_waiting(g.waiting_labels)),
        )
        for g in gaps.itertuples()
    )
    many = len(gaps) > 1
    text = f"{count(len(gaps), 'donnée')} {'manquent' if many else 'manque'} pour l'exercice {year}."
    which = (
        "Voici lesquelles, et les indicateurs qui les attendent." if many else "Un calcul au moins l'attend."
    )
    return Section("Ce qui manque", (
        Paragraph(f"{text} {which}", "chapeau"),
        Table("Données manquantes, des plus attendues aux moins attendues",
              ("Donnée", "Statut", "Indicateurs qui l'attendent"), rows, wide=(0, 2),
              tone="texte" if asked else "annexe"),
    ))  # fmt: skip


def _waiting(labels: tuple[str, ...], most: int = 3) -> str:
    shown = "\u00a0; ".join(labels[:most])
    return shown if len(labels) <= most else f"{shown}\u00a0; et {count(len(labels) - most, 'autre')}"


def _decisions(story: Story) -> Section:
    year = story.campaign.year
    blocks: list[Paragraph | Heading | Entries] = [Heading(f"Ce que nous décidons pour la suite de {year}")]
    blocks.append(_list(story.decisions, "À faire", "Aucune décision n'a encore été écrite."))
    if story.previous_decisions:
        blocks += [
            Heading(f"Ce que nous avions décidé en {year - 1}"),
            _list(story.previous_decisions, "Pas encore fait"),
        ]
    return Section("Nos décisions", tuple(blocks))


def _list(decisions: tuple[Decision, ...], waiting: str, nothing: str = "") -> Entries | Paragraph:
    if not decisions:
        return Paragraph(nothing)
    return Entries(tuple(
        Entry(
            d.label,
            _by(d),
            "Fait" if d.done else waiting,
        )
        for d in decisions
    ))  # fmt: skip


def _by(decision: Decision) -> tuple[str, ...]:
    told = [decision.who, f"échéance\u00a0: {decision.due}" if decision.due else ""]
    return (", ".join(filter(None, told)),) if any(told) else ()
