"""What can be said of a référentiel before any answer: names, cycles, units, dead data, references."""

from __future__ import annotations

import graphlib
import keyword
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from coorace_eval.problems import Problem, did_you_mean
from coorace_eval.referential.formula import Formula
from coorace_eval.referential.grammar import CONDITIONS, FormulaError, Tree
from coorace_eval.referential.model import Indicator, Parameter, Referential, Robustness, Rule, Variable
from coorace_eval.referential.plan import order
from coorace_eval.referential.units import ATOMS, DIMENSIONLESS, Measure, Unit, known_atom
from coorace_eval.vocabulary import Aggregation, Direction, IndicatorStatus

if TYPE_CHECKING:
    from coorace_eval.referential.text import LineOf, Path_

MOST_CORE = 15


def check(referential: Referential, line_of: LineOf = lambda path: None) -> Iterator[Problem]:
    """Every problem of a référentiel whose shape is right, warnings included.

    Parameters
    ----------
    referential
        As validated by the model.
    line_of
        The line of a place in the file; nothing is known by default.
    """
    yield from _Check(referential, line_of).all()


class _Check:
    def __init__(self, referential: Referential, line_of: LineOf) -> None:
        self.referential, self.line_of = referential, line_of
        self.places: dict[str, Path_] = {i.id: place for place, i in _indicators(referential)}
        self.measures: dict[str, Measure] = {}
        self.formulas: dict[str, Formula] = {}
        self.used: set[str] = set()

    def all(self) -> Iterator[Problem]:
        yield from self._identifiers()
        yield from self._references()
        yield from self._units_known()
        yield from self._formulas()
        yield from self._cycles()
        yield from self._measures()
        yield from self._aggregations()
        yield from self._dead()

    def _at(self, code: str, path: Path_, where: str, cause: str, hint: str = "") -> Problem:
        return Problem(code, where, cause, hint, self.line_of(path))

    def _identifiers(self) -> Iterator[Problem]:
        seen: dict[tuple[str, str], str] = {}
        for path, kind, name in _named(self.referential):
            key = ("" if kind in _IN_FORMULAS else kind, name)
            if key in seen:
                yield self._at(
                    "REF-007", path, f"{kind} « {name} »", f"cet identifiant désigne déjà {seen[key]}."
                )
            seen.setdefault(key, _DETERMINED[kind])
            if kind in _IN_FORMULAS and keyword.iskeyword(name):
                cause = "ce mot a déjà un sens dans une formule."
                yield self._at("REF-004", path, f"{kind} « {name} »", cause, "Choisissez un autre nom.")
        core = [i.id for i in self.referential.indicators if i.status is IndicatorStatus.SOCLE]
        if len(core) > MOST_CORE:
            path = (*self.places[core[MOST_CORE]], "status")
            yield self._at(
                "REF-011",
                path,
                f"indicateur « {core[MOST_CORE]} »",
                f"le socle compte {len(core)} indicateurs.",
            )

    def _references(self) -> Iterator[Problem]:
        sources = {source.id for source in self.referential.sources}
        axes = {axis.id for axis in self.referential.axes}
        variables = {variable.id for variable in self.referential.variables}
        named: list[tuple[Path_, str, str | None, set[str]]] = []
        for rank, variable in enumerate(self.referential.variables):
            where = f"donnée « {variable.id} »"
            named.append((("variables", rank, "source"), where, variable.source, sources))
            named.extend((("variables", rank, "axes"), where, axis, axes) for axis in variable.axes)
        for path, indicator in _indicators(self.referential):
            where = f"indicateur « {indicator.id} »"
            named.append(((*path, "source"), where, indicator.source, sources))
            named.extend(((*path, "axes"), where, axis, axes) for axis in indicator.axes)
            if indicator.direction is Direction.EQUILIBRE and indicator.balance is None:
                yield self._at("REF-015", (*path, "direction"), where, "la valeur d'équilibre manque.")
        for rank, parameter in enumerate(self.referential.parameters):
            where = f"paramètre « {parameter.id} »"
            named.append((("parameters", rank, "weighted_by"), where, parameter.weighted_by, variables))
        for path, where, name, known in named:
            if name is not None and name not in known:
                yield self._at("REF-008", path, where, f"« {name} » n'existe pas.", did_you_mean(name, known))

    def _units_known(self) -> Iterator[Problem]:
        counted = {thing.id for thing in self.referential.counted}
        units: list[tuple[Path_, str, Unit]] = []
        for rank, variable in enumerate(self.referential.variables):
            units.append((("variables", rank, "unit"), f"donnée « {variable.id} »", variable.unit))
        for rank, parameter in enumerate(self.referential.parameters):
            units.append((("parameters", rank, "unit"), f"paramètre « {parameter.id} »", parameter.unit))
        for place, indicator in _indicators(self.referential):
            units.append(((*place, "unit"), f"indicateur « {indicator.id} »", indicator.unit))
        for path, where, unit in units:
            for atom, _ in unit.atoms:
                if atom not in counted and not known_atom(atom):
                    near = did_you_mean(atom, [*ATOMS, *counted])
                    yield self._at("FOR-007", path, where, f"l'unité « {atom} » n'est pas connue.", near)

    def _formulas(self) -> Iterator[Problem]:
        parts: tuple[Variable | Parameter, ...] = (*self.referential.variables, *self.referential.parameters)
        figures = {part.id for part in parts}
        known = figures | set(self.places)
        for path, where, part, name in _computed(self.referential):
            try:
                formula = part.compute
            except FormulaError as error:
                place = f"{where}, colonne {error.column}" if error.column else where
                yield self._at(error.code, path, place, error.message, error.hint)
                continue
            self.formulas[name] = formula
            self.used.update(formula.variables)
            usable = known if isinstance(part, Indicator) else figures
            for unknown in formula.variables:
                if unknown in known and unknown not in usable:
                    cause = (
                        f"« {unknown} » est un indicateur ; une règle ou une robustesse emploie des données."
                    )
                    yield self._at("FOR-004", path, where, cause, "Écrivez le calcul à partir des données.")
                elif unknown not in known:
                    cause = f"la formule utilise « {unknown} », qui n'est pas une donnée du référentiel."
                    yield self._at("FOR-004", path, where, cause, did_you_mean(unknown, usable))

    def _cycles(self) -> Iterator[Problem]:
        trees = {name: formula.tree for name, formula in self.formulas.items() if name in self.places}
        while True:
            try:
                order(trees)
                return
            except graphlib.CycleError as error:
                loop = error.args[1][::-1]
                path = (*self.places[loop[0]], "formula")
                cause = f"les formules tournent en rond : {' → '.join(loop)}."
                yield self._at("FOR-005", path, f"indicateur « {loop[0]} »", cause)
                for name in loop[1:]:
                    trees.pop(name, None)

    def _measures(self) -> Iterator[Problem]:
        parts: tuple[Variable | Parameter | Indicator, ...] = (
            *self.referential.variables, *self.referential.parameters, *self.referential.indicators,
        )  # fmt: skip
        self.measures = {part.id: part.unit.measure for part in parts}
        for path, where, part, name in _computed(self.referential):
            formula = self.formulas.get(name)
            if formula is None or any(used not in self.measures for used in formula.variables):
                continue
            try:
                found = measure_of(formula.tree, self.measures.__getitem__)
            except FormulaError as error:
                yield self._at(error.code, path, where, error.message, error.hint)
                continue
            if isinstance(part, Rule) or found is None:
                continue
            declared = part.unit.measure if isinstance(part, Indicator) else DIMENSIONLESS
            if found.powers != declared.powers:
                cause = f"la formule donne « {found} », l'unité annoncée est « {declared} »."
                yield self._at("FOR-006", path, where, cause)
            elif not found.same_size(declared) and not _converts(formula.tree):
                cause = "la formule et l'unité annoncée sont deux tailles d'une même unité."
                yield self._at(
                    "FOR-006", path, where, cause, "Écrivez la conversion, par exemple « * 1000 »."
                )

    def _aggregations(self) -> Iterator[Problem]:
        for path, indicator in _indicators(self.referential):
            formula = self.formulas.get(indicator.id)
            wants = indicator.aggregation is Aggregation.RATIO_DES_SOMMES
            if formula and wants and formula.ratio is None:
                cause = "l'agrégation « ratio_des_sommes » demande un numérateur et un dénominateur."
                yield self._at("REF-012", (*path, "aggregation"), f"indicateur « {indicator.id} »", cause)
            if formula and indicator.aggregation is Aggregation.SOMME and indicator.unit.is_ratio:
                cause = "des pourcentages ne s'additionnent pas."
                yield self._at("REF-012", (*path, "aggregation"), f"indicateur « {indicator.id} »", cause)

    def _dead(self) -> Iterator[Problem]:
        weights = {parameter.weighted_by for parameter in self.referential.parameters}
        retired = bool(self.referential.retired)
        for group, kind in (("variables", "donnée"), ("parameters", "paramètre")):
            for rank, part in enumerate(getattr(self.referential, group)):
                if part.id not in self.used and part.id not in weights and not retired:
                    cause = "aucun indicateur et aucune règle ne l'emploie."
                    yield self._at("REF-010", (group, rank), f"{kind} « {part.id} »", cause)


