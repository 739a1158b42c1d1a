"""Cadrage, exploration, analyse, restitution, suivi: what people write, and when they may."""

from __future__ import annotations

from dataclasses import replace

import pytest
from apps.road import CLOSED, DONE, EMPTY, OPEN, base, content, loaded, said, step_of, url

from coorace_eval.access import Access
from coorace_eval.apps.workspace import Workspace
from coorace_eval.campaigns.model import NEXT, State
from coorace_eval.problems import CampaignError
from coorace_eval.storage import open_store

__all__ = ["base", "loaded", "step_of", "url"]

HARD = ["<b>gras</b>", "=HYPERLINK(1)", "🌱 ça pousse", "عربية", "l'« été »\n\nfin", "a\u202eb", "#{x}\\$[1]"]


@pytest.mark.parametrize("text", HARD)
def test_what_people_write_is_kept_as_they_wrote_it(step_of, text):
    framing = step_of(State.CADRAGE, EMPTY)
    framing.set("finalite", text)
    assert not framing.faults
    assert step_of(State.CADRAGE, EMPTY).values["finalite"] == text


def test_a_null_byte_goes_without_harm(step_of):
    step_of(State.CADRAGE, EMPTY).set("finalite", "avant\0après")
    assert step_of(State.CADRAGE, EMPTY).values["finalite"] == "avantaprès"


def test_a_date_that_is_none_stays_on_screen(step_of):
    framing = step_of(State.CADRAGE, EMPTY)
    framing.set("debut", "31/02/2026")
    assert "Cette date n'est pas lisible." in framing.faults["debut"].text
    assert framing.faults["debut"].typed == "31/02/2026"
    framing.set("debut", "2026-02-28")
    assert not framing.faults and step_of(State.CADRAGE, EMPTY).values["debut"] == "2026-02-28"


def test_a_card_is_written_classed_and_taken_away(step_of):
    step = step_of(State.EXPLORATION)
    before = len(step.work.story.cards)
    step.act("add_card")
    assert "Le texte de la carte est vide." in step.faults["text"].text
    step.set("text", "On me dit bonjour")
    step.set("who", "une cliente")
    step.act("add_card")
    assert not step.faults and len(step.work.story.cards) == before + 1
    card = next(card for card in step.work.story.cards if card.text == "On me dit bonjour")
    step.set(f"dimension@{card.id}", "lien_social")
    card = next(c for c in step_of(State.EXPLORATION).work.story.cards if c.id == card.id)
    assert (card.dimension, card.who) == ("lien_social", "une cliente")
    step.act("remove_card", card.id)
    assert len(step.work.story.cards) == before
    step.act("remove_card", card.id)
    assert "n'est plus là" in said(step)


def test_an_appreciation_is_a_level_a_why_and_how_sure(step_of):
    step = step_of(State.ANALYSE, DONE)
    step.set("level@lien_social", "acquis")
    step.set("why@lien_social", " Les habitants viennent. ")
    step.set("confidence@lien_social", "plutot_sur")
    found = step_of(State.ANALYSE, DONE).appreciation_of("lien_social")
    assert (found.level, found.why, found.confidence) == ("acquis", "Les habitants viennent.", "plutot_sur")
    step.set("level@lien_social", "12/20")
    assert "n'est pas dans la liste" in said(step)


def test_two_people_appreciate_one_dimension_and_both_words_stand(step_of):
    mine, theirs = step_of(State.ANALYSE, DONE), step_of(State.ANALYSE, DONE, "Dominique")
    theirs.set("level@lien_social", "acquis")
    mine.set("why@lien_social", "Parce que.")
    found = step_of(State.ANALYSE, DONE).appreciation_of("lien_social")
    assert (found.level, found.why) == ("acquis", "Parce que.")


@pytest.mark.parametrize("consent", [True, False])
def test_a_quote_carries_the_consent_that_was_given(step_of, consent):
    step = step_of(State.ANALYSE, DONE)
    step.act("add_verbatim")
    assert "Écrivez d'abord ce qui a été dit." in step.faults[f"text@{step.tab}"].text
    step.set(f"text@{step.tab}", "Je me lève pour quelque chose.")
    step.set(f"who@{step.tab}", "une salariée en parcours")
    step.set(f"consent@{step.tab}", consent)
    step.act("add_verbatim")
    quote = next(
        v for v in step_of(State.ANALYSE, DONE).work.story.verbatims if v.text.startswith("Je me lève")
    )
    assert quote.consent is consent
    assert step.draft == {"text": "", "who": "", "consent": False}
    step.act("remove_verbatim", quote.id)
    assert quote.id not in {v.id for v in step.work.story.verbatims}


@pytest.mark.parametrize("value", ["non", "true", "", 1])
def test_consent_is_never_understood_from_a_word(step_of, value):
    step = step_of(State.ANALYSE, DONE)
    with pytest.raises(CampaignError, match="CAM-004"):
        step.set(f"consent@{step.tab}", value)
    assert step.draft["consent"] is False


