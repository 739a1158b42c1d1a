"""One page whatever is said, nothing outside of it and nothing on top of anything else."""

from __future__ import annotations

import io
import itertools
import re
import subprocess
from dataclasses import replace

import pytest
from charts import sample
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from reports.verapdf import A2A, UA1, Validator

from coorace_eval.campaigns.answers import Answers
from coorace_eval.campaigns.appreciation import Appreciation, Verbatim
from coorace_eval.campaigns.decisions import Decision
from coorace_eval.campaigns.edition import LAYOUTS, MOST_FIGURES, LeafletChoice
from coorace_eval.campaigns.story import Story
from coorace_eval.indicators import evaluate
from coorace_eval.language import speaking
from coorace_eval.problems import CooraceError
from coorace_eval.referential.model import Referential
from coorace_eval.reports.images import clean_logo, clean_photo
from coorace_eval.reports.leaflet import WIDTH, Leaflet, layouts, leaflet
from coorace_eval.reports.leaflet_content import shortened, usual_figures
from coorace_eval.vocabulary import Confidence, Level

RESULTS = sample.results()
IDS = tuple(indicator.id for indicator in RESULTS.referential.indicators)
PHRASE = "L'atelier accueille des personnes éloignées de l'emploi, avec les communes du canton. "
TEXTS = {
    "court": {},
    "usuel": {"title": "Ce que le marais nous doit", "text": PHRASE * 2, "contact": "02 51 00 00 00, a@b.fr"},
    "long": {"title": "Un titre qui prend son temps " * 8, "text": PHRASE * 60, "contact": "contact " * 90},
    "ailleurs": {"title": sample.HOSTILE[3], "text": sample.HOSTILE[3] * 4, "contact": "مرحبا 👩‍🌾"},
    "sans espace": {"title": "W" * 5000, "text": "W" * 5000, "contact": "W" * 5000},
}  # fmt: skip


def pictures() -> tuple[bytes, bytes]:
    """A wide logo and an upright photo, clean."""
    logo, photo = io.BytesIO(), io.BytesIO()
    Image.new("RGBA", (900, 200), (30, 90, 70, 255)).save(logo, "PNG")
    Image.linear_gradient("L").resize((600, 800)).convert("RGB").save(photo, "JPEG")
    return clean_logo(logo.getvalue()), clean_photo(photo.getvalue())


LOGO, PHOTO = pictures()


def told(length: str) -> Story:
    """The story of the Ateliers, with words of that length."""
    whole = sample.story()
    if length in ("court", "usuel"):
        return whole
    text = {"long": PHRASE * 20, "ailleurs": sample.HOSTILE[3], "sans espace": "W" * 5000}[length]
    more = Appreciation("agir", Level.PREMIERS_PAS, "", Confidence.SUR)
    return replace(
        sample.told_by(text),
        appreciations=(*whole.appreciations, more),
        verbatims=(Verbatim("v1", "emploi", text, text, True),),
        decisions=tuple(Decision(f"d{i}", text, text, text, False) for i in range(5)),
    )


def made(layout: str, length: str, figures: int, seen: bool) -> Leaflet:
    choice = LeafletChoice(layout=layout, figures=IDS[:figures], **TEXTS[length])
    return leaflet(RESULTS, 2025, told(length), choice, *((LOGO, PHOTO) if seen else ()))


def boxes(pdf: bytes) -> list[tuple[float, float, float, float, str]]:
    """Every word of the page with its box in points: left, top, right, bottom, word."""
    run = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    found = re.findall(
        r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>',
        run.stdout.decode("utf-8", "replace"),
    )
    return [(*map(float, box[:4]), box[4]) for box in found]  # type: ignore[misc]


