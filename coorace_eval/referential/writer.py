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
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110))


class _Dumper(yaml.SafeDumper):
    """Writes the rare line breaks of Unicode as escapes: left bare, YAML would fold them with spaces."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if any(sign in text for sign in "\x85\u2028\u2029") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def json_schema(model: type[Part] = Referential) -> dict[str, Any]:
    """The JSON Schema that text editors use to complete and check a file while it is typed."""
    schema = model.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def json_schema_text(model: type[Part] = Referential) -> str:
    """The schema as a file's text, stable from one run to the next."""
    return json.dumps(json_schema(model), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
