"""An overlay: what one enterprise adds, retires, relabels or aims at, as typed operations.

It never changes a shared formula (decision 3). Applying an empty overlay is the identity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, TypeVar

from pydantic import StringConstraints

from coorace_eval.problems import Problem, ReferentialError, did_you_mean, errors
from coorace_eval.referential.checks import check
from coorace_eval.referential.formula import Formula, FormulaError
from coorace_eval.referential.model import (
    Contribution,
    Dimension,
    Identifier,
    Indicator,
    Label,
    Part,
    Referential,
    Retired,
    Target,
    Text,
    Variable,
)
from coorace_eval.referential.text import LineOf

T = TypeVar("T", Dimension, Contribution, Indicator, Variable)


class AddedIndicator(Indicator):
    """A local indicator, and the contribution it stands under."""

    under: Identifier


class AddedContribution(Part):
    """A local contribution, and the dimension it stands under."""

    id: Identifier
    label: Label
    criterion: Text = ""
    under: Identifier


class Additions(Part):
    """What an enterprise adds of its own."""

    variables: tuple[Variable, ...] = ()
    contributions: tuple[AddedContribution, ...] = ()
    indicators: tuple[AddedIndicator, ...] = ()

    @property
    def names(self) -> list[str]:
        """The identifier of everything that is added."""
        parts: tuple[Variable | AddedContribution | Indicator, ...]
        parts = (*self.variables, *self.contributions, *self.indicators)
        return [part.id for part in parts]


class Overlay(Part):
    """The adaptation of one référentiel by one enterprise."""

    overlay: Identifier
    extends: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*@[0-9]{4}(\.[0-9]+){1,2}$")]
    label: Label
    relabel: dict[Identifier, Label] = {}
    help: dict[Identifier, Text] = {}
    targets: dict[Identifier, Target] = {}
    retire: tuple[Retired, ...] = ()
    add: Additions = Additions()

    @property
    def names(self) -> Iterator[tuple[str, str]]:
        """Each operation and the name it bears on."""
        for operation in ("relabel", "help", "targets"):
            yield from ((operation, name) for name in getattr(self, operation))
        yield from (("retire", item.id) for item in self.retire)
        yield from (("add", name) for name in self.add.names)

    @property
    def is_empty(self) -> bool:
        """Whether the overlay changes nothing."""
        return next(iter(self.names), None) is None


def apply(base: Referential, *overlays: Overlay) -> Referential:
    """The référentiel that an enterprise answers; ``base`` is left as it was.

    A figure that only retired indicators used is no longer asked, and the rules on it go with it.

    Parameters
    ----------
    base
        A shared référentiel.
    overlays
        Adaptations; no two may bear on one name, so that their order does not matter.

    Raises
    ------
    ReferentialError
        With every operation that does not fit: another référentiel, a name that is not there, a
        shared formula redefined, a figure retired that an indicator still needs.
    """
    source = ", ".join(overlay.overlay for overlay in overlays) or base.reference
    problems = list(_misfits(base, overlays))
    if problems:
        raise ReferentialError(source, problems)
    ours = base
    for overlay in sorted(overlays, key=lambda overlay: overlay.overlay):
        if not overlay.is_empty:
            ours = _apply_one(ours, overlay)
    if ours is not base:
        before = {str(problem) for problem in check(base)}
        problems = [p for p in errors(check(ours)) if str(p) not in before]
        if problems:
            gone = set(base.by_id) - set(ours.by_id)
            raise ReferentialError(source, [_for_overlay(problem, gone) for problem in problems])
    return ours


def _apply_one(base: Referential, overlay: Overlay) -> Referential:
    gone = {item.id for item in overlay.retire}

    def adapt(part: T) -> T:
        change: dict[str, object] = {}
        if part.id in overlay.relabel:
            change["label"] = overlay.relabel[part.id]
        if part.id in overlay.targets:
            change["target"] = overlay.targets[part.id]
        if part.id in overlay.help:
            field = {Variable: "help", Indicator: "note", Contribution: "criterion", Dimension: "question"}[
                type(part)
            ]
            change[field] = overlay.help[part.id]
        return part.changed(**change) if change else part

    def kept(parts: tuple[T, ...], then: Callable[[T], T]) -> tuple[T, ...]:
        return tuple(then(adapt(part)) for part in parts if part.id not in gone)

    def contribution(part: Contribution) -> Contribution:
        added = tuple(adapt(_local(local)) for local in overlay.add.indicators if local.under == part.id)
        return part.changed(indicators=kept(part.indicators, lambda i: i) + added)

    def dimension(part: Dimension) -> Dimension:
        added = tuple(
            adapt(Contribution(id=c.id, label=c.label, criterion=c.criterion))
            for c in overlay.add.contributions
            if c.under == part.id
        )
        held = kept(part.contributions, lambda c: c) + added
        return part.changed(contributions=tuple(map(contribution, held)))

    dimensions = kept(base.dimensions, dimension)
    idle = _asked_by(base.dimensions) - _asked_by(dimensions) - {p.weighted_by for p in base.parameters}
    asked = tuple(v for v in base.variables if v.id not in idle)
    return base.changed(
        variables=tuple(map(adapt, asked + overlay.add.variables)),
        dimensions=dimensions,
        rules=tuple(rule for rule in base.rules if not idle & set(rule.compute.variables)),
        overlays=(*base.overlays, overlay.overlay),
        retired=(*base.retired, *overlay.retire),
    )


def _asked_by(dimensions: tuple[Dimension, ...]) -> set[str]:
    """The names that the indicators of some dimensions use, directly or for their robustness."""
    indicators = [i for d in dimensions for c in d.contributions for i in c.indicators]
    formulas = [i.compute for i in indicators] + [i.robustness.compute for i in indicators if i.robustness]
    return {name for formula in formulas for name in formula.variables}


def _local(indicator: AddedIndicator) -> Indicator:
    fields = {name: getattr(indicator, name) for name in Indicator.model_fields}
    return Indicator.model_construct(indicator.model_fields_set - {"under"}, **fields)


def check_overlay(overlay: Overlay, line_of: LineOf = lambda path: None) -> Iterator[Problem]:
    """What is wrong in an overlay read alone: the formulas of its own indicators."""
    for rank, indicator in enumerate(overlay.add.indicators):
        try:
            Formula(indicator.formula)
        except FormulaError as error:
            line = line_of(("add", "indicators", rank, "formula"))
            yield Problem(error.code, f"indicateur « {indicator.id} »", error.message, error.hint, line)


def _misfits(base: Referential, overlays: tuple[Overlay, ...]) -> Iterator[Problem]:
    for overlay in overlays:
        for (operation, name), times in Counter(overlay.names).items():
            if times > 1:
                yield Problem("OVL-003", f"{operation}.{name}", f"« {name} » est adapté {times} fois.")
    owners = Counter(name for overlay in overlays for name in {name for _, name in overlay.names})
    for name, times in owners.items():
        if times > 1:
            yield Problem("OVL-003", name, f"« {name} » est adapté {times} fois, par {times} adaptations.")
    shared = set(base.by_id)
    for overlay in overlays:
        if overlay.extends != base.reference:
            yield Problem(
                "OVL-004",
                "extends",
                f"l'adaptation part de « {overlay.extends} », le référentiel est « {base.reference} ».",
            )
        added = set(overlay.add.names)
        for name in sorted(added & shared):
            yield Problem("OVL-002", f"add.{name}", f"« {name} » est déjà défini par le référentiel partagé.")
        yield from _absent(base, overlay, added)


def _absent(base: Referential, overlay: Overlay, added: set[str]) -> Iterator[Problem]:
    dimensions = {dimension.id for dimension in base.dimensions}
    contributions = {contribution.id for contribution in base.contributions}
    indicators = {indicator.id for indicator in base.indicators}
    local = {contribution.id for contribution in overlay.add.contributions}
    named = (set(base.by_id) | added) - {parameter.id for parameter in base.parameters}
    relations = [i.relation.to for i in overlay.add.indicators if i.relation]
    places: list[tuple[str, Iterable[str], set[str], str]] = [
        ("relabel", overlay.relabel, named, "OVL-006"),
        ("help", overlay.help, named, "OVL-006"),
        ("targets", overlay.targets, indicators | {i.id for i in overlay.add.indicators}, "OVL-006"),
        ("retire", [item.id for item in overlay.retire], dimensions | contributions | indicators, "OVL-001"),
        ("add.contributions", [c.under for c in overlay.add.contributions], dimensions, "OVL-006"),
        ("add.indicators", [i.under for i in overlay.add.indicators], contributions | local, "OVL-006"),
        ("relation", relations, indicators, "OVL-006"),
    ]
    for place, names, known, code in places:
        for name in names:
            if name not in known:
                cause = f"« {name} » n'est pas dans le référentiel."
                yield Problem(code, place, cause, did_you_mean(name, known))


def _for_overlay(problem: Problem, gone: set[str]) -> Problem:
    if problem.code == "FOR-004" and any(f"« {name} »" in problem.cause for name in gone):
        return Problem("OVL-005", problem.where, problem.cause, problem.hint)
    return problem
