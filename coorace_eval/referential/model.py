"""The référentiel: dimensions, contributions, indicators and the variables they use."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Self, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from coorace_eval.language import tr
from coorace_eval.referential.formula import Formula
from coorace_eval.referential.plan import Program, order
from coorace_eval.referential.units import Unit
from coorace_eval.vocabulary import (
    Aggregation,
    Direction,
    EnterpriseKind,
    IndicatorKind,
    IndicatorStatus,
    RelationKind,
    RuleSeverity,
    VariableType,
)

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]+$", max_length=40)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]


def _blank(value: Any) -> Any:
    return None if value in ("", "null", "~") else value


Limit = Annotated[float | None, BeforeValidator(_blank)]  # « null » takes a limit away


class Part(BaseModel):
    """What every piece of a référentiel shares: it is frozen and knows its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def changed(self, **fields: Any) -> Self:
        """The same piece with other values; nothing computed from the old ones is carried over."""
        kept = {name: getattr(self, name) for name in type(self).model_fields}
        return cast(
            "Self", type(self).model_construct(self.model_fields_set | set(fields), **(kept | fields))
        )


class Measured(Part):
    """A piece that has a unit; the référentiel that holds it says how its own units of count are read."""

    @cached_property
    def counted(self) -> dict[str, str]:
        """The labels of units of count by id, as the référentiel gives them; none for a lone piece."""
        return {}


class Levels(Part):
    """The words that people use for the three levels (decision 1)."""

    dimension: Label = "Dimension"
    contribution: Label = "Contribution"
    indicator: Label = "Indicateur"

    @property
    def spoken(self) -> Levels:
        """The same words in the language spoken, where they are the usual ones."""
        usual = {
            "Dimension": tr("Dimension"),
            "Contribution": tr("Contribution"),
            "Indicateur": tr("Indicateur"),
        }
        return self.model_copy(update={name: usual.get(word, word) for name, word in self})


class CountedThing(Part):
    """A unit of count that this référentiel adds to the usual ones, such as ``activite``."""

    id: Identifier
    label: Label


class Member(Part):
    """One modality of an axis, such as ``F``; codes are text."""

    id: Code
    label: Label


class Axis(Part):
    """A way to break a figure down; the parts of a complete axis add up to the total."""

    id: Identifier
    label: Label
    members: tuple[Member, ...] = ()


class Source(Part):
    """Where figures come from, and the minutes that finding one usually takes."""

    id: Identifier
    label: Label
    minutes: int = Field(default=5, ge=0, le=600)


class ParameterValue(Part):
    """One value of a parameter, for a kind of enterprise and from a year on."""

    since: int = Field(ge=1900, le=2200)
    value: float = Field(allow_inf_nan=False)
    kind: EnterpriseKind | None = None
    source: Text
    confirmed: bool = False


class Parameter(Measured):
    """A dated figure set outside the enterprise (decision 9).

    ``weighted_by`` names the variable whose breakdown by ``type`` combines the values of an
    enterprise that holds several conventionnements (weighted harmonic mean).
    """

    id: Identifier
    label: Label
    unit: Unit
    help: Text = ""
    weighted_by: Identifier | None = None
    values: tuple[ParameterValue, ...]

    @property
    def unit_text(self) -> str:
        """The unit as people read it beside a figure."""
        return self.unit.label_among(self.counted)


class Variable(Measured):
    """A figure that the enterprise collects, such as the exits of the year."""

    id: Identifier
    label: Label
    unit: Unit
    type: VariableType = VariableType.DECIMAL
    question: Text = ""
    help: Text = ""
    source: Identifier | None = None
    axes: tuple[Identifier, ...] = ()
    minimum: Limit = Field(default=0.0, allow_inf_nan=False)
    maximum: Limit = Field(default=None, allow_inf_nan=False)
    minutes: int | None = Field(default=None, ge=0, le=600)

    @property
    def unit_text(self) -> str:
        """The unit as people read it beside a figure."""
        return self.unit.label_among(self.counted)


class Robustness(Part):
    """What tells how far an indicator can be trusted, such as a response rate."""

    label: Label
    formula: str
    alert_below: float = Field(allow_inf_nan=False)

    @cached_property
    def compute(self) -> Formula:
        """The parsed formula."""
        return Formula(self.formula)


class Target(Part):
    """The value an enterprise aims at, in the indicator's unit, and by when."""

    value: float = Field(allow_inf_nan=False)
    year: int = Field(ge=1900, le=2200)


class Relation(Part):
    """How a local indicator stands to a shared one."""

    to: Identifier
    kind: RelationKind


class Indicator(Measured):
    """A measure of a contribution, computed from variables."""

    id: Identifier
    label: Label
    kind: IndicatorKind
    unit: Unit
    formula: str
    unit_label: Label | None = None
    status: IndicatorStatus = IndicatorStatus.LIBRE
    definition: Text = ""
    direction: Direction = Direction.NEUTRE
    balance: float | None = Field(default=None, allow_inf_nan=False)
    aggregation: Aggregation = Aggregation.NON_AGREGABLE
    axes: tuple[Identifier, ...] = ()
    source: Identifier | None = None
    robustness: Robustness | None = None
    sdg: tuple[str, ...] = ()
    codes: dict[Code, Text] = Field(default_factory=dict)
    note: Text = ""
    relation: Relation | None = None
    target: Target | None = None

    @cached_property
    def compute(self) -> Formula:
        """The parsed formula."""
        return Formula(self.formula)

    @property
    def unit_text(self) -> str:
        """The unit as people read it beside a figure."""
        return self.unit_label or self.unit.label_among(self.counted)