def measure_of(tree: Tree, measure: Callable[[str], Measure]) -> Measure | None:
    """What a tree measures; ``None`` for a bare number, which fits any unit.

    Raises
    ------
    FormulaError
        ``FOR-006`` where quantities of different dimensions or sizes are added or compared.
    """
    operation, *parts = tree
    if operation == "const":
        return None
    if operation == "var":
        return measure(parts[0])
    if operation == "arrondi":
        parts = parts[:1]
    found = [measure_of(part, measure) for part in parts]
    if operation in ("mul", "div"):
        left, right = (DIMENSIONLESS if part is None else part for part in found)
        if found == [None, None]:
            return None
        return left.times(right, 1 if operation == "mul" else -1)
    compared = found[1:] if operation == "si" else found
    sized = [part for part in compared if part is not None]
    for other in sized[1:]:
        same = other.powers == sized[0].powers and other.same_size(sized[0])
        if not same and operation not in ("and", "or", "not"):
            detail = (
                f"« {sized[0]} » et « {other} »"
                if sized[0].powers != other.powers
                else "deux tailles d'une même unité"
            )
            raise FormulaError("FOR-006", f"« {_WORDS.get(operation, operation)} » réunit {detail}.")
    if operation in CONDITIONS:
        return DIMENSIONLESS
    return sized[0] if sized else None


