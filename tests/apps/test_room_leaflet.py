"""The leaflet's room: each choice is kept and seen at once, and what cannot be kept says why."""

from __future__ import annotations

import base64
import io

import pytest
from apps.contract import breaches
from apps.road import CLOSED, DONE, OPEN, base, loaded, router, said, url
from PIL import Image
from pypdf import PdfReader

from coorace_eval.access import Access
from coorace_eval.apps.directory import drawn
from coorace_eval.apps.steps.leaflet import LeafletRoom
from coorace_eval.apps.workspace import Workspace
from coorace_eval.problems import CampaignError
from coorace_eval.storage import open_store

__all__ = ["base", "loaded", "router", "url"]

LIVE = "emploi_parcours"


@pytest.fixture
def room(url):
    return LeafletRoom(Workspace(Access.local(url, "Camille"), *DONE))


@pytest.fixture
def kept(url):
    """The choice that the store holds."""

    def read():
        with open_store(url) as store:
            return store.leaflet_choice(*DONE)

    return read


def picture(width: int = 60, format: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, 40), (30, 90, 70)).save(file, format)
    return file.getvalue()


def find(state, kind: str) -> list[dict]:
    found, waiting = [], list(state["blocks"])
    while waiting:
        block = waiting.pop(0)
        if block["type"] == kind:
            found.append(block)
        for inner in ("blocks", "left", "right"):
            waiting.extend(block.get(inner, []))
    return found


def seen(room) -> bytes:
    (shown,) = find(drawn(room), "picture")
    head, _, told = shown["src"].partition(",")
    assert head == "data:image/jpeg;base64" and len(shown["alt"]) > 60
    return base64.b64decode(told)


def test_the_page_is_seen_before_anything_is_chosen(room):
    page = Image.open(io.BytesIO(seen(room)))
    assert page.size[0] == 800 and 1120 < page.size[1] < 1140
    assert 3 <= len(room.figures) <= 8 and "choisis pour vous" in str(drawn(room))


def test_each_choice_is_kept_and_the_page_drawn_again(room, kept):
    before = seen(room)
    room.set("layout", "mosaique")
    room.set("title", "  Ce que le marais nous doit ")
    room.set("text", "Depuis 2009.")
    room.set("contact", "02 51 00 00 00")
    room.set("colour_main", "#7a1f5c")
    choice = kept()
    assert not room.faults and choice.layout == "mosaique" and choice.title == "Ce que le marais nous doit"
    assert (choice.text, choice.contact, choice.colours) == (
        "Depuis 2009.",
        "02 51 00 00 00",
        ("#7A1F5C", ""),
    )
    assert seen(room) != before and room.saved


def test_the_page_is_drawn_once_for_what_did_not_change(room, monkeypatch):
    seen(room)
    monkeypatch.setattr(room, "leaflet", lambda: pytest.fail("dessinée deux fois"))
    seen(room)


def test_figures_are_added_ordered_and_taken_away(room, kept):
    first = room.figures
    extra = next(i.id for i in room.work.referential.indicators if i.id not in first)
    room.set(f"figure@{extra}", True)
    assert kept().figures == (*first, extra)
    room.act("move_up", extra)
    assert kept().figures[-2:] == (extra, first[-1])
    assert room.focus == f"move_up-{extra}" and "place" in room.spoken
    room.set(f"figure@{first[0]}", False)
    assert first[0] not in kept().figures
    room.act("usual_figures")
    assert kept().figures == () and room.figures == first


def test_a_ninth_figure_is_refused_with_why(room, kept):
    others = [i.id for i in room.work.referential.indicators if i.id not in room.figures]
    for id in others[: 8 - len(room.figures)]:
        room.set(f"figure@{id}", True)
    room.set(f"figure@{others[-1]}", True)
    assert "8 chiffres au plus" in said(room) and "RAP-010" in said(room) and len(kept().figures) == 8


def test_the_last_figure_stays(room, kept):
    for id in room.figures[1:]:
        room.set(f"figure@{id}", False)
    room.set(f"figure@{room.figures[0]}", False)
    assert "au moins un chiffre" in said(room) and len(kept().figures) == 1


@pytest.mark.parametrize("typed", ["bleu", "#12345", "url(#x)", "rgb(0,0,0)"])
def test_a_colour_written_otherwise_is_told_and_not_kept(room, kept, typed):
    room.set("colour_second", typed)
    assert "RAP-005" in said(room) and kept().colours == ("", "")
    assert room.faults["colour_second"].typed == typed and seen(room)


def test_a_colour_that_was_changed_to_be_read_is_told(room):
    room.set("colour_main", "#F5C400")
    assert "Votre jaune a été foncé" in str(drawn(room))


