"""Write a référentiel or an overlay as the YAML that a référent-e reads."""

from __future__ import annotations

import json
from typing import Any

import yaml

from coorace_eval.referential.model import Part, Referential
from coorace_eval.referential.overlay import Overlay


def to_yaml(part: Referential | Overlay) -> str:
    """YAML that reads back to an equal value; what keeps its default is left out."""
    data = part.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)


def json_schema(model: type[Part] = Referential) -> dict[str, Any]:
    """The JSON Schema that text editors use to complete and check a file while it is typed."""
    schema = model.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def json_schema_text(model: type[Part] = Referential) -> str:
    """The schema as a file's text, stable from one run to the next."""
    return json.dumps(json_schema(model), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
