"""The référentiel as data: read, checked, adapted, compared."""

from coorace_eval.referential.checks import check
from coorace_eval.referential.diff import Change, diff
from coorace_eval.referential.fingerprint import fingerprint
from coorace_eval.referential.formula import Formula, FormulaError
from coorace_eval.referential.model import (
    Contribution,
    Dimension,
    Indicator,
    Parameter,
    Referential,
    Retired,
    Rule,
    Target,
    Variable,
)
from coorace_eval.referential.overlay import Overlay, apply
from coorace_eval.referential.reader import parse_overlay, parse_referential, read_overlay, read_referential
from coorace_eval.referential.units import Unit
from coorace_eval.referential.writer import json_schema, to_yaml

__all__ = [
    "Change",
    "Contribution",
    "Dimension",
    "Formula",
    "FormulaError",
    "Indicator",
    "Overlay",
    "Parameter",
    "Referential",
    "Retired",
    "Rule",
    "Target",
    "Unit",
    "Variable",
    "apply",
    "check",
    "diff",
    "fingerprint",
    "json_schema",
    "parse_overlay",
    "parse_referential",
    "read_overlay",
    "read_referential",
    "to_yaml",
]
