"""The rooms of a restitution: what is chosen is kept and made, what is not allowed is refused."""

from __future__ import annotations

import io
from typing import Any
from zipfile import ZipFile

import pytest
from apps.contract import breaches, fields_of
from apps.road import CLOSED, DONE, OPEN, base, content, loaded, router, said, step_of, url
from pypdf import PdfReader

from coorace_eval.access import Access
from coorace_eval.apps.directory import ROOMS
from coorace_eval.apps.launch import bind, lightened
from coorace_eval.apps.steps.documents import DocumentsRoom
from coorace_eval.apps.steps.making import TEMPLATE
from coorace_eval.apps.workspace import Workspace
from coorace_eval.campaigns.edition import Edition, SectionChoice
from coorace_eval.campaigns.model import State
from coorace_eval.problems import CampaignError
from coorace_eval.reports import report
from coorace_eval.reports.trace import reference
from coorace_eval.reports.word import example_template
from coorace_eval.storage import open_store

__all__ = ["base", "loaded", "router", "step_of", "url"]

DIMENSION = "emploi_parcours"
FIGURE = "taux_sorties_dynamiques"


@pytest.fixture
def room(url):
    """Open a room of a campaign: ``room("documents")``."""

    def entered(name: str, campaign: tuple[str, int] = DONE, item: str = "") -> Any:
        return ROOMS[name][0](Workspace(Access.local(url, "Camille"), *campaign), item)

    return entered


@pytest.fixture
def brief(url, base):
    """Documents of a few pages: what is made here is the file, not its content."""
    drawn = ("appreciation", "cibles", *(f"dimension.{d.id}" for d in base.dimensions))
    with open_store(url) as store:
        for campaign in (DONE, CLOSED):
            store.save_edition(*campaign, Edition(tuple(SectionChoice(id, False) for id in drawn)))


def names(step: DocumentsRoom) -> list[str]:
    return [choice.id for choice, _ in step.sections]


def chosen(url: str, campaign: tuple[str, int] = DONE) -> Edition:
    with open_store(url) as store:
        return store.edition(*campaign)


def test_the_restitution_says_what_is_ready_and_offers_four_forms(step_of, router):
    ready = step_of(State.RESTITUTION, DONE).readiness
    assert ready.appreciations == (6, 6) and 0 < ready.figures[0] <= ready.figures[1]
    router.receive("route", {"path": "campagne/ateliers_du_marais/2025/restitution"})
    state = router.screen()
    assert breaches(state, router) == []
    (forms,) = (block for block in state["blocks"] if block.get("id") == "documents")
    assert [item["id"] for item in forms["items"]] == ["pdf", "docx", "pptx", "html"]


def test_each_form_is_made_and_named(step_of, brief):
    step = step_of(State.RESTITUTION, DONE)
    for form, head in (("docx", b"PK"), ("pptx", b"PK"), ("html", b"<!DOCTYPE HTML>")):
        step.act("download", form)
        assert step.document[: len(head)].upper() == head, said(step)
        assert step.file_name == f"restitution_ateliers_du_marais_2025.{form}"
        assert "Le document est prêt" in step.toast


def test_a_form_that_does_not_exist_is_refused(step_of):
    step = step_of(State.RESTITUTION, DONE)
    step.act("download", "exe")
    assert "CAM-004" in said(step) and step.document == b""


def test_sections_move_hide_and_speak_and_the_document_follows(room, url):
    step = room("documents")
    usual = names(step)
    step.act("move_up", "cibles")
    assert names(step).index("cibles") == usual.index("cibles") - 1
    assert step.focus == "move_up-cibles" and "Nos cibles : place 8 sur" in step.spoken
    step.set("shown@manques", False)
    step.set("comment@cibles", "  Nos cibles viennent du conseil.  ")
    assert step.faults == {} and "Enregistré" in step.saved
    kept = {choice.id: choice for choice in chosen(url).sections}
    assert kept["manques"].shown is False and kept["cibles"].comment == "Nos cibles viennent du conseil."
    again = room("documents")
    assert names(again) == names(step)
    told = again.report(again.chosen())
    shown = [section.id for section in told.sections]
    assert "manques" not in shown and shown.index("cibles") < shown.index("dimension.cooperation_democratie")
    assert told.sections[shown.index("cibles")].blocks[0].text == "Nos cibles viennent du conseil."


