"""What a researcher types works as it is written, and costs nothing until it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest
from apps.road import ROOT, loaded, url

import coorace_eval as ce

__all__ = ["loaded", "url"]


def test_the_snippet_of_the_architecture_works(url, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    base = ce.read_referential("referentials/utilite_sociale/base.yaml")
    ours = ce.apply(base, ce.read_overlay("examples/federation/ateliers_du_marais/overlay.yaml"))
    with ce.open_store(url) as store:
        answers = store.answers("ateliers_du_marais")
        network = store.answers(year=2025)
    results = ce.evaluate(ours, answers)
    assert len(results.gaps()) > 0
    assert "sorties_examinees" in str(results.explain("taux_sorties_dynamiques", year=2025))
    assert ce.charts.trend(results, "taux_sorties_dynamiques").to_dict()
    ce.report(results, year=2025).to_pdf(tmp_path / "restitution_2025.pdf")
    assert (tmp_path / "restitution_2025.pdf").read_bytes().startswith(b"%PDF")
    table = ce.aggregate(base, network, by="region").protect(min_units=3, max_share=0.85).table()
    assert set(table["hidden"]) <= {"", "fréquence", "dominance"} and len(table) > 0


def test_importing_the_package_loads_nothing_heavy():
    heavy = [
        "pandas",
        "numpy",
        "altair",
        "ipywidgets",
        "anywidget",
        "sqlalchemy",
        "pydantic",
        "typst",
        "vl_convert",
    ]
    said = subprocess.run(
        [sys.executable, "-c", f"import coorace_eval, sys; print([m for m in {heavy} if m in sys.modules])"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == "[]"


def test_every_name_of_the_public_face_is_there():
    for name in ce.__all__:
        assert getattr(ce, name) is not None
    with pytest.raises(AttributeError, match="inconnu"):
        _ = ce.inconnu
