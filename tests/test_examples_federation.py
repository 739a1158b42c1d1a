"""The invented federation holds together, comes out the same each time, and loads once."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from coorace_eval.campaigns import Answer, Answers, State
from coorace_eval.examples import ExampleFederation, example_folder, load_examples, read_federation
from coorace_eval.indicators import Results, check_answers, evaluate
from coorace_eval.problems import CampaignError, CooraceError
from coorace_eval.referential import Referential, apply
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import EnterpriseKind, ValueStatus

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "examples" / "federation"

ROWS = "rives_emploi/answers_2024.csv"
WORDS = "rives_emploi/story_2025.yaml"
OVERLAY = "ateliers_du_marais/overlay.yaml"

# Members named in the federation's report of 2014: none of them stands in the example.
REAL = (
    "archer", "air travail temporaire", "ds emploi", "la passerelle", "proxim", "apsv", "unis vers", "tifaki",
    "lancement", "airservices", "alvéole", "ladomifa", "appel emploi", "éclair", "ethic", "inter relais",
    "l'entraide", "asac", "mssv", "defii",
)  # fmt: skip


@pytest.fixture(scope="module")
def federation() -> ExampleFederation:
    return read_federation(FOLDER)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    url = f"sqlite:///{tmp_path_factory.mktemp('exemple') / 'coorace.db'}"
    load_examples(url, FOLDER)
    with open_store(url) as store:
        return store.answers()


@pytest.fixture(scope="module")
def results(federation: ExampleFederation, answers: Answers) -> Results:
    return evaluate(federation.referential, answers)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy that a test may spoil; the référentiel stays where it is."""
    place = tmp_path / "federation"
    shutil.copytree(FOLDER, place)
    listed = place / "enterprises.yaml"
    base = ROOT / "referentials" / "utilite_sociale" / "base.yaml"
    text = listed.read_text(encoding="utf-8")
    listed.write_text(
        text.replace("../../referentials/utilite_sociale/base.yaml", str(base)), encoding="utf-8"
    )
    return place


def ours(federation: ExampleFederation, enterprise: str) -> Referential:
    campaign = next(
        c.story.campaign for c in federation.campaigns if c.story.campaign.enterprise == enterprise
    )
    return apply(federation.referential, campaign.overlay) if campaign.overlay else federation.referential


def given(federation: ExampleFederation, enterprise: str, year: int) -> dict[tuple[str, str], Answer]:
    for example in federation.campaigns:
        if (example.story.campaign.enterprise, example.story.campaign.year) == (enterprise, year):
            return {(answer.variable, answer.part): answer for answer in example.answers}
    raise AssertionError(f"{enterprise} {year}")


# What is there


def test_twelve_enterprises_three_years_four_regions(federation: ExampleFederation) -> None:
    assert len(federation.enterprises) == 12
    assert len({enterprise.region for enterprise in federation.enterprises}) == 4
    years = Counter(example.story.campaign.year for example in federation.campaigns)
    assert years == {2023: 12, 2024: 12, 2025: 12}


def test_every_kind_of_the_issue_is_there(federation: ExampleFederation) -> None:
    kinds = {kind for enterprise in federation.enterprises for kind in enterprise.kinds}
    assert {
        EnterpriseKind.AI,
        EnterpriseKind.ACI,
        EnterpriseKind.EI,
        EnterpriseKind.ETTI,
        EnterpriseKind.GES,
    } <= kinds
    assert sum(len(enterprise.kinds) > 1 for enterprise in federation.enterprises) >= 3


def test_the_members_of_the_group_name_it(federation: ExampleFederation) -> None:
    (group,) = [e for e in federation.enterprises if EnterpriseKind.GES in e.kinds]
    assert sum(enterprise.group == group.id for enterprise in federation.enterprises) == 3


def test_campaigns_of_2025_stand_at_every_step(federation: ExampleFederation) -> None:
    states = {
        example.story.campaign.state
        for example in federation.campaigns
        if example.story.campaign.year == 2025
    }
    assert states == set(State)


def test_demonstration_walks_on_from_three_places(federation: ExampleFederation) -> None:
    at = {e.story.campaign.enterprise: e for e in federation.campaigns if e.story.campaign.year == 2025}
    marais, services, fabrique = (
        at[name] for name in ("ateliers_du_marais", "coup_de_main_services", "la_fabrique_des_possibles")
    )
    assert marais.story.campaign.state is State.RESTITUTION
    assert {a.dimension for a in marais.story.appreciations} == {
        d.id for d in ours(federation, "ateliers_du_marais").dimensions
    }
    assert {verbatim.consent for verbatim in marais.story.verbatims} == {True, False}
    assert services.story.campaign.state is State.COLLECTE
    asked = len(ours(federation, "coup_de_main_services").variables)
    assert 0.2 < len({answer.variable for answer in services.answers}) / asked < 0.8
    assert fabrique.story.campaign.state is State.CADRAGE
    assert not fabrique.answers and not fabrique.story.framing


