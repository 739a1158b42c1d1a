from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from coorace_eval.campaigns import (
    Answer,
    AnswerChangedError,
    Appreciation,
    Campaign,
    Card,
    Decision,
    Enterprise,
    State,
    Verbatim,
)
from coorace_eval.problems import CampaignError, ReferentialError, StoreError
from coorace_eval.referential import Overlay, parse_referential
from coorace_eval.storage import open_store
from coorace_eval.vocabulary import Confidence, EnterpriseKind, Level, ValueStatus

RENSEIGNE = ValueStatus.RENSEIGNE
MARAIS = "ateliers_du_marais"
HOSTILE = "x'; DROP TABLE answer; --"

REFERENTIAL = """
id: essai
version: "2026.1"
label: Essai
variables:
  - {id: sorties_total, label: Sorties de l'année, unit: personne}
  - {id: sorties_dynamiques, label: Sorties dynamiques, unit: personne}
dimensions:
  - id: emploi
    label: Vers un emploi durable
    contributions:
      - id: acces
        label: Faciliter l'accès à l'emploi
        indicators:
          - id: taux
            label: Taux de sorties dynamiques
            kind: resultat
            unit: ratio
            formula: sorties_dynamiques / sorties_total
"""


def test_an_enterprise_comes_back_with_its_conventionnements_in_order(url, marais):
    with open_store(url) as store:
        store.save_enterprise(replace(marais, kinds=(EnterpriseKind.AI,)))
        store.save_enterprise(marais)
    with open_store(url) as store:
        assert store.enterprises() == [marais]
        assert store.enterprise(marais.id).kinds == (EnterpriseKind.ACI, EnterpriseKind.AI)


def test_an_unknown_enterprise_is_named_with_the_nearest_one(filled):
    with pytest.raises(StoreError, match="STO-005.*ateliers_du_marais"), open_store(filled) as store:
        store.enterprise("atelier_du_marais")


def test_a_campaign_comes_back_with_its_overlay_and_its_step(filled):
    overlay = Overlay.model_validate(
        {
            "overlay": MARAIS,
            "extends": "utilite_sociale@2026.1",
            "label": "Les Ateliers du Marais",
            "relabel": {"emploi_durable": "L'emploi, et après"},
            "targets": {"taux": {"value": 0.6, "year": 2027}},
            "retire": [{"id": "benevolat", "because": "Nous n'accueillons pas de bénévoles."}],
        }
    )
    ours = Campaign(MARAIS, 2026, "utilite_sociale@2026.1", "abc", State.COLLECTE, "collecte", overlay)
    with open_store(filled) as store:
        store.save_campaign(ours)
    with open_store(filled) as store:
        assert store.campaign(MARAIS, 2026) == ours
        assert [campaign.year for campaign in store.campaigns(MARAIS)] == [2024, 2025, 2026]
        assert [campaign.enterprise for campaign in store.campaigns(year=2026)] == [MARAIS]
        with pytest.raises(CampaignError, match="CAM-003"):
            store.campaign(MARAIS, 1999)


def test_a_campaign_needs_its_enterprise(url):
    with pytest.raises(StoreError, match="STO-005"), open_store(url) as store:
        store.save_campaign(Campaign("personne", 2025, "essai@2026.1", "abc"))


def test_a_referential_is_kept_for_good(url):
    base = parse_referential(REFERENTIAL)
    with open_store(url) as store:
        store.keep_referential(base)
        store.keep_referential(base)
    with open_store(url) as store:
        assert store.referential("essai@2026.1") == base
        with pytest.raises(StoreError, match=r"STO-005.*essai@2026\.1"):
            store.referential("essai@2026.2")
        other = parse_referential(REFERENTIAL.replace("Vers un emploi durable", "Autre chose"))
        with pytest.raises(ReferentialError, match="REF-013"):
            store.keep_referential(other)


def test_an_answer_keeps_its_status_source_author_date_and_comment(filled):
    given = Answer(
        "sorties_total",
        10,
        ValueStatus.ESTIME,
        "sexe:F",
        "asp",
        "Léa",
        datetime(2025, 3, 1, 8, tzinfo=UTC),
        "vu",
    )
    with open_store(filled) as store:
        assert store.record(MARAIS, 2025, given) == given
    with open_store(filled) as store:
        assert store.answer_list(MARAIS, 2025) == [given]


def test_the_same_answer_again_changes_nothing(filled):
    answer = Answer("sorties_total", 10, RENSEIGNE)
    with open_store(filled) as store:
        first = store.record(MARAIS, 2025, answer, author="Léa")
        again = store.record(MARAIS, 2025, answer, author="Ahmed")
        assert again == first
        assert len(store.history(MARAIS, 2025)) == 1