class Contribution(Part):
    """What the enterprise brings to its territory, and the criterion it is judged by."""

    id: Identifier
    label: Label
    criterion: Text = ""
    indicators: tuple[Indicator, ...] = ()


class Dimension(Part):
    """A field of social utility: *registre* in the federation's synthesis."""

    id: Identifier
    label: Label
    question: Text = ""
    families: tuple[str, ...] = ()
    contributions: tuple[Contribution, ...] = ()


class Rule(Part):
    """A consistency rule between variables; it holds when its condition is true."""

    id: Identifier
    rule: str
    message: Label
    severity: RuleSeverity

    @cached_property
    def compute(self) -> Formula:
        """The parsed condition."""
        return Formula(self.rule, condition=True)


class Retired(Part):
    """An element that an enterprise does not keep, and its reason."""

    id: Identifier
    because: Label


def _with_indicators(contribution: Contribution) -> tuple[Contribution | Indicator, ...]:
    return (contribution, *contribution.indicators)


class Referential(Part):
    """A whole référentiel, as read from YAML or as adapted by an overlay."""

    id: Identifier
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}\.[0-9]+(\.[0-9]+)?$")]
    label: Label
    statement: Text = ""
    levels: Levels = Levels()
    counted: tuple[CountedThing, ...] = ()
    axes: tuple[Axis, ...] = ()
    sources: tuple[Source, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    variables: tuple[Variable, ...]
    dimensions: tuple[Dimension, ...]
    rules: tuple[Rule, ...] = ()
    overlays: tuple[Identifier, ...] = ()
    retired: tuple[Retired, ...] = ()

    def model_post_init(self, _: Any) -> None:
        """Tell each measured piece how the units of count of this référentiel are read."""
        counted = {thing.id: thing.label for thing in self.counted}
        for piece in (*self.parameters, *self.variables, *self.indicators):
            piece.__dict__["counted"] = counted

    @property
    def reference(self) -> str:
        """Identifier and version together, such as ``utilite_sociale@2026.1``."""
        return f"{self.id}@{self.version}"

    @cached_property
    def contributions(self) -> tuple[Contribution, ...]:
        """Every contribution, in reading order."""
        return tuple(c for dimension in self.dimensions for c in dimension.contributions)

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator, in reading order."""
        return tuple(i for contribution in self.contributions for i in contribution.indicators)

    @cached_property
    def by_id(self) -> dict[str, Dimension | Contribution | Indicator | Variable | Parameter]:
        """Any element that a formula or an overlay can name."""
        groups: tuple[tuple[Dimension | Contribution | Indicator | Variable | Parameter, ...], ...] = (
            self.parameters, self.variables, self.dimensions, self.contributions, self.indicators,
        )  # fmt: skip
        return {part.id: part for group in groups for part in group}

    @cached_property
    def program(self) -> Program:
        """Every indicator compiled together; built once."""
        inputs = [
            *(variable.id for variable in self.variables),
            *(parameter.id for parameter in self.parameters),
        ]
        return Program({i.id: i.compute.tree for i in self.indicators}, inputs)

    def inputs_of(self, indicator: str) -> tuple[str, ...]:
        """The variables and parameters that an indicator rests on, through other indicators too."""
        return self._inputs[indicator]

    @cached_property
    def _inputs(self) -> dict[str, tuple[str, ...]]:
        trees = {indicator.id: indicator.compute for indicator in self.indicators}
        found: dict[str, tuple[str, ...]] = {}
        for name in order({id: formula.tree for id, formula in trees.items()}):
            used = (found.get(part, (part,)) for part in trees[name].variables)
            found[name] = tuple(dict.fromkeys(part for group in used for part in group))
        return found

    def dimension_of(self, id: str) -> Dimension:
        """The dimension that holds a contribution or an indicator."""
        return self._dimension_by_part[id]

    @cached_property
    def _dimension_by_part(self) -> dict[str, Dimension]:
        return {
            part.id: dimension
            for dimension in self.dimensions
            for contribution in dimension.contributions
            for part in _with_indicators(contribution)
        }

    def parameter(self, id: str) -> Parameter:
        """The parameter of that id; ``KeyError`` where there is none."""
        return {parameter.id: parameter for parameter in self.parameters}[id]

    def axis(self, id: str) -> Axis:
        """The axis of that id; ``KeyError`` where there is none."""
        return {axis.id: axis for axis in self.axes}[id]

    def indicator(self, id: str) -> Indicator:
        """The indicator of that id; ``KeyError`` where there is none."""
        return self._indicators_by_id[id]

    @cached_property
    def _indicators_by_id(self) -> dict[str, Indicator]:
        return {indicator.id: indicator for indicator in self.indicators}

    def variable(self, id: str) -> Variable:
        """The variable of that id; ``KeyError`` where there is none."""
        return self._variables_by_id[id]

    @cached_property
    def _variables_by_id(self) -> dict[str, Variable]:
        return {variable.id: variable for variable in self.variables}
