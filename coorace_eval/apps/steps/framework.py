"""Référentiel: the enterprise keeps, retires, relabels, aims, adds; the shared formulas stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import traitlets as tl
from pydantic import ValidationError

from coorace_eval.apps.steps.base import Step
from coorace_eval.apps.steps.naming import slug
from coorace_eval.campaigns.model import State
from coorace_eval.formatting import parse_number
from coorace_eval.language import mark, tr
from coorace_eval.problems import CampaignError, Problem, did_you_mean
from coorace_eval.referential import (
    Formula,
    FormulaError,
    Indicator,
    Overlay,
    Referential,
    Retired,
    Target,
    Unit,
    Variable,
    apply,
)
from coorace_eval.referential.checks import measure_of
from coorace_eval.referential.overlay import AddedIndicator
from coorace_eval.referential.units import ATOMS
from coorace_eval.vocabulary import IndicatorKind, VariableType

OPEN_IN = (State.CADRAGE, State.EXPLORATION, State.REFERENTIEL, State.COLLECTE)
MODES = {
    "nombre": mark("Un nombre à compter"),
    "part": mark("Une part, en %"),
    "formule": mark("Une formule"),
}
_EMPTY = {
    "label": "",
    "under": "",
    "kind": IndicatorKind.REALISATION.value,
    "mode": "nombre",
    "unit": "personne",
    "question": "",
    "top": "",
    "bottom": "",
    "formula": "",
}


class FrameworkStep(Step):
    """What the enterprise makes of the shared référentiel, one dimension at a time.

    A field is named ``what@id``: ``because@heures_benevolat``, ``target@taux…``, ``year@…``,
    ``label@…``; ``new.…`` for the indicator being added.
    """

    state: ClassVar = State.REFERENTIEL
    actions: ClassVar = {
        "edit": "toggle",
        "retire": "retire",
        "restore": "restore",
        "add_indicator": "add",
        "remove_added": "remove_added",
        "open_adding": "toggle_adding",
    }

    tab = tl.Unicode("")

    def __init__(self, work: Any) -> None:
        super().__init__(work)
        self.tab = work.base.dimensions[0].id if work.base.dimensions else ""
        self.opened: set[str] = set()
        self.retiring: set[str] = set()
        self.reasons: dict[str, str] = {}
        self.years: dict[str, str] = {}
        self.new = dict(_EMPTY)
        self.adding = False

    def set(self, field: str, value: object) -> None:
        """Take what was typed, on top of what others changed meanwhile."""
        if not self._is_draft(field):
            self.work.reload()
        super().set(field, value)

    def act(self, action: str, item: str = "") -> None:
        """Do what a button asks, on top of what others changed meanwhile."""
        self.work.reload()
        super().act(action, item)

    @property
    def locked(self) -> str:
        """Why the référentiel cannot be changed, or nothing."""
        if super().locked:
            return super().locked
        if self.work.campaign.state not in OPEN_IN:
            return tr(
                "Le référentiel ne change plus une fois la collecte close. Rouvrez-la pour le modifier."
            )
        return ""

    @property
    def overlay(self) -> Overlay:
        """The adaptation so far."""
        return self.work.overlay

    @property
    def retired(self) -> dict[str, str]:
        """Why each retired indicator was retired, by itself or with all that it stands under."""
        why = {item.id: item.because for item in self.overlay.retire}
        return {id: why[place] for id, places in self._above().items() for place in places if place in why}

    def _above(self) -> dict[str, tuple[str, str, str]]:
        """Each shared indicator with its contribution and its dimension."""
        return {
            i.id: (d.id, c.id, i.id)
            for d in self.work.base.dimensions
            for c in d.contributions
            for i in c.indicators
        }

    @property
    def added(self) -> dict[str, AddedIndicator]:
        """The enterprise's own indicators."""
        return {indicator.id: indicator for indicator in self.overlay.add.indicators}

    def minutes(self) -> int:
        """How long a year's collection takes, by the sources' usual minutes."""
        return time_budget(self.work.referential)

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        what, _, id = field.partition("@")
        if field.startswith("new."):
            name = field.removeprefix("new.")
            return (lambda value: self._draft(name, str(value))) if name in _EMPTY else None
        known = {
            part.id  # type: ignore[attr-defined]
            for part in (
                *self.work.base.dimensions,
                *self.work.base.contributions,
                *self.work.base.indicators,
            )
        }
        aimed = {indicator.id for indicator in self.work.base.indicators} | set(self.added)
        if id not in (known | set(self.added) if what == "label" else aimed):
            return None
        takers: dict[str, Callable[[str], None]] = {
            "label": lambda text: self._relabel(id, text),
            "target": lambda text: self._target(id, text, self.years.get(id, "")),
            "year": lambda text: self._target_year(id, text),
            "because": lambda text: self.reasons.__setitem__(id, text),
        }
        return takers.get(what)

    def _is_draft(self, field: str) -> bool:
        what, _, id = field.partition("@")
        waits = what == "year" and id not in self.overlay.targets
        return waits or field.startswith(("new.", "because@"))

    def _save(self, overlay: Overlay) -> None:
        apply(self.work.base, overlay)
        with self.work.writing(*OPEN_IN) as store:
            store.save_campaign(replace(self.work.campaign, overlay=None if overlay.is_empty else overlay))

    def _change(self, **fields: Any) -> None:
        try:
            changed = Overlay.model_validate(self.overlay.changed(**fields).model_dump())
        except ValidationError:
            problem = Problem("REF-006", "", tr("le texte est vide ou trop long."))
            raise CampaignError("référentiel", [problem]) from None
        self._save(changed)

    def _relabel(self, id: str, text: str) -> None:
        labels = dict(self.overlay.relabel)
        original = self.added.get(id) or self.work.base.by_id[id]
        if text.strip() in ("", original.label):
            labels.pop(id, None)
        else:
            labels[id] = text.strip()
        self._change(relabel=labels)

    def _target_year(self, id: str, text: str) -> None:
        self.years[id] = text.strip()
        target = self.overlay.targets.get(id)
        if target is not None:
            self._keep_target(id, target.value, text)

    def _target(self, id: str, text: str, year: str) -> None:
        indicator = self._indicator(id)
        typed = text.replace("%", "") if indicator.unit.is_ratio else text
        try:
            value = parse_number(typed)
        except ValueError:
            raise CampaignError(
                "cible",
                [Problem("REP-001", "", tr("« {typed} » n'est pas un nombre.", typed=text.strip()[:40]))],
            ) from None
        if value is None:
            self._change(targets={name: kept for name, kept in self.overlay.targets.items() if name != id})
            return
        old = self.overlay.targets.get(id)
        self._keep_target(
            id, value / 100 if indicator.unit.is_ratio else value, year or (str(old.year) if old else "")
        )

    def _keep_target(self, id: str, value: float, year: str) -> None:
        first, last = self.work.year, self.work.year + 20
        year = year.strip() or str(self.work.year + 2)
        if not year.isdecimal() or not first <= int(year) <= last:
            raise CampaignError(
                "cible",
                [
                    Problem(
                        "CAM-005",
                        "",
                        tr("l'année de la cible va de {first} à {last}.", first=first, last=last),
                    )
                ],
            )
        self._change(targets={**self.overlay.targets, id: Target(value=value, year=int(year))})

    def _indicator(self, id: str) -> Indicator:
        return self.added[id] if id in self.added else self.work.base.indicator(id)

    def toggle(self, id: str) -> None:
        """Show or hide what can be changed of an indicator."""
        self.opened ^= {id}

    def retire(self, id: str) -> None:
        """Ask for the reason first, then retire an indicator."""
        if id not in set(self._above()) - set(self.retired):
            raise CampaignError(
                "référentiel", [Problem("CAM-004", "", tr("cet indicateur n'est pas dans le référentiel."))]
            )
        if id not in self.retiring:
            self.retiring.add(id)
            return
        because = self.reasons.get(id, "").strip()
        if not because:
            raise CampaignError(
                "référentiel",
                [
                    Problem(
                        "CAM-005",
                        f"because@{id}",
                        tr("dites pourquoi vous ne gardez pas cet indicateur."),
                        tr("Une phrase suffit : elle sera lue par vos partenaires."),
                    )
                ],
            )
        targets = {name: kept for name, kept in self.overlay.targets.items() if name != id}
        self._change(retire=(*self.overlay.retire, Retired(id=id, because=because)), targets=targets)
        self.retiring.discard(id)
        self.opened.discard(id)

    def restore(self, id: str) -> None:
        """Keep after all an indicator that was retired, or about to be."""
        self.retiring.discard(id)
        if id in self.retired:
            places = self._above()[id]
            self._change(retire=tuple(item for item in self.overlay.retire if item.id not in places))

    def toggle_adding(self, _: str = "") -> None:
        """Show or hide the form of a new indicator."""
        self.adding = not self.adding

    def _draft(self, name: str, value: str) -> None:
        self.new[name] = value

    def verdict(self) -> tuple[str, str]:
        """What is thought of the formula as it is typed: ``ok``, ``error`` or ``info``, and why."""
        if self.new["mode"] != "formule":
            return "info", ""
        text = self.new["formula"]
        if not text.strip():
            return "info", tr("Écrivez par exemple : heures_parcours / salaries_parcours")
        try:
            formula = Formula(text)
            known = _measures(self.work.referential)
            for name in formula.variables:
                if name not in known:
                    raise FormulaError(
                        "FOR-004",
                        tr("« {name} » n'est pas une donnée du référentiel.", name=name),
                        hint=did_you_mean(name, known),
                    )
            found = measure_of(formula.tree, known.__getitem__)
            declared = Unit(self.new["unit"]).measure
        except FormulaError as error:
            return "error", " ".join(filter(None, [error.message, error.hint]))
        except ValueError:
            return "error", tr("L'unité choisie n'est pas dans la liste.")
        if found is not None and found.powers != declared.powers:
            return (
                "error",
                tr(
                    "La formule donne « {found} » ; l'unité choisie est « {label} ».",
                    found=found,
                    label=Unit(self.new["unit"]).label,
                ),
            )
        labels = " ; ".join(
            f"{name} : {self.work.referential.by_id[name].label}" for name in formula.variables
        )
        return "ok", tr("La formule est bien écrite. {labels}", labels=labels)

    def units(self) -> list[str]:
        """The units offered for a new indicator."""
        counted = [thing.id for thing in self.work.base.counted]
        return [*(name for name in ATOMS if name not in ("ratio", "minute")), *counted]

    def add(self, _: str = "") -> None:
        """Add the indicator described by the form."""
        label = self.new["label"].strip()
        if not label:
            raise CampaignError(
                "indicateur",
                [
                    Problem(
                        "CAM-005",
                        "new.label",
                        tr("donnez un nom à votre indicateur."),
                        tr("Par exemple : Repas servis."),
                    )
                ],
            )
        indicator, variables = self._made(label)
        add = self.overlay.add
        self._change(
            add=add.changed(indicators=(*add.indicators, indicator), variables=(*add.variables, *variables))
        )
        self.new, self.adding = dict(_EMPTY), False
        self.toast = tr("« {label} » est ajouté à votre référentiel.", label=label)

    def _made(self, label: str) -> tuple[AddedIndicator, tuple[Variable, ...]]:
        contributions = [
            c.id for d in self.work.referential.dimensions if d.id == self.tab for c in d.contributions
        ]
        under = self.new["under"] if self.new["under"] in contributions else next(iter(contributions), "")
        taken = set(self.work.base.by_id) | set(self.added) | {v.id for v in self.overlay.add.variables}
        mode = self.new["mode"]
        unit = "ratio" if mode == "part" else self.new["unit"]
        if unit not in (*self.units(), "ratio"):
            raise CampaignError(
                "indicateur", [Problem("CAM-005", "new.unit", tr("cette unité n'est pas dans la liste."))]
            )
        if mode == "nombre":
            formula = slug(f"nombre {label}", taken)
            taken.add(formula)
        elif mode == "part":
            formula = self._share()
        else:
            tone, text = self.verdict()
            if tone != "ok":
                raise CampaignError("formule", [Problem("FOR-001", "new.formula", text)])
            formula = self.new["formula"].strip()
        fields = {
            "id": slug(label, taken),
            "label": label,
            "kind": self.new["kind"],
            "unit": unit,
            "formula": formula,
            "under": under,
        }
        question = self.new["question"].strip() or tr(
            "{label} : quel est le nombre de l'année ?", label=label
        )
        try:
            asked = (_variable(formula, label, unit, question),) if mode == "nombre" else ()
            return AddedIndicator.model_validate(fields), asked
        except ValidationError:
            raise CampaignError(
                "indicateur", [Problem("CAM-005", "", tr("un des champs n'est pas rempli comme il faut."))]
            ) from None

    def _share(self) -> str:
        top, bottom = self.new["top"], self.new["bottom"]
        known = {variable.id for variable in self.work.referential.variables}
        if top not in known or bottom not in known or top == bottom:
            problem = Problem(
                "CAM-005", "new.top", tr("choisissez deux données différentes : la partie et le tout.")
            )
            raise CampaignError("indicateur", [problem])
        return f"{top} / {bottom}"

    def remove_added(self, id: str) -> None:
        """Take away one of the enterprise's own indicators, and the data only it used."""
        add = self.overlay.add
        indicators = tuple(indicator for indicator in add.indicators if indicator.id != id)
        used = {name for indicator in indicators for name in indicator.compute.variables}
        variables = tuple(variable for variable in add.variables if variable.id in used)
        gone = {id, *(v.id for v in add.variables if v.id not in used)}
        keep = {name: value for name, value in self.overlay.relabel.items() if name not in gone}
        targets = {name: value for name, value in self.overlay.targets.items() if name not in gone}
        self._change(
            add=add.changed(indicators=indicators, variables=variables), relabel=keep, targets=targets
        )


def time_budget(referential: Referential) -> int:
    """Minutes that a year's collection usually takes."""
    usual = {source.id: source.minutes for source in referential.sources}
    return sum(
        v.minutes if v.minutes is not None else usual.get(v.source or "", 5) for v in referential.variables
    )


def _variable(name: str, label: str, unit: str, question: str) -> Variable:
    whole = unit in ("personne", "nombre") or unit not in ATOMS
    kind = VariableType.ENTIER if whole else VariableType.MONTANT if unit == "EUR" else VariableType.DECIMAL
    return Variable(id=name, label=label, unit=Unit(unit), type=kind, question=question)


def _measures(referential: Referential) -> dict[str, Any]:
    parts: tuple[Any, ...] = (*referential.variables, *referential.parameters, *referential.indicators)
    return {part.id: part.unit.measure for part in parts}
