"""Collecte: what is typed is read, kept at once, and never lost."""

from __future__ import annotations

import pytest
from apps.road import CLOSED, DONE, OPEN, base, content, loaded, said, step_of, url

from coorace_eval.campaigns.model import State
from coorace_eval.problems import CampaignError
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import ValueStatus

__all__ = ["base", "loaded", "step_of", "url"]


@pytest.fixture
def step(step_of):
    return step_of(State.COLLECTE)


@pytest.fixture
def kept(url):
    """What the store holds for a figure of the open campaign."""

    def read(variable: str, part: str = ""):
        with open_store(url) as store:
            answers = {(a.variable, a.part): a for a in store.answer_list(*OPEN)}
        return answers.get((variable, part))

    return read


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1 234", 1234), ("1\u202f234", 1234), ("0", 0), (" 12 ", 12), ("12,0", 12), ("1.234", 1.234)],
)
def test_a_number_is_read_as_french_people_write_it(step, kept, typed, value):
    step.set("heures_travaillees_total", typed)
    assert not step.faults
    assert kept("heures_travaillees_total").value == value
    assert kept("heures_travaillees_total").author == "Camille"
    assert "heures_travaillees_total" in step.saved_fields
    assert step.saved.startswith("Enregistré à ")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("-1", "La valeur ne peut pas être inférieure à 0."),
        ("1 234,5", "La valeur attendue est un nombre entier."),
        ("12,5 %", "est un pourcentage. Écrivez le nombre lui-même"),
        ("beaucoup", "« beaucoup » n'est pas un nombre. Écrivez un nombre"),
        ("=A1", "ressemble à une formule. Écrivez le résultat du calcul."),
        ("12+3", "ressemble à une formule."),
        ("1e400", "n'est pas un nombre"),
        ("9" * 40, "La valeur ne peut pas dépasser"),
        ("NaN", "n'est pas un nombre"),
        ("<b>douze</b>", "n'est pas un nombre"),
    ],
)
def test_what_is_no_answer_stays_on_screen_with_its_remedy(step, url, typed, words):
    before = content(url)
    step.set("salaries_parcours", typed)
    fault = step.faults["salaries_parcours"]
    assert words in fault.text
    assert fault.typed == typed
    assert content(url) == before
    step.set("salaries_parcours", "410")
    assert not step.faults


def test_nothing_typed_is_missing_and_not_zero(step, kept):
    step.set("salaries_parcours", "")
    assert kept("salaries_parcours").value is None
    assert kept("salaries_parcours").status is ValueStatus.NON_RENSEIGNE
    assert step.status("salaries_parcours") is ValueStatus.NON_RENSEIGNE


def test_a_status_takes_the_figure_away_and_another_figure_brings_it_back(step, kept):
    for status in ("non_pertinent", "non_disponible", "confidentiel"):
        step.set_status("salaries_parcours", status)
        assert (kept("salaries_parcours").value, kept("salaries_parcours").status) == (None, status)
    step.set_status("salaries_parcours", "estime")
    step.set("salaries_parcours", "400")
    assert (kept("salaries_parcours").value, kept("salaries_parcours").status) == (400, "estime")
    step.set_status("salaries_parcours", "renseigne")
    assert (kept("salaries_parcours").value, kept("salaries_parcours").status) == (400, "renseigne")
    with pytest.raises(CampaignError, match="CAM-004"):
        step.set_status("salaries_parcours", "denominateur_nul")


def test_every_change_is_in_the_history(step, url):
    for typed in ("400", "401", "401"):
        step.set("salaries_parcours", typed)
    with open_store(url) as store:
        history = store.history(*OPEN, "salaries_parcours").query("part == ''")
    assert history["value"].tolist()[-2:] == [400, 401]
    assert history["old_value"].tolist()[-2:] == [403, 400]


def test_parts_and_notes_are_kept_beside_the_figure(step, kept):
    step.set("salaries_parcours|sexe:F", "220")
    step.set("salaries_parcours#source", "Registre du personnel")
    step.set("salaries_parcours#comment", "  Compté deux fois.  ")
    assert kept("salaries_parcours", "sexe:F").value == 220
    assert kept("salaries_parcours").source == "Registre du personnel"
    assert kept("salaries_parcours").comment == "Compté deux fois."
    assert kept("salaries_parcours").value == 403
    step.set("salaries_parcours", "404")
    assert kept("salaries_parcours").comment == "Compté deux fois."


def test_two_conventionnements_detail_the_hours_that_weigh_them(step, kept):
    assert {"type:AI", "type:ETTI"} <= {
        part for part, _ in step.parts(step.work.referential.variable("heures_parcours"))
    }
    step.set("heures_parcours|type:AI", "60 000,5")
    assert kept("heures_parcours", "type:AI").value == 60000.5