def test_figures_of_the_year_agree_with_what_was_decided_the_year_before(
    federation: ExampleFederation,
) -> None:
    before = next(
        e.story.decisions
        for e in federation.campaigns
        if (e.story.campaign.enterprise, e.story.campaign.year) == ("ateliers_du_marais", 2024)
    )
    now = given(federation, "ateliers_du_marais", 2025)
    assert now["actions_decidees", ""].value == len(before)
    assert now["actions_realisees", ""].value == sum(decision.done for decision in before)


def test_an_enterprise_retires_adds_relabels_and_aims(federation: ExampleFederation) -> None:
    adapted = ours(federation, "ateliers_du_marais")
    assert [item.because for item in adapted.retired] == ["Nous n'accueillons pas de bénévoles."]
    local = next(i for i in adapted.indicators if i.id == "part_sorties_proches")
    assert local.relation is not None and local.relation.to == "taux_sorties_dynamiques"
    assert adapted.dimensions[0].label == "L'emploi, et après"
    assert sum(indicator.target is not None for indicator in adapted.indicators) == 5


def test_no_real_member_is_named() -> None:
    text = "\n".join(path.read_text(encoding="utf-8").lower() for path in FOLDER.rglob("*.yaml"))
    assert not [name for name in REAL if name in text.replace("’", "'")]


# Its figures


def test_one_rule_is_broken_on_purpose_and_no_other(federation: ExampleFederation, answers: Answers) -> None:
    broken = {
        (found.enterprise, found.year, found.rule)
        for enterprise in federation.enterprises
        for found in check_answers(ours(federation, enterprise.id), answers.select(enterprise=enterprise.id))
    }
    assert broken == {("trois_vallees_solidaires", 2025, "solutions_parmi_besoins_mobilite")}


def test_every_status_appears(answers: Answers, results: Results) -> None:
    typed = set(ValueStatus) - {ValueStatus.DENOMINATEUR_NUL}
    assert {status.value for status in typed} <= set(answers.statuses.to_numpy().ravel())
    assert results.statuses.loc[("chemins_interim", 2024), "part_excedent_reinvesti"] == "denominateur_nul"


def test_parts_make_their_total(answers: Answers) -> None:
    sums = answers.parts.groupby(["enterprise", "year", "variable", "axis"])["value"].sum()
    for (enterprise, year, variable, _), added in sums.items():
        assert added == pytest.approx(answers.values.loc[(enterprise, year), variable])


def test_women_and_kinds_are_told_by_several_enterprises(answers: Answers) -> None:
    told = answers.parts.groupby("axis")["enterprise"].nunique()
    assert told["sexe"] >= 5 and told["type"] == 3
    assert set(answers.parts.query("axis == 'sexe'")["member"]) == {"F", "H", "NR"}
    women = answers.parts.query("variable == 'salaries_parcours' and axis == 'sexe' and member == 'F'")
    for row in women.itertuples():
        assert row.value == answers.values.loc[(row.enterprise, row.year), "salaries_parcours_f"]


def test_rates_are_rates_and_work_is_done(federation: ExampleFederation, results: Results) -> None:
    rates = [i.id for i in federation.referential.indicators if i.unit.is_ratio]
    values = results.values[rates].drop(index=("trois_vallees_solidaires", 2025)).to_numpy()
    assert np.nanmin(values) >= 0 and np.nanmax(values) <= 1
    jobs = results.values["etp_insertion"].dropna()
    assert len(jobs) == 30 and jobs.between(5, 100).all()


def test_parts_give_rates_too(results: Results, answers: Answers) -> None:
    wide = answers.parts.query("axis == 'sexe'").pivot_table(
        index=["enterprise", "year", "member"], columns="variable", values="value"
    )
    for part, whole in (
        ("sorties_emploi_durable", "sorties_examinees"),
        ("freins_accompagnes", "freins_reperes"),
        ("freins_ameliores", "freins_accompagnes"),
        ("enq_confiance", "enq_reponses"),
        ("sorties_en_emploi_6mois", "sorties_jointes_6mois"),
        ("mobilite_solutions", "mobilite_besoins"),
        ("parcours_formes", "salaries_parcours"),
    ):
        assert (wide[part].dropna() <= wide[whole].reindex(wide[part].dropna().index)).all(), part


def test_sizes_stand_beside_the_report_of_2014(answers: Answers) -> None:
    year = answers.values.xs(2024, level="year")
    kinds = answers.context.xs(2024, level="year")["kinds"].map(lambda held: held[0])
    people = year["salaries_parcours"].groupby(kinds).mean()
    assert people["AI"] > 5 * people["EI"] and people["AI"] > 3 * people["ACI"]
    assert 0.5 < year["salaries_parcours"].mean() / (68_830 / 523) < 2
    assert 0.5 < year["ca_ht"].mean() / (287e6 / 523) < 2
    public = (year["financements_publics"] / year["produits_total"]).groupby(kinds).mean()
    assert (
        public["AI"] < 0.15 and public["ETTI"] < 0.15 and 0.15 < public["EI"] < 0.35 and public["ACI"] > 0.4
    )


