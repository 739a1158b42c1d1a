"""The identity of a content: two référentiels with one fingerprint say the same thing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import yaml

from coorace_eval.problems import Problem, ReferentialError
from coorace_eval.referential.model import Part, Referential
from coorace_eval.referential.text import load_file, parse_text

VERSIONS = "versions.yaml"


def canonical(part: Part) -> str:
    """A part as JSON with sorted keys, without what keeps its default."""
    data = part.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(referential: Referential) -> str:
    """SHA-256 of all that a référentiel says, its version number apart, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(referential.changed(version="0000.0")).encode()).hexdigest()


def check_version(referential: Referential, folder: Path) -> list[Problem]:
    """Whether the content is the one recorded for its version in ``versions.yaml`` (decision 4)."""
    recorded = recorded_versions(folder).get(referential.reference)
    where = f"version « {referential.version} »"
    if recorded is None:
        return [Problem("REF-014", where, f"« {referential.reference} » n'est pas dans {VERSIONS}.")]
    if recorded != fingerprint(referential):
        return [Problem("REF-013", where, "le contenu n'est plus celui qui a été publié sous ce numéro.")]
    return []


def recorded_versions(folder: Path) -> dict[str, str]:
    """The fingerprint recorded for each ``id@version`` of a folder."""
    path = folder / VERSIONS
    if not path.exists():
        return {}
    data, _ = parse_text(load_file(path), path.name)
    if not isinstance(data, dict) or not all(isinstance(print_, str) for print_ in data.values()):
        problem = Problem("REF-005", "", "ce fichier attend une ligne « version: empreinte » par version.")
        raise ReferentialError(path.name, [problem])
    return data


def record_version(referential: Referential, folder: Path) -> None:
    """Record a new version; one already recorded with another content is left as it was."""
    versions = recorded_versions(folder)
    versions.setdefault(referential.reference, fingerprint(referential))
    head = "# Empreinte du contenu de chaque version publiée : un contenu changé demande un nouveau numéro.\n"
    (folder / VERSIONS).write_text(head + yaml.safe_dump(versions, sort_keys=True), encoding="utf-8")