def test_the_keyboard_stays_on_a_section_that_comes_to_the_end(room):
    step = room("documents")
    first, *_, last = names(step)
    step.act("move_up", first)
    assert names(step)[0] == first and step.focus == f"move_down-{first}"
    step.act("move_down", last)
    assert names(step)[-1] == last and step.focus == f"move_up-{last}"


@pytest.mark.parametrize("section", ["demarche", "annexe"])
def test_how_the_document_was_made_is_never_hidden(room, url, section):
    step = room("documents")
    step.set(f"shown@{section}", False)
    assert "RAP-006" in said(step) and chosen(url) == Edition()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("shown@inconnue", False), ("shown@cibles", "non"), ("comment@", "x"), ("comment@cibles", True),
        ("order@cibles", "1"), ("modele_word", "x"), ("shown@cibles@x", True),
    ],
)  # fmt: skip
def test_a_field_that_is_not_there_is_refused(room, url, field, value):
    with pytest.raises(CampaignError, match="CAM-004"):
        room("documents").set(field, value)
    assert chosen(url) == Edition()


def test_a_section_or_a_language_that_is_not_there_is_refused(room, url):
    step = room("documents")
    step.set("language", "de")
    assert "CAM-004" in said(step)
    step.act("move_up", "inconnue")
    assert "CAM-004" in said(step) and chosen(url) == Edition()


def test_a_choice_of_before_never_stops_the_document(room, url):
    with open_store(url) as store:
        store.save_edition(*DONE, Edition((SectionChoice("dimension.disparue", comment="x"),)))
    step = room("documents")
    assert "dimension.disparue" not in names(step)
    assert step.chosen() == Edition()


def test_the_document_speaks_english_where_it_is_asked_for(room):
    step = room("documents")
    step.set("language", "en")
    assert not step.faults and room("documents").chosen().language == "en"


def test_an_own_template_is_kept_used_and_removed(room, url, brief):
    step = room("documents")
    step.act("example_template")
    with ZipFile(io.BytesIO(step.document)) as example:
        assert "word/document.xml" in example.namelist()
    step.receive_file(TEMPLATE, "à nous.docx", example_template("fr"))
    assert step.faults == {} and step.template == "à nous.docx"
    step.act("download", "docx")
    with ZipFile(io.BytesIO(step.document)) as made:
        assert "L&#8217;essentiel" in (text := made.read("word/document.xml").decode()) or "essentiel" in text
    step.act("remove_template")
    assert step.template == ""
    with open_store(url) as store:
        assert store.asset(DONE[0], TEMPLATE) is None


def test_a_template_that_must_be_mended_is_not_kept_and_each_point_is_said(room, url):
    step = room("documents")
    step.receive_file(TEMPLATE, "image.docx", b"\x89PNG")
    assert "RAP-003" in step.faults[TEMPLATE].text and step.template_problems and step.template == ""
    shown = ROOMS["documents"][1](step)
    (notice,) = (block for block in shown["blocks"] if block.get("title") == "À corriger dans votre modèle")
    assert len(notice["items"]) == len(step.template_problems)
    with open_store(url) as store:
        assert store.asset(DONE[0], TEMPLATE) is None


def test_a_closed_campaign_is_downloaded_and_changes_no_more(room, url, brief):
    before = content(url)
    step = room("documents", CLOSED)
    for field, value in (("shown@cibles", False), ("comment@cibles", "x"), ("language", "en")):
        step.set(field, value)
        assert "CAM-002" in said(step)
    step.act("move_up", "cibles")
    step.receive_file(TEMPLATE, "a.docx", example_template("fr"))
    assert "CAM-002" in step.faults[TEMPLATE].text
    shown = ROOMS["documents"][1](step)
    assert all(field["readonly"] for field in fields_of(shown["blocks"]))
    assert content(url) == before
    step.act("download", "pdf")
    assert len(PdfReader(io.BytesIO(step.document)).pages) > 2


@pytest.mark.parametrize("name", ["documents", "presentation"])
def test_a_room_is_shut_before_its_step(room, name):
    with pytest.raises(CampaignError, match="CAM-001"):
        room(name, OPEN)