def test_nothing_jumps_from_one_year_to_the_next(answers: Answers) -> None:
    people = answers.values["salaries_parcours"].unstack("year")
    change = (people.diff(axis=1) / people).stack()
    assert change.abs().max() < 0.15


# The script


def test_the_script_writes_the_same_bytes(tmp_path: Path) -> None:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    script = [sys.executable, str(ROOT / "examples" / "make_federation.py"), str(tmp_path)]
    subprocess.run(script, check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path})
    written = {file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*.csv")}
    kept = {file.relative_to(FOLDER): file.read_bytes() for file in FOLDER.rglob("*.csv")}
    assert written == kept


# The loader


def test_loading_twice_adds_nothing_and_keeps_what_people_typed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'coorace.db'}"
    assert load_examples(url, FOLDER) == 36
    with open_store(url) as store:
        store.record("ateliers_du_marais", 2025, Answer("sorties_examinees", 31, ValueStatus.RENSEIGNE))
        store.save_framing("la_fabrique_des_possibles", 2025, {"finalite": "Comprendre"})
        store.save_campaign(store.campaign("la_fabrique_des_possibles", 2025).move(State.REFERENTIEL))
        count = len(store.answer_list("rives_emploi", 2024))
    assert load_examples(url, FOLDER) == 0
    with open_store(url) as store:
        assert store.answers("ateliers_du_marais", 2025).values["sorties_examinees"].item() == 31
        assert store.framing("la_fabrique_des_possibles", 2025) == {"finalite": "Comprendre"}
        assert store.campaign("la_fabrique_des_possibles", 2025).state is State.REFERENTIEL
        assert len(store.answer_list("rives_emploi", 2024)) == count
        assert len(store.history("rives_emploi", 2024)) == count


def test_a_campaign_reads_back_as_its_files_tell_it(tmp_path: Path, federation: ExampleFederation) -> None:
    url = f"sqlite:///{tmp_path / 'coorace.db'}"
    load_examples(url, FOLDER)
    with open_store(url) as store:
        story = store.story("ateliers_du_marais", 2025)
        assert store.referential(story.campaign.referential) == federation.referential
    told = next(e.story for e in federation.campaigns if e.story.campaign == story.campaign)
    assert story.framing == told.framing and story.cards == told.cards
    assert story.verbatims == told.verbatims and story.decisions == told.decisions
    assert len(story.previous_appreciations) == 6 and len(story.previous_decisions) == 5


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (ROWS, "parcours_detld,,", "parcours_deltd,,", ["EXE-002", "parcours_detld", "ligne"]),
        (ROWS, "sexe:F", "sexe:X", ["EXE-002", "sexe:X"]),
        (ROWS, "renseigne,", "renseigné,", ["EXE-002", "renseigné"]),
        (ROWS, "variable,part", "variable;part", ["EXE-002", "ligne 1"]),
        (WORDS, "level: bien_engage", "level: parfait", ["REF-003", "rives_emploi"]),
        (WORDS, "dimension: lien_social", "dimension: lien_sociale", ["REF-008", "lien_social »"]),
        (WORDS, "finalite:", "finalites:", ["REF-008", "« finalite »"]),
        (WORDS, "    consent: true", "    consentement: true", ["REF-001", "consent"]),
        ("enterprises.yaml", "kinds: [GES]", "kinds: [GSE]", ["REF-003", "kinds"]),
        ("enterprises.yaml", "2025: close", "2025: fini", ["REF-003", "campaigns"]),
        ("enterprises.yaml", "id: rives_emploi", "id: lumen_proprete", ["REF-007", "lumen_proprete"]),
        (
            "enterprises.yaml",
            "group: groupe_rives",
            "group: group_rives",
            ["REF-008", "groupe_rives_et_chemins »"],
        ),
        (OVERLAY, "id: total_heures_benevolat", "id: benevoles", ["OVL-001", "overlay.yaml"]),
    ],
)
def test_a_spoilt_file_says_where_and_writes_nothing(
    folder: Path, tmp_path: Path, file: str, old: str, new: str, words: list[str]
) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CooraceError) as caught:
        load_examples(f"sqlite:///{tmp_path / 'coorace.db'}", folder)
    assert not [word for word in words if word not in str(caught.value)], str(caught.value)
    assert not (tmp_path / "coorace.db").exists()


def test_problems_of_several_files_come_together(folder: Path) -> None:
    for year in (2023, 2024):
        path = folder / "rives_emploi" / f"answers_{year}.csv"
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        rows[1][2] = "beaucoup"
        path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), encoding="utf-8")
    with pytest.raises(CampaignError) as caught:
        read_federation(folder)
    assert [problem.code for problem in caught.value.problems] == ["REP-001", "REP-001"]
    assert [problem.line for problem in caught.value.problems] == [2, 2]


def test_a_folder_that_is_not_there_is_said_in_french(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="EXE-001.*enterprises.yaml"):
        example_folder(tmp_path)


def test_the_project_finds_its_own_example(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert (example_folder() / "LISEZMOI.md").is_file()
    assert example_folder("examples/federation") == example_folder()