def test_the_history_tells_what_stood_before(filled):
    with open_store(filled) as store:
        store.record(MARAIS, 2025, Answer("sorties_total", 10, RENSEIGNE), author="Léa")
        store.record(MARAIS, 2025, Answer("sorties_total", None, ValueStatus.NON_PERTINENT), author="Ahmed")
        store.record(MARAIS, 2025, Answer("autre", 1, RENSEIGNE))
        history = store.history(MARAIS, 2025, "sorties_total")
    assert history["author"].tolist() == ["Léa", "Ahmed"]
    assert history["status"].tolist() == ["renseigne", "non_pertinent"]
    assert history["old_status"].tolist() == [None, "renseigne"]
    assert history["old_value"].iloc[1] == 10 and np.isnan(history["value"].iloc[1])
    assert history["at"].is_monotonic_increasing


@pytest.mark.parametrize("verb", ["UPDATE answer_history SET author = 'x'", "DELETE FROM answer_history"])
def test_the_database_itself_refuses_to_rewrite_a_history(filled, verb):
    with open_store(filled) as store:
        store.record(MARAIS, 2025, Answer("sorties_total", 10, RENSEIGNE), author="Léa")
    with pytest.raises(StoreError), open_store(filled) as store:
        store._connection.exec_driver_sql(verb)
    with open_store(filled) as store:
        assert store.history(MARAIS, 2025)["author"].tolist() == ["Léa"]


def test_two_people_on_one_figure_do_not_overwrite_each_other(filled):
    with open_store(filled) as store:
        seen = store.record(MARAIS, 2025, Answer("sorties_total", 10, RENSEIGNE), author="Léa")
    with open_store(filled) as store:
        theirs = store.record(
            MARAIS, 2025, Answer("sorties_total", 12, RENSEIGNE), author="Ahmed", seen_at=seen.at
        )
    with (
        pytest.raises(AnswerChangedError, match="REP-013.*Ahmed a écrit « 12 »") as caught,
        open_store(filled) as store,
    ):
        store.record(MARAIS, 2025, Answer("sorties_total", 11, RENSEIGNE), author="Léa", seen_at=seen.at)
    assert caught.value.theirs == theirs
    with open_store(filled) as store:
        same = store.record(MARAIS, 2025, Answer("sorties_total", 12, RENSEIGNE), seen_at=seen.at)
        assert same == theirs
        mine = store.record(
            MARAIS, 2025, Answer("sorties_total", 11, RENSEIGNE), author="Léa", seen_at=theirs.at
        )
        assert mine.value == 11 and mine.at > theirs.at


def test_a_campaign_is_held_as_it_was_last_written(filled):
    with open_store(filled) as store:
        before = store.campaign(MARAIS, 2025)
        with open_store(filled) as other:
            other.save_campaign(before.move(State.EXPLORATION))
        assert store.hold(MARAIS, 2025).state is State.EXPLORATION
        with pytest.raises(CampaignError, match="CAM-003"):
            store.hold(MARAIS, 1999)


def test_a_date_carried_over_from_the_old_answer_does_not_hide_a_change(filled):
    with open_store(filled) as store:
        old = store.record(MARAIS, 2025, Answer("sorties_total", 10, RENSEIGNE))
        new = store.record(MARAIS, 2025, replace(old, value=11))
    assert new.at > old.at


def test_an_enterprise_without_an_answer_has_its_row(filled):
    with open_store(filled) as store:
        answers = store.answers(MARAIS)
    assert answers.values.index.tolist() == [(MARAIS, 2024), (MARAIS, 2025)]
    assert answers.values.shape == (2, 0)
    assert answers.context["kinds"].tolist() == [("ACI", "AI")] * 2


def test_answers_by_enterprise_and_year(filled):
    with open_store(filled) as store:
        store.save_enterprise(Enterprise("b", "B", (), "02", "Picardie"))
        for enterprise, year, value in [(MARAIS, 2024, 1), (MARAIS, 2025, 2), ("b", 2025, 3)]:
            store.record(enterprise, year, Answer("v", value, RENSEIGNE))
        assert store.answers(MARAIS, 2025).values["v"].tolist() == [2.0]
        assert store.answers(year=np.int64(2025)).values["v"].tolist() == [2.0, 3.0]
        assert store.answers().values["v"].tolist() == [1.0, 2.0, 3.0]
        with pytest.raises(StoreError, match="STO-005"):
            store.answers("c")