def ref_of(work: Workspace, year: int = 2025) -> str:
    return reference(work.results, FIGURE, work.enterprise, year)


@pytest.mark.parametrize("spoil", [str, str.lower, lambda text: f" {text.replace('-', ' ')} "])
def test_a_reference_leads_to_all_that_stands_behind_the_figure(room, spoil):
    step = room("chiffre")
    right = ref_of(step.work)
    step.set("reference", spoil(right))
    found = step.origin
    assert step.item == right and found.traced.same and found.known.indicator.id == FIGURE
    assert found.cards and {card.dimension for card in found.cards} == {DIMENSION}
    assert {"L'emploi, et après", "Nos cibles"} <= set(found.sections)
    words = repr(ROOMS["chiffre"][1](step))
    for told in ("60\xa0%", "Sorties vers un emploi durable", "7 personnes", "Fédération d'exemple",
                 found.fingerprint[:12], "C'est bien le chiffre"):  # fmt: skip
        assert told.replace("\xa0", " ") in words.replace("\\xa0", " ").replace("\u202f", " "), told


def test_the_sections_named_are_those_of_the_document(room):
    step = room("chiffre")
    told = report(step.work.results, 2025, step.work.story, bands=step.work.bands)
    right = ref_of(step.work)
    step.set("reference", right)
    cells = [
        section.title
        for section in told.sections
        if any(cell.ref == right for block in section.blocks for row in getattr(block, "rows", ())
               for cell in row)
    ]  # fmt: skip
    assert list(step.origin.sections) == cells


def test_a_figure_that_changed_since_is_told_as_such(room, url):
    from coorace_eval.campaigns import Answer
    from coorace_eval.vocabulary import ValueStatus

    printed = ref_of(room("chiffre").work)
    with open_store(url) as store:
        store.record(*DONE, Answer("sorties_positives", 6, ValueStatus.RENSEIGNE), author="Camille")
    step = room("chiffre", item=printed)
    assert step.origin.traced.same is False
    assert "Ce chiffre a changé" in repr(ROOMS["chiffre"][1](step))


@pytest.mark.parametrize("text", ["ZZZZ-ZZZZ", "7", "<script>", "x" * 4000, "🙂" * 8])
def test_a_reference_of_no_figure_is_said_in_place(room, text):
    step = room("chiffre")
    step.set("reference", text)
    assert "RAP-007" in step.faults["reference"].text and step.origin is None and step.item == ""
    assert "RAP-007" in said(room("chiffre", item=text[:200]))


def test_a_reference_of_another_enterprise_is_as_if_there_were_none(room):
    foreign = ref_of(room("chiffre", ("coup_de_main_services", 2025)).work, 2024)
    step = room("chiffre")
    for text in (foreign, "ABCD-EFGH"):
        step.set("reference", text)
    assert foreign and step.origin is None and "RAP-007" in said(step)


def test_a_closed_campaign_also_says_where_its_figures_come_from(room):
    step = room("chiffre", CLOSED)
    step.set("reference", ref_of(step.work, 2024))
    assert step.origin.known.year == 2024 and not step.faults
    assert step.origin.cards == tuple(c for c in step.work.story.cards if c.dimension == DIMENSION)


def test_the_home_page_finds_a_figure_of_any_of_ones_campaigns(router, room):
    right = ref_of(room("chiffre").work)
    router.receive("set", {"id": "reference", "value": right.lower()})
    router.receive("act", {"id": "find"})
    assert router.screen()["route"] == f"campagne/ateliers_du_marais/2025/chiffre/{right}"
    router.receive("route", {"path": "chiffre/ZZZZ-ZZZZ"})
    state = router.screen()
    assert state["route"] == "accueil" and "RAP-007" in state["problems"][0]["text"]
    router.receive("route", {"path": f"chiffre/{right}"})
    assert router.screen()["route"].endswith(right)


def test_slides_follow_the_document_and_hold_each_dimension(room):
    step = room("presentation")
    slides = ROOMS["presentation"][1](step)["blocks"]
    ids = [slide["id"] for slide in slides]
    assert ids[0] == "diapo-titre" and len(set(ids)) == len(ids)
    for part in ("faits", "appreciation"):
        assert f"diapo-{DIMENSION}-{part}" in ids
    kept = [v for v in step.work.story.verbatims if v.consent]
    quotes = [block["text"] for slide in slides for block in slide["blocks"] if block["type"] == "quote"]
    assert sorted(quotes) == sorted(v.text for v in kept)
    assert ids[-2:] == ["diapo-decisions-0", "diapo-decisions-1"], "l'an dernier, puis cette année"


