"""The annex of a restitution: what each figure means and where it comes from."""

from __future__ import annotations

from coorace_eval.formatting import MISSING, format_value
from coorace_eval.indicators import Results
from coorace_eval.indicators.parameters import ParameterUsed
from coorace_eval.language import tr
from coorace_eval.referential.model import ParameterValue
from coorace_eval.reports.content import Block, Cell, Entries, Entry, Heading, Paragraph, Section, Table
from coorace_eval.reports.sections import ANNEX, TITLES
from coorace_eval.vocabulary import Direction, ValueStatus


def annex(results: Results, enterprise: str, year: int) -> Section:
    """Definitions and formulas, what was retired and why, sources and parameters."""
    blocks: list[Block] = [Heading(tr("Définitions et formules")), *_definitions(results), *_retired(results)]
    blocks += [Heading(tr("Données recueillies")), _data(results, enterprise, year)]
    if rows := _parameters(results, enterprise, year):
        head = (tr("Paramètre"), tr("Valeur"), tr("Origine"))
        blocks += [
            Heading(tr("Paramètres")),
            Table(tr("Valeurs fixées hors de l'entreprise"), head, rows, (1,), (0, 2), "annexe"),
        ]
    return Section(tr(TITLES[ANNEX]), tuple(blocks), id=ANNEX)


def _definitions(results: Results) -> list[Block]:
    entries = []
    for indicator in results.referential.indicators:
        told = [indicator.definition] if indicator.definition else []
        unit = indicator.unit_text or tr("nombre")
        sense = tr("{kind}, en {unit}.", kind=indicator.kind.label, unit=unit)
        if indicator.direction is not Direction.NEUTRE:
            sense += f" {indicator.direction.label}."
        entries.append(Entry(indicator.label, (*told, sense), code=indicator.formula))
    return [Entries(tuple(entries), "annexe")] if entries else [Paragraph(tr("Aucun indicateur."))]


def _retired(results: Results) -> list[Block]:
    if not results.referential.retired:
        return []
    entries = tuple(
        Entry(r.id.replace("_", " ").capitalize(), (r.because,)) for r in results.referential.retired
    )
    return [Heading(tr("Ce que l'entreprise n'a pas gardé, et pourquoi")), Entries(entries, "annexe")]


def _data(results: Results, enterprise: str, year: int) -> Table:
    here, answers = results.referential, results.answers
    sources = {source.id: source.label for source in here.sources}
    notes = answers.notes[(answers.notes["enterprise"] == enterprise) & (answers.notes["year"] == year)]
    told = dict(zip(notes["variable"], notes["source"], strict=True))
    known = (enterprise, year) in answers.values.index
    rows = []
    for variable in here.variables:
        there = known and variable.id in answers.values.columns
        value = float(answers.values.at[(enterprise, year), variable.id]) if there else float("nan")
        status = (
            ValueStatus(str(answers.statuses.at[(enterprise, year), variable.id]))
            if there
            else ValueStatus.NON_RENSEIGNE
        )
        shown = format_value(value, variable.unit, label="")
        source = told.get(variable.id) or sources.get(variable.source or "", "")
        cell = (
            Cell(status.label, quiet=True)
            if shown == MISSING
            else Cell(shown, tr("estimé") if status is ValueStatus.ESTIME else "")
        )
        unit = "" if variable.unit.is_ratio else variable.unit_text
        rows.append((Cell(variable.label), cell, Cell(unit), Cell(source or MISSING)))
    head = (tr("Donnée"), tr("Valeur"), tr("Unité"), tr("Source"))
    return Table(tr("Données de l'exercice {year}", year=year), head, tuple(rows), (1,), (0, 3), "annexe")


def _parameters(results: Results, enterprise: str, year: int) -> tuple[tuple[Cell, ...], ...]:
    if (enterprise, year) not in results.values.index:
        return ()
    used: dict[str, ParameterUsed] = {}
    dated = {parameter.id for parameter in results.referential.parameters}
    for indicator in results.referential.indicators:
        if dated.isdisjoint(results.referential.inputs_of(indicator.id)):
            continue
        for found in results.explain(indicator.id, enterprise, year).parameters:
            used.setdefault(found.parameter.id, found)
    return tuple(
        (
            Cell(found.parameter.label),
            Cell(format_value(found.value, found.parameter.unit, label=found.parameter.unit_text)),
            Cell("\n".join(_origin(part) for part in found.parts) or MISSING),
        )
        for found in used.values()
    )


def _origin(part: ParameterValue) -> str:
    parts = {"year": part.since, "source": part.source}
    said = (
        tr("{kind}, depuis {year}\u00a0: {source}", kind=part.kind.value, **parts)
        if part.kind
        else tr("Depuis {year}\u00a0: {source}", **parts)
    )
    return said if part.confirmed else tr("{said} (à confirmer)", said=said)
