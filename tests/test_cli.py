"""Each command does what its help says, and says in French what it cannot do."""

from __future__ import annotations

import re
import shutil

import pandas as pd
import pytest
from apps.road import BASE, loaded, url
from typer.testing import CliRunner

from coorace_eval.cli import app

__all__ = ["loaded", "url"]

COMMANDS = [
    "check", "diff", "evaluate", "explain", "report", "reports", "word-template", "words", "import-example",
    "serve", "schema", "errors",
]  # fmt: skip
CODE = re.compile(r"\[[A-Z]{3}-\d{3}\]")


def run(*words: object, code: int = 0) -> str:
    """Run a command; it leaves with ``code`` and shows no traceback."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def refused(*words: object) -> str:
    """Run a command that must fail, with a coded message."""
    said = run(*words, code=1)
    assert CODE.search(said), said
    return said


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_with_an_example(command):
    assert f"Exemple : coorace-eval {command}" in " ".join(run(command, "--help").split())


def test_without_a_word_it_says_what_it_can_do():
    said = CliRunner().invoke(app, ["--help"]).output
    assert all(command in said for command in COMMANDS)
    assert "coorace-eval 0." in run("--version")


def test_check_finds_nothing_in_the_proposal_and_says_what_is_wrong_elsewhere(tmp_path):
    assert "Rien à corriger" in run("check", BASE)
    bad = tmp_path / "bad.yaml"
    bad.write_text("referential: x\nqestion: y\n", "utf-8")
    assert "bad.yaml" in refused("check", bad)
    assert "[YAM-001]" in refused("check", tmp_path / "absent.yaml")
    (tmp_path / "empty").mkdir()
    assert "aucun fichier YAML" in refused("check", tmp_path / "empty")


def test_diff_leaves_with_2_where_something_changed(tmp_path):
    assert "Aucun changement." in run("diff", BASE, BASE)
    other = tmp_path / "base.yaml"
    shutil.copy(BASE, other)
    other.write_text(
        other.read_text("utf-8").replace("label: Taux de sorties dynamiques", "label: Autre nom"), "utf-8"
    )
    assert "taux_sorties_dynamiques" in run("diff", BASE, other, code=2)
    refused("diff", BASE, tmp_path / "absent.yaml")


def test_evaluate_shows_or_writes_the_indicators(url, tmp_path):
    assert "Taux de sorties" in run("evaluate", "ateliers_du_marais", "--year", 2025, "--store", url)
    file = tmp_path / "résultats.csv"
    run("evaluate", "ateliers_du_marais", "--csv", file, "--store", url)
    table = pd.read_csv(file)
    assert set(table["year"]) == {2023, 2024, 2025} and {"indicator", "value", "unit"} <= set(table)
    assert "[RAP-001]" in refused(
        "evaluate", "ateliers_du_marais", "--csv", tmp_path / "nulle" / "part.csv", "--store", url
    )


def test_a_cell_of_a_csv_is_never_a_formula(url, tmp_path):
    from dataclasses import replace

    from coorace_eval.referential import Overlay
    from coorace_eval.storage import open_store

    hostile = {
        "nombre_salaries_parcours": "=HYPERLINK(1)",
        "part_minima_sociaux": "@SUM(1)",
        "etp_insertion": "+1",
        "part_chomage_tres_longue_duree": "-1",
    }
    with open_store(url) as store:
        campaign = store.campaign("ateliers_du_marais", 2025)
        overlay = Overlay(
            overlay="ateliers_du_marais", extends=campaign.referential, label="x", relabel=hostile
        )
        store.save_campaign(replace(campaign, overlay=overlay))
    run("evaluate", "ateliers_du_marais", "--year", 2025, "--csv", tmp_path / "r.csv", "--store", url)
    table = pd.read_csv(tmp_path / "r.csv", dtype=str)
    assert {f"'{label}" for label in hostile.values()} <= set(table["label"])
    assert not table["label"].str.match(r"[=+@-]").any()


def test_explain_gives_formula_figures_and_sources(url):
    said = run("explain", "ateliers_du_marais", "taux_sorties_dynamiques", "--year", 2025, "--store", url)
    assert "sorties_examinees" in said
    near = refused("explain", "ateliers_du_marais", "taux_sorties_dynamique", "--year", 2025, "--store", url)
    assert "Vouliez-vous dire « taux_sorties_dynamiques »" in near.replace("\u00a0", " ")


def test_report_writes_a_pdf_or_says_why_not(url, tmp_path):
    file = tmp_path / "restitution.pdf"
    assert "est écrit" in run("report", "ateliers_du_marais", "--year", 2025, "--to", file, "--store", url)
    assert file.read_bytes().startswith(b"%PDF")
    assert "[RAP-001]" in refused(
        "report", "ateliers_du_marais", "--year", 2025, "--to", tmp_path / "x" / "y.pdf", "--store", url
    )
    assert "[CAM-003]" in refused(
        "report", "ateliers_du_marais", "--year", 1999, "--to", file, "--store", url
    )
    assert "Finissez-le par .pdf" in refused(
        "report", "ateliers_du_marais", "--year", 2025, "--to", tmp_path / "restitution", "--store", url
    )
    page = tmp_path / "restitution.html"
    assert "est écrit" in run("report", "ateliers_du_marais", "--year", 2025, "--to", page, "--store", url)
    assert page.read_bytes().startswith(b"<!doctype html>")


def test_an_unknown_enterprise_is_offered_the_nearest(url):
    said = refused("evaluate", "atelier_du_marais", "--store", url)
    assert "Vouliez-vous dire « ateliers_du_marais »" in said.replace("\u00a0", " ")


def test_import_example_twice_changes_nothing(tmp_path):
    store = f"sqlite:///{tmp_path / 'a.db'}"
    assert "36 campagnes ajoutées" in run("import-example", "--store", store)
    assert "Tout était déjà là" in run("import-example", "--store", store)
    assert "[EXE-001]" in refused("import-example", "--folder", tmp_path, "--store", store)


def test_a_store_that_cannot_be_used_is_said(tmp_path, url):
    import sqlite3

    assert "[STO-004]" in refused("evaluate", "x", "--store", f"sqlite:///{tmp_path / 'absent.db'}")
    (tmp_path / "text.db").write_text("ceci n'est pas une base" * 100, "utf-8")
    assert "[STO-004]" in refused("evaluate", "x", "--store", f"sqlite:///{tmp_path / 'text.db'}")
    assert "[STO-004]" in refused("evaluate", "x", "--store", "mysql://x/y")
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE coorace_eval_version SET version_num = '9999'")
    assert "[STO-003]" in refused("evaluate", "ateliers_du_marais", "--store", url)
    assert "[STO-003]" in refused("serve", "--store", url)


def test_serve_says_what_is_missing_before_it_listens(tmp_path, url):
    assert "[SRV-002]" in refused("serve", "--store", url, "--notebook", tmp_path / "absent.ipynb")
    assert "[YAM-001]" in refused("serve", "--store", url, "--referential", tmp_path / "absent.yaml")


def test_schema_and_errors_are_written():
    assert run("schema").startswith("{") and run("schema", "--overlay").startswith("{")
    assert "| REF-001 |" in run("errors")
