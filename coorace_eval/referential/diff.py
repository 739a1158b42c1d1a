"""What changes from one référentiel to another, element by element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from coorace_eval.language import mark
from coorace_eval.referential.model import Part, Referential
from coorace_eval.vocabulary import Labelled


class ChangeKind(Labelled):
    """What happens to an element."""

    AJOUT = "ajout", mark("Ajouté")
    RETRAIT = "retrait", mark("Retiré")
    MODIFICATION = "modification", mark("Modifié")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two référentiels.

    Parameters
    ----------
    kind
        Added, removed or changed.
    element
        Kind of element in French, such as ``indicateur``.
    id
        Its permanent identifier.
    label
        Its label, in the newer référentiel where it stands there.
    field, before, after
        For a change: the field and its two values as text.
    """

    kind: ChangeKind
    element: str
    id: str
    label: str
    field: str = ""
    before: str = ""
    after: str = ""

    @property
    def breaks_series(self) -> bool:
        """Whether figures before and after can no longer be compared without care."""
        return self.kind is ChangeKind.RETRAIT or self.field in (
            "formula",
            "unit",
            "aggregation",
            "since",
            "values",
        )

    def __str__(self) -> str:
        said = f"{self.kind.label} : {self.element} « {self.label} » ({self.id})"
        return f"{said}, {self.field} : « {self.before} » → « {self.after} »" if self.field else said


def diff(old: Referential, new: Referential) -> list[Change]:
    """Every addition, removal and change, in the reading order of the newer référentiel.

    Elements are matched by identifier, whatever their label. Two equal référentiels give nothing.
    """
    groups: tuple[tuple[str, Mapping[str, Part], Mapping[str, Part]], ...] = (
        ("référentiel", {old.id: old}, {new.id: new}),
        ("dimension", _by_id(old.dimensions), _by_id(new.dimensions)),
        ("contribution", _by_id(old.contributions), _by_id(new.contributions)),
        ("indicateur", _by_id(old.indicators), _by_id(new.indicators)),
        ("donnée", _by_id(old.variables), _by_id(new.variables)),
        ("paramètre", _by_id(old.parameters), _by_id(new.parameters)),
        ("règle", _by_id(old.rules), _by_id(new.rules)),
        ("axe", _by_id(old.axes), _by_id(new.axes)),
        ("source", _by_id(old.sources), _by_id(new.sources)),
    )
    places = _places(old), _places(new)
    return [
        change for element, before, after in groups for change in _changes(element, before, after, *places)
    ]


def _by_id(parts: tuple[Any, ...]) -> dict[str, Any]:
    return {part.id: part for part in parts}


def _places(referential: Referential) -> dict[tuple[str, str], str]:
    """What holds each contribution and each indicator."""
    places = {}
    for dimension in referential.dimensions:
        for contribution in dimension.contributions:
            places["contribution", contribution.id] = dimension.id
            places.update({("indicateur", i.id): contribution.id for i in contribution.indicators})
    return places


def _changes(
    element: str,
    old: Mapping[str, Part],
    new: Mapping[str, Part],
    left: dict[tuple[str, str], str],
    entered: dict[tuple[str, str], str],
) -> Iterator[Change]:
    for name, part in new.items():
        if name not in old:
            yield Change(ChangeKind.AJOUT, element, name, _label(part))
            continue
        before, after = left.get((element, name), ""), entered.get((element, name), "")
        if before != after:
            yield Change(ChangeKind.MODIFICATION, element, name, _label(part), "place", before, after)
        if part != old[name]:
            yield from _fields(element, name, old[name], part)
    for name, part in old.items():
        if name not in new:
            yield Change(ChangeKind.RETRAIT, element, name, _label(part))


_NESTED = frozenset(
    {"contributions", "indicators", "dimensions", "variables", "parameters", "rules", "axes", "sources"}
)


def _fields(element: str, name: str, old: Part, new: Part) -> Iterator[Change]:
    for field in type(new).model_fields:
        before, after = getattr(old, field), getattr(new, field)
        if before == after:
            continue
        if field not in _NESTED or (element in ("donnée", "indicateur") and field == "axes"):
            yield Change(
                ChangeKind.MODIFICATION, element, name, _label(new), field, _text(before), _text(after)
            )
        else:
            kept = {part.id for part in before} & {part.id for part in after}
            orders = [", ".join(part.id for part in parts if part.id in kept) for parts in (before, after)]
            if orders[0] != orders[1]:
                shown = (f"ordre de {field}", *orders)
                yield Change(ChangeKind.MODIFICATION, element, name, _label(new), *shown)


def _label(part: Part) -> str:
    return str(getattr(part, "label", "") or getattr(part, "message", ""))


def _text(value: object) -> str:
    if value is None or value == () or value == "":
        return "–"
    if isinstance(value, Part):
        return ", ".join(
            f"{key} {shown}" for key, shown in value.model_dump(mode="json", exclude_none=True).items()
        )
    if isinstance(value, tuple):
        return " ; ".join(_text(item) for item in value)
    return str(value)