def test_parts_that_exceed_the_total_are_said_at_once(step):
    step.set("salaries_parcours|sexe:F", "300")
    assert any("salaries_parcours" in violation.variables for violation in step.blockers)


def test_the_collection_is_closed_only_when_nothing_contradicts_it(step, url):
    step.set("parcours_detld", "500")
    assert any(violation.rule == "chomage_parmi_parcours" for violation in step.broken("parcours_detld"))
    step.act("close_collection")
    assert "sont plus nombreuses que les personnes en parcours" in said(step)
    assert step.work.campaign.state is State.COLLECTE
    step.set("parcours_detld|sexe:F", "55")
    step.set("parcours_detld", "103")
    step.act("close_collection")
    assert not step.faults
    with open_store(url) as store:
        assert store.campaign(*OPEN).state is State.ANALYSE


def test_the_collection_is_not_closed_over_something_typed_and_refused(step):
    step.set("parcours_detld", "cent")
    step.act("close_collection")
    assert "« cent »" in said(step)
    assert step.faults["parcours_detld"].typed == "cent"
    assert step.work.campaign.state is State.COLLECTE


def test_a_rule_broken_in_another_tab_is_seen_at_closing(step, step_of):
    step_of(State.COLLECTE).set("parcours_detld", "500")
    step.act("close_collection")
    assert step.work.campaign.state is State.COLLECTE


def test_someone_else_s_change_is_shown_before_it_is_overwritten(step, step_of, kept):
    step_of(State.COLLECTE, author="Dominique").set("salaries_parcours", "500")
    step.set("salaries_parcours", "410")
    fault = step.faults["salaries_parcours"]
    assert "Dominique a écrit « 500 » entre-temps." in fault.text
    assert fault.typed == "410"
    assert kept("salaries_parcours").value == 500
    assert step.disputed == {"salaries_parcours": "410"}

    step.act("take_mine", "salaries_parcours")
    assert not step.faults and not step.disputed
    assert (kept("salaries_parcours").value, kept("salaries_parcours").author) == (410, "Camille")


def test_one_may_keep_what_someone_else_wrote(step, step_of, kept):
    step_of(State.COLLECTE, author="Dominique").set("salaries_parcours#comment", "Vérifié.")
    step.set("salaries_parcours#comment", "À vérifier")
    assert set(step.disputed) == {"salaries_parcours#comment"}
    step.act("take_theirs", "salaries_parcours#comment")
    assert not step.faults
    assert kept("salaries_parcours").comment == step.answer("salaries_parcours").comment == "Vérifié."


def test_one_s_own_writing_does_not_hide_what_someone_else_wrote_elsewhere(step, step_of, kept):
    step_of(State.COLLECTE, author="Dominique").set("parcours_th", "50")
    step.set("salaries_parcours", "410")
    step.set("parcours_th", "49")
    assert "Dominique" in step.faults["parcours_th"].text
    assert kept("parcours_th").value == 50


def test_a_first_answer_does_not_overwrite_someone_else_s(step, step_of, kept):
    empty = next(
        v.id for v in step.work.referential.variables if step.answer(v.id) is None and v.type == "entier"
    )
    step_of(State.COLLECTE, author="Dominique").set(empty, "3")
    step.set(empty, "4")
    assert "Dominique a écrit « 3 »" in step.faults[empty].text
    assert kept(empty).value == 3


def test_taking_is_offered_only_where_there_is_something_to_take(step, url):
    before = content(url)
    for action in ("take_mine", "take_theirs"):
        step.act(action, "salaries_parcours")
        assert "CAM-004" in said(step)
    assert content(url) == before


@pytest.mark.parametrize(
    ("campaign", "words"), [(DONE, "La collecte est close"), (CLOSED, "est close : elle se lit")]
)
def test_nothing_changes_once_the_collection_is_over(step_of, url, campaign, words):
    step, before = step_of(State.COLLECTE, campaign), content(url)
    step.set("salaries_parcours", "1")
    step.set("salaries_parcours#source", "x")
    step.set_status("salaries_parcours", "non_pertinent")
    step.act("close_collection")
    assert words in step.locked and words in said(step)
    assert content(url) == before


def test_the_progress_counts_every_status(step):
    done, asked = step.progress()
    empty = next(v.id for v in step.work.referential.variables if step.answer(v.id) is None)
    step.set_status(empty, "non_disponible")
    assert step.progress() == (done + 1, asked)
    assert sum(step.progress(section.id)[1] for section in step.sections) == asked


def test_a_text_that_is_too_long_stays_where_it_was_typed(step, kept):
    step.set("salaries_parcours#comment", "x" * 5001)
    assert "la limite est de 5000" in step.faults["salaries_parcours#comment"].text.replace("\u202f", "")
    with pytest.raises(CampaignError, match="CAM-004"):
        step.set("salaries_parcours#comment", "x" * 100_001)
    assert kept("salaries_parcours").comment == ""