def test_a_logo_and_a_photo_are_cleaned_kept_and_taken_away(room, url):
    before = seen(room)
    room.receive_file("logo", "logo.png", picture())
    room.receive_file("photo", "équipe.jpg", picture(900, "JPEG"))
    assert not room.faults and seen(room) != before
    with open_store(url) as store:
        logo, photo = store.asset(DONE[0], "logo"), store.asset(DONE[0], "photo")
    assert (logo.mime, photo.mime, photo.name) == ("image/png", "image/jpeg", "équipe.jpg")
    assert photo.content.startswith(b"\xff\xd8") and photo.content != picture(900, "JPEG")
    room.act("remove_image", "logo")
    room.act("remove_image", "photo")
    assert seen(room) == before and room.assets == {"logo": None, "photo": None}


def test_an_image_that_is_none_is_told_beside_its_field(room):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>1</script></svg>'
    room.receive_file("logo", "logo.svg", svg)
    room.receive_file("photo", "photo.jpg", b"bonjour")
    assert "un script" in room.faults["logo"].text and "RAP-004" in room.faults["photo"].text
    assert room.assets == {"logo": None, "photo": None}


def test_only_words_with_consent_are_offered(room, kept):
    quotes = dict(room.quotes)
    kept_back = [v.id for v in room.work.story.verbatims if not v.consent]
    assert quotes and kept_back and not set(kept_back) & set(quotes)
    room.set("verbatim", next(iter(quotes)))
    assert kept().verbatim == next(iter(quotes))
    room.set("verbatim", kept_back[0])
    assert "accord" in said(room) and kept().verbatim == next(iter(quotes))


def test_a_text_too_long_is_refused_and_one_cut_by_the_page_is_told(room, kept):
    room.set("title", "T" * 201)
    assert "RAP-010" in said(room) and kept().title == ""
    room.set("text", "Une phrase qui dit quelque chose. " * 45)
    assert "Nous avons raccourci : le texte" in str(drawn(room)) or "Tout ne tient pas" not in str(
        drawn(room)
    )


def test_the_page_is_downloaded_as_a_pdf_and_as_a_picture(room):
    room.act("download_pdf")
    assert len(PdfReader(io.BytesIO(room.document)).pages) == 1
    assert room.file_name == "plaquette_ateliers_du_marais_2025.pdf" and "prête" in room.toast
    room.act("download_png")
    assert Image.open(io.BytesIO(room.document)).width == 1240 and room.file_name.endswith(".png")


@pytest.mark.parametrize(
    ("send", "args"),
    [
        ("set", ("layout", "../bandeau")), ("set", ("figure@inconnu", True)), ("set", ("figure@", True)),
        ("set", ("title", 3)), ("set", ("figures.emploi", "x")), ("act", ("remove_image", "modele_word")),
        ("act", ("move_up", "inconnu")), ("act", ("leaflet", "")),
        ("receive_file", ("modele_word", "a", b"x")),
    ],
)  # fmt: skip
def test_what_no_screen_of_ours_sends_changes_nothing(room, kept, send, args):
    before = kept()
    try:
        getattr(room, send)(*args)
    except CampaignError as error:
        assert error.problems[0].code == "CAM-004"
    else:
        assert "CAM-004" in said(room)
    assert kept() == before


def test_a_closed_campaign_is_read_and_downloaded_but_not_changed(url):
    room = LeafletRoom(Workspace(Access.local(url, "Camille"), *CLOSED))
    room.set("title", "Autre")
    room.receive_file("logo", "logo.png", picture())
    assert "close" in said(room) and room.choice.title == "" and room.assets["logo"] is None
    room.act("download_pdf")
    assert room.document.startswith(b"%PDF-")
    assert all(item["up"]["disabled"] for block in find(drawn(room), "arrange") for item in block["items"])


def test_the_room_opens_with_the_restitution_and_not_before(url):
    with pytest.raises(CampaignError, match="pas encore ouverte"):
        LeafletRoom(Workspace(Access.local(url, "Camille"), *OPEN))


def test_the_screen_keeps_its_contract(router):
    router.receive("route", {"path": f"campagne/{DONE[0]}/{DONE[1]}/plaquette"})
    state = router.screen()
    assert breaches(state, router) == [] and state["heading"]["text"] == "Faire la plaquette"
    assert state["route"].endswith("/plaquette")


def test_two_people_who_choose_together_keep_both_choices(url, room, kept):
    other = LeafletRoom(Workspace(Access.local(url, "Alix"), *DONE))
    room.set("title", "Un titre")
    other.set("contact", "contact@exemple.fr")
    assert (kept().title, kept().contact) == ("Un titre", "contact@exemple.fr")