def test_an_appreciation_changes_before_everyone_with_its_history_and_its_reason(room, url):
    step = room("presentation")
    drawn = [s for s in step.told.sections if s.id == "appreciation"]
    step.set(f"level@{DIMENSION}", "acquis")
    step.set(f"reason@{DIMENSION}", "Une cliente l'a dit.")
    assert not step.faults and step.appreciation_of(DIMENSION).level == "acquis"
    assert [s for s in step.told.sections if s.id == "appreciation"] != drawn, "le profil est redessiné"
    with open_store(url) as store:
        last = store.appreciation_history(*DONE, DIMENSION).iloc[-2:]
    assert last["level"].tolist() == ["acquis"] * 2 and last["old_level"].tolist() == [
        "bien_engage",
        "acquis",
    ]
    assert last["reason"].tolist() == ["", "Une cliente l'a dit."]
    words = repr(ROOMS["presentation"][1](step))
    assert "Dernier changement : de « Bien engagé » à « Acquis »." in words.replace("\\xa0", " ")


def test_two_people_change_one_appreciation_and_the_last_one_counts(room):
    here, there = room("presentation"), room("presentation")
    here.set(f"level@{DIMENSION}", "acquis")
    there.set(f"why@{DIMENSION}", "Dit par une autre personne.")
    there.set(f"level@{DIMENSION}", "premiers_pas")
    kept = room("presentation").appreciation_of(DIMENSION)
    assert kept.level == "premiers_pas" and kept.why == "Dit par une autre personne."


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (f"level@{DIMENSION}", "excellent", "CAM-004"),
        (f"confidence@{DIMENSION}", "", "CAM-004"),
        (f"why@{DIMENSION}", "x" * 5001, "REP-012"),
    ],
)
def test_what_no_choice_offers_is_refused(room, field, value, code):
    step = room("presentation")
    step.set(field, value)
    assert code in said(step)


@pytest.mark.parametrize("field", ["level@inconnue", "niveau@emploi_parcours", "level", "reason@"])
def test_a_field_of_no_slide_is_refused(room, field):
    with pytest.raises(CampaignError, match="CAM-004"):
        room("presentation").set(field, "acquis")


def test_once_closed_the_slides_are_shown_and_nothing_changes(room, url):
    step, before = room("presentation", CLOSED), content(url)
    for field in ("level", "why", "reason"):
        step.set(f"{field}@{DIMENSION}", "acquis")
        assert "CAM-002" in said(step)
    shown = ROOMS["presentation"][1](step)
    assert all(field["readonly"] for field in fields_of(shown["blocks"])) and content(url) == before


def test_drawings_leave_once_and_a_change_of_words_does_not_send_them_again(router):
    router.receive("home", {})
    screen, sent = bind(router), []
    screen.send = lambda message, buffers=None: sent.append(message)
    ask = {"path": "campagne/ateliers_du_marais/2025/presentation"}
    screen._receive(screen, {"intent": "route", "args": ask, "seq": 1}, [])
    figures = [b for slide in screen.state["blocks"] for b in slide["blocks"] if b["type"] == "figure"]
    (kept,) = (message["drawings"] for message in sent if message["type"] == "drawings")
    assert figures and all(kept[b["drawing"]]["svg"].startswith("<svg") and not b["svg"] for b in figures)
    sent.clear()
    change = {"id": f"why@{DIMENSION}", "value": "Autrement."}
    screen._receive(screen, {"intent": "set", "args": change, "seq": 2}, [])
    assert [message["type"] for message in sent] == ["taken"]
    assert lightened({"blocks": []}) == ({"blocks": []}, {})


@pytest.mark.parametrize("name", ["documents", "chiffre", "presentation"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_room_keeps_the_contract(router, name, language):
    router.receive("language", {"id": language})
    router.receive("route", {"path": f"campagne/ateliers_du_marais/2025/{name}"})
    state = router.screen()
    assert state["route"] == f"campagne/ateliers_du_marais/2025/{name}" and breaches(state, router) == []
