"""Units of measure: read as text, compared as dimensions.

A unit is written as atoms joined by ``.`` and ``/``: ``personne``, ``EUR/heure``, ``kWh/heure``.
``ratio`` and ``nombre`` have no dimension. Euros of two price years (``EUR_2014``, ``EUR_2015``)
are two dimensions, so that they never add (decision 5 of the architecture).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from coorace_eval.language import mark, tr


class Atom(NamedTuple):
    """One unit that stands alone: the dimension it measures, its size, its label."""

    dimension: str
    scale: float
    label: str


ATOMS = {
    "personne": Atom("personne", 1.0, mark("personnes")),
    "heure": Atom("duree", 1.0, "h"),
    "minute": Atom("duree", 1 / 60, "min"),
    "jour": Atom("jour", 1.0, mark("jours")),
    "EUR": Atom("EUR", 1.0, "€"),
    "ETP": Atom("ETP", 1.0, mark("ETP")),
    "kg": Atom("masse", 1.0, "kg"),
    "t": Atom("masse", 1000.0, "t"),
    "kWh": Atom("energie", 1.0, "kWh"),
    "m2": Atom("surface", 1.0, "m²"),
    "ha": Atom("surface", 10_000.0, "ha"),
    "km": Atom("longueur", 1.0, "km"),
    "litre": Atom("volume", 1.0, "L"),
    "m3": Atom("volume", 1000.0, "m³"),
    "ratio": Atom("", 1.0, "%"),
    "nombre": Atom("", 1.0, ""),
}
_WORDS = frozenset({"personnes", "jours", "ETP"})
"""The labels that are words; signs are the same in every language."""
_UNIT = re.compile(r"[A-Za-z][A-Za-z0-9_]*([./][A-Za-z][A-Za-z0-9_]*)*")
_PRICE_YEAR = re.compile(r"^EUR_((?:19|20)[0-9]{2})$")


class Measure(NamedTuple):
    """What a quantity measures: exponents by dimension, and its size in base units.

    ``scale`` is the decimal logarithm of the size, so that no product of units overflows.
    """

    powers: tuple[tuple[str, int], ...]
    scale: float = 0.0

    def times(self, other: Measure, sign: int = 1) -> Measure:
        """The measure of a product (``sign=1``) or of a quotient (``sign=-1``)."""
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, 0) + sign * power
        kept = tuple(sorted((name, power) for name, power in powers.items() if power))
        return Measure(kept, self.scale + sign * other.scale)

    def same_size(self, other: Measure) -> bool:
        """Whether one unit of each is the same amount, as kilos and tonnes are not."""
        return math.isclose(self.scale, other.scale, abs_tol=1e-9)

    def __str__(self) -> str:
        if not self.powers:
            return tr("sans unité")
        over = [name for name, power in self.powers for _ in range(power)]
        under = [name for name, power in self.powers for _ in range(-power)]
        return "/".join([".".join(over) or "1", *under])


DIMENSIONLESS = Measure(())


class Unit(str):
    """A unit as written in a référentiel; invalid text raises ``ValueError``.

    >>> Unit("EUR/heure").label, Unit("ratio").is_ratio
    ('€/h', True)
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Unit:
        """Check the writing; whether each atom is known is checked with the référentiel."""
        text = text.strip()
        if len(text) > 80 or not _UNIT.fullmatch(text):
            raise ValueError(f"« {text[:40]} » n'est pas une unité")
        return super().__new__(cls, text)

    @property
    def atoms(self) -> tuple[tuple[str, int], ...]:
        """Each atom with its sign: 1 above the line, -1 below."""
        return _atoms(self)

    @property
    def is_ratio(self) -> bool:
        """Whether the value is a share, shown as a percentage."""
        return self == "ratio"

    @property
    def measure(self) -> Measure:
        """Dimension and scale; an unlisted atom is a count of its own kind."""
        return _measure(self)

    @property
    def label(self) -> str:
        """The unit as people read it beside a figure, such as ``€/h``."""
        return self.label_among({})

    def label_among(self, counted: Mapping[str, str]) -> str:
        """The unit as people read it, where ``counted`` says how its own units of count are read.

        >>> Unit("embauche/ETP").label_among({"embauche": "embauches"})
        'embauches/ETP'
        """
        labels = [(counted.get(name) or label_of(name), sign) for name, sign in self.atoms]
        over = "·".join(label for label, sign in labels if sign == 1)
        under = "".join(f"/{_singular(label)}" for label, sign in labels if sign == -1)
        return over + under

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Read from text and dump as text."""
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(), serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """A pattern for editors."""
        return {
            "type": "string",
            "pattern": r"^[A-Za-z][A-Za-z0-9_]*([./][A-Za-z][A-Za-z0-9_]*)*$",
            "description": "Unité : atomes joints par « . » et « / », par exemple EUR/heure.",
        }


def known_atom(name: str) -> bool:
    """Whether an atom is one of the usual ones or a dated euro."""
    return name in ATOMS or bool(_PRICE_YEAR.match(name))


def label_of(name: str) -> str:
    """The label of one atom; an unlisted count is read as written."""
    if name in ATOMS:
        label = ATOMS[name].label
        return tr(label) if label in _WORDS else label
    if year := _PRICE_YEAR.match(name):
        return f"€ {year[1]}"
    return name.replace("_", " ")


def _singular(label: str) -> str:
    return label[:-1] if len(label) > 3 and label.endswith("s") else label.replace("people", "person")


@lru_cache(maxsize=1024)
def _atoms(text: str) -> tuple[tuple[str, int], ...]:
    over, *under = text.split("/")
    return tuple((name, 1) for name in over.split(".")) + tuple(
        (name, -1) for part in under for name in part.split(".")
    )


@lru_cache(maxsize=1024)
def _measure(text: str) -> Measure:
    total = DIMENSIONLESS
    for name, sign in _atoms(text):
        atom = ATOMS.get(name) or Atom(name, 1.0, name)
        one = Measure(((atom.dimension, 1),) if atom.dimension else (), math.log10(atom.scale))
        total = total.times(one, sign)
    return total