def _converts(tree: Tree) -> bool:
    """Whether a constant multiplies or divides somewhere, as a change of unit does."""
    operation, *parts = tree
    if operation in ("var", "const"):
        return False
    return (operation in ("mul", "div") and any(part[0] == "const" for part in parts)) or any(
        map(_converts, parts)
    )


_WORDS = {"add": "+", "sub": "-", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_IN_FORMULAS = {"donnée", "paramètre", "dimension", "contribution", "indicateur"}
_DETERMINED = {
    "donnée": "une donnée", "paramètre": "un paramètre", "dimension": "une dimension",
    "contribution": "une contribution", "indicateur": "un indicateur", "règle": "une règle",
    "axe": "un axe", "source": "une source", "unité": "une unité",
}  # fmt: skip


def _indicators(referential: Referential) -> Iterator[tuple[Path_, Indicator]]:
    for d, dimension in enumerate(referential.dimensions):
        for c, contribution in enumerate(dimension.contributions):
            for i, indicator in enumerate(contribution.indicators):
                yield ("dimensions", d, "contributions", c, "indicators", i), indicator


def _computed(referential: Referential) -> Iterator[tuple[Path_, str, Indicator | Robustness | Rule, str]]:
    """Place, words, what holds the formula, and name of each formula."""
    for path, indicator in _indicators(referential):
        where = f"indicateur « {indicator.id} »"
        yield (*path, "formula"), where, indicator, indicator.id
        if indicator.robustness:
            place = (*path, "robustness", "formula")
            yield place, f"{where}, robustesse", indicator.robustness, f"{indicator.id}.robustness"
    for rank, rule in enumerate(referential.rules):
        yield ("rules", rank, "rule"), f"règle « {rule.id} »", rule, f"rule.{rule.id}"


def _named(referential: Referential) -> Iterator[tuple[Path_, str, str]]:
    for group, kind in (("parameters", "paramètre"), ("variables", "donnée")):
        for rank, part in enumerate(getattr(referential, group)):
            yield (group, rank, "id"), kind, part.id
    for d, dimension in enumerate(referential.dimensions):
        yield ("dimensions", d, "id"), "dimension", dimension.id
        for c, contribution in enumerate(dimension.contributions):
            yield ("dimensions", d, "contributions", c, "id"), "contribution", contribution.id
    for path, indicator in _indicators(referential):
        yield (*path, "id"), "indicateur", indicator.id
    for group, kind in (("rules", "règle"), ("axes", "axe"), ("sources", "source"), ("counted", "unité")):
        for rank, part in enumerate(getattr(referential, group)):
            yield (group, rank, "id"), kind, part.id