def test_facts_stand_beside_last_year_s_and_the_target(step_of):
    facts = step_of(State.ANALYSE, DONE).facts()
    assert {"value", "previous", "target", "gap"} <= set(facts.columns)
    assert set(facts["dimension"]) == {"emploi_parcours"} and facts["previous"].notna().any()


def test_the_restitution_is_a_pdf(step_of):
    step = step_of(State.RESTITUTION, DONE)
    step.act("download")
    assert step.document.startswith(b"%PDF")
    assert step.file_name == "restitution_ateliers_du_marais_2025.pdf"
    assert "Le document est prêt" in step.toast


def test_a_decision_is_kept_and_ticked_when_done(step_of):
    campaign = ("groupe_rives_et_chemins", 2025)
    step = step_of(State.SUIVI, campaign)
    step.set("label", "Ouvrir un jardin")
    step.set("who", "la directrice")
    step.act("add_decision")
    decision = next(d for d in step.work.story.decisions if d.label == "Ouvrir un jardin")
    step.set(f"done@{decision.id}", True)
    kept = next(d for d in step_of(State.SUIVI, campaign).work.story.decisions if d.id == decision.id)
    assert kept.done is True and kept.who == "la directrice"
    step.act("remove_decision", decision.id)
    assert decision.id not in {d.id for d in step.work.story.decisions}


def test_once_closed_everything_reads_and_nothing_changes(step_of, url):
    follow_up = step_of(State.SUIVI, ("groupe_rives_et_chemins", 2025))
    follow_up.act("close_campaign")
    assert follow_up.work.campaign.state is State.CLOSE
    before = content(url)
    for state, field, action in [
        (State.CADRAGE, "finalite", None),
        (State.EXPLORATION, "text", "add_card"),
        (State.REFERENTIEL, "target@taux_sorties_dynamiques", "add_indicator"),
        (State.COLLECTE, "salaries_parcours", "reopen"),
        (State.ANALYSE, "why@lien_social", "add_verbatim"),
        (State.RESTITUTION, None, "close_feedback"),
        (State.SUIVI, "label", "close_campaign"),
    ]:
        step = step_of(state, ("groupe_rives_et_chemins", 2025))
        assert "elle se lit" in step.locked
        if field:
            step.set(field, "12")
            assert "elle se lit" in step.faults[field].text
        if action:
            step.act(action)
            assert said(step)
    step = step_of(State.RESTITUTION, CLOSED)
    step.act("download")
    assert step.document.startswith(b"%PDF")
    assert content(url) == before


@pytest.mark.parametrize("here", list(State))
def test_a_campaign_never_skips_a_step_forward(url, here):
    for there in State:
        place(url, OPEN, here)
        work = Workspace(Access.local(url), *OPEN)
        ahead = list(State).index(there) > list(State).index(here)
        if here is State.CLOSE or (ahead and there not in NEXT[here]):
            with pytest.raises(CampaignError, match=r"CAM-00[12]"):
                work.move(there)
            assert stands(url, OPEN) is here
        else:
            work.move(there)
            assert stands(url, OPEN) is there


@pytest.mark.parametrize("later", [State.ANALYSE, State.RESTITUTION, State.SUIVI])
def test_reopening_the_collection_keeps_all_that_was_written(step_of, url, later):
    place(url, DONE, later)
    before = {name: rows for name, rows in content(url).items() if name != "campaign"}
    step_of(State.COLLECTE, DONE).act("reopen")
    assert stands(url, DONE) is State.COLLECTE
    assert {name: rows for name, rows in content(url).items() if name != "campaign"} == before
    assert step_of(State.COLLECTE, DONE).locked == ""


@pytest.mark.parametrize("early", [State.CADRAGE, State.EXPLORATION, State.REFERENTIEL, State.COLLECTE])
def test_there_is_nothing_to_reopen_before_the_collection_is_closed(step_of, url, early):
    place(url, DONE, early)
    step = step_of(State.COLLECTE, DONE)
    step.act("reopen")
    assert said(step)
    assert stands(url, DONE) is early


@pytest.mark.parametrize(
    ("page", "action", "then"),
    [
        (State.COLLECTE, "close_collection", State.ANALYSE),
        (State.ANALYSE, "close_analysis", State.RESTITUTION),
        (State.RESTITUTION, "close_feedback", State.SUIVI),
        (State.SUIVI, "close_campaign", State.CLOSE),
    ],
)
def test_a_step_is_ended_only_where_the_campaign_stands(step_of, url, page, action, then):
    for state in State:
        place(url, DONE, state)
        step = step_of(page, DONE)
        step.act(action)
        assert stands(url, DONE) is (then if state is page else state)


def place(url, campaign, state):
    """Put a campaign at a state, whatever came before."""
    with open_store(url) as store:
        store.save_campaign(replace(store.campaign(*campaign), state=state))


def stands(url, campaign):
    """The state of a campaign in the store."""
    with open_store(url) as store:
        return store.campaign(*campaign).state