def test_text_written_by_people_is_data(url):
    hostile = Enterprise(HOSTILE, HOSTILE, (), HOSTILE, HOSTILE)
    answer = Answer(
        HOSTILE, 1.0, RENSEIGNE, f"sexe:{HOSTILE}", HOSTILE, HOSTILE, comment=f"{HOSTILE}\0\ud800%s:x"
    )
    with open_store(url) as store:
        store.save_enterprise(hostile)
        store.save_campaign(Campaign(HOSTILE, 2025, HOSTILE, HOSTILE))
        store.record(HOSTILE, 2025, answer)
        store.record(HOSTILE, 2025, answer)
        store.save_card(HOSTILE, 2025, Card(HOSTILE, HOSTILE, HOSTILE))
        store.remove_card(HOSTILE, 2025, "' OR 1=1 --")
    with open_store(url) as store:
        assert store.enterprise(HOSTILE) == hostile
        kept = store.answer_list(HOSTILE, 2025)[0]
        assert (kept.variable, kept.source, kept.comment) == (HOSTILE, HOSTILE, f"{HOSTILE}?%s:x")
        assert len(store.history(HOSTILE, 2025, HOSTILE)) == 1
        assert store.cards(HOSTILE, 2025) == [Card(HOSTILE, HOSTILE, HOSTILE)]


def test_a_story_gathers_what_was_written_and_last_years_decisions(filled):
    judged = Appreciation("emploi", Level.BIEN_ENGAGE, "Les sorties progressent.", Confidence.PLUTOT_SUR)
    done = Decision("1", "Former les encadrant-e-s", "Léa", "2025-06", True, "emploi")
    said = Verbatim("v1", "emploi", "J'ai repris confiance.", "une salariée", consent=True)
    with open_store(filled) as store:
        store.save_decision(MARAIS, 2024, done)
        store.save_appreciation(MARAIS, 2024, replace(judged, level=Level.PREMIERS_PAS))
        store.save_appreciation(MARAIS, 2025, judged)
        store.save_verbatim(MARAIS, 2025, said)
        store.save_framing(MARAIS, 2025, {"usage": "L'assemblée générale", "finalite": "Faire le point"})
        store.save_framing(MARAIS, 2025, {"finalite": "Décider"})
        for id in ("b", "a"):
            store.save_card(MARAIS, 2025, Card(id, "Un apport", "Ahmed"))
        store.save_card(MARAIS, 2025, Card("b", "Un autre apport", "Ahmed", "emploi"))
    with open_store(filled) as store:
        story = store.story(MARAIS, 2025)
        store.remove_verbatim(MARAIS, 2025, "v1")
        assert store.verbatims(MARAIS, 2025) == []
    assert story.framing == {"finalite": "Décider", "usage": "L'assemblée générale"}
    assert [card.id for card in story.cards] == ["b", "a"] and story.cards[0].dimension == "emploi"
    assert story.appreciations == (judged,) and story.verbatims == (said,) and story.decisions == ()
    assert story.previous_decisions == (done,)
    assert story.previous_appreciations[0].level is Level.PREMIERS_PAS


def test_words_need_their_campaign_and_a_known_question(filled):
    with pytest.raises(CampaignError, match="CAM-003"), open_store(filled) as store:
        store.save_card(MARAIS, 1999, Card("1", "x", "y"))
    with pytest.raises(CampaignError, match="CAM-005.*« usage »"), open_store(filled) as store:
        store.save_framing(MARAIS, 2025, {"usages": "x"})


def test_an_appreciation_keeps_its_history(filled):
    first = Appreciation("emploi", Level.PREMIERS_PAS, "Peu de recul.", Confidence.A_VERIFIER)
    with open_store(filled) as store:
        for level in (Level.PREMIERS_PAS, Level.PREMIERS_PAS, Level.ACQUIS):
            store.save_appreciation(MARAIS, 2025, replace(first, level=level), author="Léa")
        history = store.appreciation_history(MARAIS, 2025, "emploi")
    assert history["level"].tolist() == ["premiers_pas", "acquis"]
    assert history["old_level"].tolist() == [None, "premiers_pas"]


def test_an_enterprise_is_added_once(url, marais):
    with open_store(url) as store:
        assert store.add_enterprise(marais)
        assert not store.add_enterprise(replace(marais, label="Un autre", kinds=()))
        assert not store.add_enterprise(replace(marais, id=f"{marais.id}\0"))
        assert store.enterprises() == [marais]
