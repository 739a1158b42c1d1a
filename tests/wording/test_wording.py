"""The editorial check: each rule says what it must, and says nothing of what is well written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from charts import sample
from hypothesis import given
from hypothesis import strategies as st

from coorace_eval.campaigns.edition import Edition, SectionChoice
from coorace_eval.campaigns.texts import (
    Place,
    recommented,
    reworded,
    texts_of,
    texts_of_overlay,
    texts_of_story,
)
from coorace_eval.examples import read_federation
from coorace_eval.referential import read_overlay, read_referential
from coorace_eval.wording import Kind, Remark, check, explained_in, replaced, review
from coorace_eval.wording.sentences import sentences
from coorace_eval.wording.tables import charter_words, jargon, people, sigla

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
GOOD = yaml.safe_load((HERE / "good.yaml").read_text("utf-8"))
RULES = yaml.safe_load((HERE / "rules.yaml").read_text("utf-8"))
SAID = [(code, *case) for code, rule in RULES.items() for case in rule["dit"]]
SILENT = [(code, text) for code, rule in RULES.items() for text in rule.get("tait", [])]


@pytest.mark.parametrize("text", GOOD)
def test_what_is_well_written_is_left_alone(text):
    assert check(text) == []


@pytest.mark.parametrize(("code", "text", "found", "proposal"), SAID)
def test_a_rule_finds_and_proposes(code, text, found, proposal):
    told = [(r.found, r.proposal) for r in check(text) if r.code == code]
    assert told == [(found, proposal)], [(r.code, r.found, r.proposal) for r in check(text)]


@pytest.mark.parametrize(("code", "text"), SILENT)
def test_a_rule_is_silent_beside_its_object(code, text):
    assert code not in {r.code for r in check(text)}


def test_each_table_is_written_as_its_header_says():
    entries = [*charter_words(), *jargon()]
    assert len({e.code for e in entries}) == len(entries) >= 60
    for entry in entries:
        assert entry.why.endswith(".") and len(entry.why) < 120
        for found, said in entry.instead.items():
            assert found == " ".join(found.split()) and found != said.lower()
    assert all(set(name.men) - set(name.say) != set(name.men) and name.women for name in people())
    assert {"AI", "ACI", "EI", "ETTI", "SIAE", "ETP", "QPV", "ZRR", "PMSMP", "ASP", "IAE", "ESS"} <= set(
        sigla()
    )
    assert sigla()["CDI"].common and sigla()["RSA"].common


def test_what_is_proposed_is_not_found_again():
    entries = [(found, said) for e in (*charter_words(), *jargon()) for found, said in e.instead.items()]
    proposals = [said for _, said in entries] + [name.say for name in people()]
    faults = {said: [r.code for r in check(said) if r.kind is not Kind.SIGLUM] for said in proposals if said}
    assert not {said: codes for said, codes in faults.items() if codes}


def test_a_remark_names_the_very_place_and_following_it_takes_it_away():
    text = "Bilan. Les salarié·e·s et les usagers sont en ETP."
    for remark in check(text):
        assert text[remark.start : remark.end] == remark.found and remark.why
        after = replaced(text, remark)
        assert remark.code not in {r.code for r in check(after)}
    assert [r.kind for r in check(text)] == [Kind.CHARTER, Kind.CHARTER, Kind.SIGLUM]


def test_a_text_that_changed_since_is_not_touched():
    (remark,) = check("Les salarié·e·s.")
    with pytest.raises(ValueError):
        replaced("Le texte a changé.", remark)
    with pytest.raises(ValueError):
        replaced("abc", Remark(0, 3, "longueur", "abc", "", "", Kind.LENGTH))


def test_a_siglum_explained_once_is_explained_from_there_on():
    told = review([
        ("un", "Nous comptons 12 ETP."), ("deux", "Les ETP augmentent."),
        ("trois", "L'atelier et chantier d'insertion (ACI) tient."), ("quatre", "Notre ACI ouvre."),
    ])  # fmt: skip
    assert [(n.where, n.remark.found) for n in told] == [("un", "ETP")]
    assert check("Les ETP", explained=frozenset({"ETP"})) == []
    assert explained_in("Rien ici (ou presque).") == frozenset()


def test_sentences_end_where_one_breathes():
    text = "M. le maire vient. Il y a 3 p. ex. de tri ! Fin\nUn titre"
    assert [text[a:b] for a, b in sentences(text)] == [
        "M. le maire vient.", "Il y a 3 p. ex. de tri !", "Fin", "Un titre",
    ]  # fmt: skip


@given(st.text(alphabet="aeé ·.()/E-s«»'’\n;,:ETP\0\u202e👩", max_size=120))
def test_any_text_is_read_without_harm(text):
    for remark in check(text):
        assert text[remark.start : remark.end] == remark.found and remark.start < remark.end


def test_a_long_text_is_read_at_once():
    assert check("a·" * 40_000) is not None
    assert check("salarié(" * 20_000) is not None
    assert len(check("Les salarié·e·s. " * 500)) == 500


def test_the_texts_of_a_referential_are_all_there_and_few_are_to_be_said_again():
    base = read_referential(ROOT / "referentials/utilite_sociale/base.yaml")
    texts = dict(texts_of(base))
    assert len(texts) > 250 and all(str(place) for place in texts)
    found = review(texts.items())
    assert len(found) <= 16
    assert not [n for n in found if n.remark.code.startswith(("point", "parenth", "barre", "doublet"))]


def test_the_examples_hold_few_remarks_and_no_word_of_people_is_read():
    federation = read_federation(ROOT / "examples/federation")
    for campaign in federation.campaigns:
        read = " ".join(text for _, text in texts_of_story(campaign.story))
        assert len(review(texts_of_story(campaign.story))) <= 3
        quotes = [v.text for v in campaign.story.verbatims] + [c.text for c in campaign.story.cards]
        assert not [text for text in quotes if text in read]


def test_the_texts_of_a_campaign_come_in_the_order_they_are_written():
    edition = Edition((SectionChoice("cibles", comment="Nos mots."), SectionChoice("annexe")))
    parts = [place.part for place, _ in texts_of_story(sample.story(), edition)]
    assert parts == sorted(parts, key=["cadrage", "adaptation", "appreciation", "decision", "document"].index)
    assert recommented(edition, "cibles", "Autres.").sections[0].comment == "Autres."


def test_each_text_of_an_overlay_can_be_said_otherwise():
    overlay = read_overlay(ROOT / "examples/federation/ateliers_du_marais/overlay.yaml")
    places = [place for place, _ in texts_of_overlay(overlay)]
    assert {place.field for place in places} >= {"label", "because"}
    for place in places:
        assert dict(texts_of_overlay(reworded(overlay, place, "Autrement dit")))[place] == "Autrement dit"
    with pytest.raises(KeyError):
        reworded(overlay, Place("adaptation", "nulle_part", "label"), "x")
