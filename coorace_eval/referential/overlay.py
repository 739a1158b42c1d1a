"""An overlay: what one enterprise adds, retires, relabels or aims at, as typed operations.

It never changes a shared formula (decision 3). Applying an empty overlay is the identity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
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
        added = (*self.add.variables, *self.add.contributions, *self.add.indicators)
        yield from (("add", item.id) for item in added)

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
        Adaptations; no two may bear on one name in the same way.

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
    for overlay in overlays:
        if not overlay.is_empty:
            ours = _apply_one(ours, overlay)
    if ours is not base:
        before = {str(problem) for problem in check(base)}
        problems = [p for p in errors(check(ours)) if str(p) not in before]
        if problems:
            raise ReferentialError(source, [_for_overlay(problem) for problem in problems])
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
            field = {Variable: "help", Indicator: "note", Contribution: "criterion", Dimension: "question"}[type(part)]
            change[field] = overlay.help[part.id]
        return part.changed(**change) if change else part

    def kept(parts: tuple[T, ...], then: Callable[[T], T]) -> tuple[T, ...]:
        return tuple(then(adapt(part)) for part in parts if part.id not in gone)

    def contribution(part: Contribution) -> Contribution:
        added = tuple(adapt(_local(local)) for local in overlay.add.indicators if local.under == part.id)
        return part.changed(indicators=kept(part.indicators, lambda i: i) + added)

    def dimension(part: Dimension) -> Dimension:
        added = tuple(
            Contribution(id=c.id, label=c.label, criterion=c.criterion)
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
    counts = Counter(pair for overlay in overlays for pair in overlay.names)
    for (operation, name), times in counts.items():
        if times > 1:
            yield Problem("OVL-003", f"{operation}.{name}", f"« {name} » est adapté {times} fois.")
    shared = set(base.by_id)
    for overlay in overlays:
        if overlay.extends != base.reference:
            yield Problem(
                "OVL-004", "extends", f"l'adaptation part de « {overlay.extends} », le référentiel est « {base.reference} »."
            )
        added = {item.id for item in (*overlay.add.variables, *overlay.add.contributions, *overlay.add.indicators)}
        for name in sorted(added & shared):
            yield Problem("OVL-002", f"add.{name}", f"« {name} » est déjà défini par le référentiel partagé.")
        yield from _absent(base, overlay, added)


def _absent(base: Referential, overlay: Overlay, added: set[str]) -> Iterator[Problem]:
    retirable = {part.id for group in (base.dimensions, base.contributions, base.indicators) for part in group}
    places = {
        "relabel": (overlay.relabel, set(base.by_id) | added, "OVL-006"),
        "help": (overlay.help, set(base.by_id) | added, "OVL-006"),
        "targets": (overlay.targets, {i.id for i in base.indicators} | added, "OVL-006"),
        "retire": ([item.id for item in overlay.retire], retirable, "OVL-001"),
        "under": (
            [c.under for c in overlay.add.contributions], {d.id for d in base.dimensions}, "OVL-006",
        ),
        "add.under": (
            [i.under for i in overlay.add.indicators],
            {c.id for c in base.contributions} | {c.id for c in overlay.add.contributions}, "OVL-006",
        ),
        "relation": (
            [i.relation.to for i in overlay.add.indicators if i.relation], {i.id for i in base.indicators}, "OVL-006",
        ),
    }  # fmt: skip
    for place, (names, known, code) in places.items():
        for name in names:
            if name not in known:
                yield Problem(code, place, f"« {name} » n'est pas dans le référentiel.", did_you_mean(name, known))


def _for_overlay(problem: Problem) -> Problem:
    if problem.code == "FOR-004":
        return Problem("OVL-005", problem.where, problem.cause, problem.hint)
    return problem