def check_page(one: Leaflet) -> list[str]:
    """Check that all holds on one page without a word on another; give the words."""
    assert one._found["fits"], "le dernier palier déborde"
    pdf = one.pdf()
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    words = [box for box in boxes(pdf) if box[4] != "“"]
    for left, top, right, bottom, word in words:
        assert left > 12 and right < 595 - 12 and top > 8 and bottom < 842 - 8, word
    # Boxes go from the highest accent to the lowest tail: the body of the letters is in between.
    bodies = [(x0, y0 + (y1 - y0) * 0.3, x1, y1 - (y1 - y0) * 0.3, w) for x0, y0, x1, y1, w in words]
    for a, b in itertools.combinations(bodies, 2):
        across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        assert across < 1 or down < 0.5, (a, b)
    return [word for *_, word in words]


@pytest.mark.parametrize("figures", [1, 2, 3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_count_of_figures_holds_on_one_page(layout, figures):
    length = list(TEXTS)[(figures + LAYOUTS.index(layout)) % 5]
    seen = bool((figures + LAYOUTS.index(layout)) % 2)
    words = " ".join(check_page(made(layout, length, figures, seen)))
    for shown in ("65", "34,8", "4", "45,9", "160,2", "318", "–", "27")[:figures]:
        assert shown in words


@pytest.mark.parametrize("length", ["long", "sans espace"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_length_of_text_holds_on_one_page(layout, length):
    check_page(made(layout, length, MOST_FIGURES, seen=True))


PIECES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=400)


@settings(max_examples=6)
@given(st.sampled_from(LAYOUTS), st.integers(0, 8), st.booleans(), PIECES, PIECES, PIECES, st.integers(1, 12))
def test_any_words_hold_on_one_page(layout, figures, seen, title, text, said, times):
    story = replace(sample.story(), verbatims=(Verbatim("v", "emploi", said * times, said, True),),
                    decisions=(Decision("d", text * times, "", said, False),))  # fmt: skip
    choice = LeafletChoice(layout, title * times, text * times, IDS[:figures], "", said * times)
    one = leaflet(RESULTS, 2025, story, choice, LOGO, PHOTO if seen else None)
    assert one._found["fits"] and len(PdfReader(io.BytesIO(one.pdf())).pages) == 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_page_holds_without_quote_decision_chart_or_figure(layout):
    story = replace(sample.story(), verbatims=(), decisions=(), appreciations=(), previous_appreciations=())
    empty = evaluate(sample.referential(), Answers.from_list(story.enterprise, 2025, []))
    words = check_page(leaflet(empty, 2025, story, LeafletChoice(layout)))
    assert "connus." in words and "Ateliers" in words
    for gone in ("verbatims", "decisions", "appreciations"):
        check_page(leaflet(RESULTS, 2025, replace(sample.story(), **{gone: ()}), LeafletChoice(layout)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_labels_of_three_hundred_signs_and_twenty_dimensions_hold(layout):
    base = sample.rewritten(sample.referential(), "Un intitulé qui n'en finit pas, " * 9)
    first = base.dimensions[0]
    more = tuple(first.model_copy(update={"id": f"autre_{i}", "contributions": ()}) for i in range(18))
    whole = Referential.model_validate(
        base.model_copy(update={"dimensions": (*base.dimensions, *more)}).model_dump()
    )
    levels = tuple(Appreciation(d.id, Level.BIEN_ENGAGE, "", None) for d in whole.dimensions)
    story = replace(told("long"), appreciations=levels)
    one = leaflet(
        evaluate(whole, sample.figures()), 2025, story, LeafletChoice(layout, figures=IDS), LOGO, PHOTO
    )
    check_page(one)
    assert {"le nom d'un chiffre", "le nom d'une dimension"} <= set(one.cut)
    assert "13 dimensions laissées de côté" in one.cut


def test_what_is_cut_is_said_and_what_is_whole_is_not():
    assert made("bandeau", "usuel", 4, seen=True).cut == ()
    cut = made("colonne", "long", 8, seen=True).cut
    assert {"le titre", "le texte", "le verbatim", "une décision", "le contact"} <= set(cut)
    assert "2 décisions laissées de côté" in cut


def test_texts_are_cut_after_a_sentence_where_there_is_one():
    assert shortened("Une phrase. " * 20, 40) == "Une phrase. Une phrase. Une phrase. …"
    assert shortened("un mot " * 20, 40) == "un mot un mot un mot un mot un mot un…"
    assert len(shortened("W" * 5000, 40)) <= 40 and shortened("court", 40) == "court"


def test_a_short_page_is_written_in_large_letters():
    def tallest(one: Leaflet) -> float:
        return max(bottom - top for _, top, _, bottom, _ in boxes(one.pdf()))

    assert tallest(made("bandeau", "court", 1, False)) > tallest(made("bandeau", "long", 8, True)) * 1.5


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_page_is_filled_to_its_foot(layout):
    for length, figures, seen in (("court", 1, False), ("usuel", 4, True), ("long", 8, True)):
        rows = (
            Image.open(io.BytesIO(made(layout, length, figures, seen).preview()))
            .convert("L")
            .resize((40, 100))
        )
        empty = [min(rows.crop((0, y, 40, y + 1)).tobytes()) > 250 for y in range(100)]
        longest = max((len(list(group)) for key, group in itertools.groupby(empty) if key), default=0)
        assert longest <= 14, f"{longest} % de la page est vide d'un seul tenant"


def test_the_picture_is_as_wide_as_promised_and_the_bytes_do_not_change():
    one, again = (made("mosaique", "usuel", 5, seen=True) for _ in range(2))
    image = Image.open(io.BytesIO(one.png()))
    assert image.format == "PNG" and image.width == WIDTH and 1750 < image.height < 1758
    assert one.png() == again.png() and one.pdf() == again.pdf()


def test_files_are_written_whole(tmp_path):
    one = made("bandeau", "court", 3, seen=False)
    assert one.to_pdf(tmp_path / "plaquette.pdf").read_bytes().startswith(b"%PDF-")
    assert one.to_png(tmp_path / "plaquette.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(CooraceError):
        one.to_pdf(tmp_path / "absent" / "plaquette.pdf")


@pytest.fixture(scope="module")
def validator():
    with Validator() as awake:
        yield awake


@pytest.mark.parametrize(("layout", "length", "figures", "seen"), [
    ("bandeau", "usuel", 5, True), ("colonne", "ailleurs", 1, True), ("mosaique", "long", 8, False),
])  # fmt: skip
def test_the_pdf_is_accessible_and_made_to_last(validator, layout, length, figures, seen):
    pdf = made(layout, length, figures, seen).pdf()
    assert validator.faults(pdf, UA1) == [] and validator.faults(pdf, A2A) == []
    assert len(pdf) < 500_000


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_is_read_aloud_in_order_title_figures_then_the_story(layout):
    text = " ".join(
        PdfReader(io.BytesIO(made(layout, "usuel", 5, True).pdf())).pages[0].extract_text().split()
    )
    places = [text.index(said) for said in ("Ce que le marais", "65", "Où nous pensons", "Auto-évaluation")]
    assert places == sorted(places)


def test_pictures_and_chart_are_described():
    told = made("mosaique", "usuel", 4, seen=True)
    raw = PdfReader(io.BytesIO(told.pdf())).trailer["/Root"]["/StructTreeRoot"]
    alts, waiting = [], [raw]
    while waiting:
        node = waiting.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            alts += [node["/Alt"]] if "/Alt" in node else []
            waiting += [node["/K"]] if "/K" in node else []
    assert any("Logo de Les Ateliers" in alt for alt in alts) and any("Photo choisie" in alt for alt in alts)
    assert any("bien engagé, premiers pas en 2024" in alt for alt in alts)


def test_the_usual_figures_are_known_and_come_from_several_dimensions():
    chosen = usual_figures(RESULTS, "ateliers_du_marais", 2025)
    assert "benevoles_actifs" not in chosen and {"taux_sorties_dynamiques", "tonnes_reemployees"} <= set(
        chosen
    )
    assert len({RESULTS.referential.dimension_of(id).id for id in chosen}) == 3
    assert chosen == tuple(sorted(chosen, key=IDS.index))


def test_a_figure_stands_beside_its_target_or_last_year():
    figures = {f.label: f for f in made("bandeau", "court", 8, False).words.figures}
    assert figures["Taux de sorties dynamiques"].note == "en 2025, cible atteinte (60\u00a0%)"
    assert figures["Accidents du travail avec arrêt"].note == "en 2025, cible 3 en 2026"
    assert figures["Partenaires actifs du territoire"].note == "en 2025, 24 en 2024"
    assert (figures["Bénévoles actifs"].value, figures["Bénévoles actifs"].note) == (
        "–",
        "Non renseigné en 2025",
    )
    assert figures["Déchets réemployés"].unit == "t"


def test_each_figure_has_the_reference_by_which_its_source_is_found():
    one = made("bandeau", "court", 2, False)
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", one.words.figures[0].ref)
    assert one.words.figures[0].ref in one.words.method and "atelier@2026.1" in one.words.method


def test_only_words_with_consent_are_shown():
    assert made("bandeau", "court", 2, False).words.quote[1] == "Une salariée en parcours"
    chosen = leaflet(RESULTS, 2025, sample.story(), LeafletChoice(verbatim="v2"))
    assert chosen.words.quote[1] == "Un employeur du canton"
    assert "RAP-010" in refused(LeafletChoice(verbatim="v3"))


def test_a_quote_inside_a_quote_has_marks_of_its_own():
    said = Verbatim("v", "emploi", "« Je disais « je ne sais rien faire ». »", "", True)
    found = leaflet(RESULTS, 2025, replace(sample.story(), verbatims=(said,))).words.quote
    assert found == ("Je disais “je ne sais rien faire”.", "")


def test_without_appreciations_the_chart_is_that_of_a_figure_over_the_years():
    one = leaflet(RESULTS, 2025, replace(sample.story(), appreciations=()), LeafletChoice("mosaique"))
    assert [bar.year for bar in one.words.picture.bars] == ["2023", "2024", "2025"]
    assert one.words.picture.title == "Taux de sorties dynamiques"
    assert {"50", "2023", "2025"} <= set(check_page(one))


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (LeafletChoice(layout="../bandeau"), "n'existe pas"),
        (LeafletChoice(figures=IDS + ("taux_sorties_dynamiques",)), "9 chiffres"),
        (LeafletChoice(figures=("part_femmes", "part_femmes")), "deux fois"),
        (LeafletChoice(figures=("part_femme",)), "Vouliez-vous dire « part_femmes »"),
        (LeafletChoice(verbatim="inconnu"), "accord"),
    ],
)  # fmt: skip
def test_a_choice_that_does_not_hold_is_refused_with_why(choice, said):
    assert said in refused(choice)


def refused(choice: LeafletChoice) -> str:
    with pytest.raises(CooraceError) as caught:
        leaflet(RESULTS, 2025, sample.story(), choice)
    assert {problem.code for problem in caught.value.problems} == {"RAP-010"}
    return str(caught.value)


def test_a_colour_that_is_none_is_refused_before_any_page_is_made():
    with pytest.raises(CooraceError) as caught:
        leaflet(RESULTS, 2025, sample.story(), LeafletChoice(colours=("bleu", "")))
    assert caught.value.problems[0].code == "RAP-005"


def test_text_from_people_stays_text():
    for text in sample.HOSTILE[:3]:
        choice = LeafletChoice("colonne", title=text, text=text, contact=text)
        words = "".join(check_page(leaflet(RESULTS, 2025, sample.told_by(text), choice)))
        assert "root:" not in words and ("panic" in words or "alert(1)" in words or "#read(" in words)


def test_it_speaks_the_language_of_the_moment_and_keeps_it():
    with speaking("en"):
        one = leaflet(RESULTS, 2025, sample.story())
    assert PdfReader(io.BytesIO(one.pdf())).trailer["/Root"]["/Lang"].startswith("en")


def test_the_three_layouts_have_a_title_and_words():
    assert tuple(name for name, *_ in layouts()) == LAYOUTS
    assert all(title and said.endswith(".") for _, title, said in layouts())
