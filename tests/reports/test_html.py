"""The restitution as one page: it asks for nothing, everyone can read it, and text stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from apps.browser import NARROW, WIDE, violations
from charts import sample
from lxml import html as lxml_html
from playwright.sync_api import Browser, Page

from coorace_eval.problems import CooraceError
from coorace_eval.reports import content, html, report
from coorace_eval.reports.content import (
    Cell,
    Entries,
    Entry,
    Figure,
    Heading,
    Paragraph,
    Quote,
    Section,
    Stance,
    Table,
)

HOSTILE = (
    *sample.HOSTILE,
    "N" * 5000,
    "\u202eabc\u202c </style><script>alert(1)</script> javascript:alert(1) \x00\x1b\ud800\ufffe",
    "مرحبا بكم في الورشة الجديدة",
    "\"><img src=http://ailleurs.example/x onerror=alert(1)> {{ 7*7 }} <a href='javascript:alert(1)'>",
)
TONES = ("texte", "fiche", "annexe")
LEVELS = ("À construire", "Premiers pas", "Bien engagé", "Acquis")
LARGEST = 1_500_000


def comment(text: str) -> Paragraph:
    return Paragraph(text, "commentaire")


@pytest.fixture(scope="module")
def whole() -> content.Report:
    """A report with all there is: comments of the enterprise, references of figures, a date."""
    found = report(sample.results(), 2025, sample.story())
    first = next(i for i, s in enumerate(found.sections) if any(isinstance(b, Quote) for b in s.blocks))
    table = next(b for b in found.sections[first].blocks if isinstance(b, Table))
    marked = replace(table, rows=tuple((r[0], replace(r[1], ref="7KQ4-M2XD"), *r[2:]) for r in table.rows))
    blocks = tuple(marked if b is table else b for b in found.sections[first].blocks)
    told = replace(
        found.sections[first], blocks=(comment("Une année de chantiers.\nEt de rencontres."), *blocks)
    )
    sections = (*found.sections[:first], told, *found.sections[first + 1 :])
    return replace(found, sections=sections, settled=date(2026, 5, 4))


@pytest.fixture(scope="module")
def written(whole) -> bytes:
    return whole.html()


@pytest.fixture(scope="module")
def tree(written):
    return lxml_html.document_fromstring(written)


@pytest.fixture(scope="module")
def hostile(whole) -> content.Report:
    """Every place of a report where people's words may stand, filled by people who write anything."""
    chart = next(b for s in whole.sections for b in s.blocks if isinstance(b, Figure))
    rows = tuple((Cell(t, t[:300], ref="7KQ4-M2XD"), Cell(t[:120]), Cell("12 %")) for t in HOSTILE)
    everything = (
        *map(Paragraph, HOSTILE), *map(comment, HOSTILE), *(Quote(t[:900], t[:200]) for t in HOSTILE),
        Table(HOSTILE[4], (HOSTILE[0], "2025", "2024"), rows, figures=(1, 2)),
        *(Entries(tuple(Entry(t, (t,), t[:40], t) for t in HOSTILE), tone) for tone in TONES),
        Stance(LEVELS, 1, HOSTILE[2], HOSTILE[6], 3),
        replace(chart, caption=HOSTILE[1], alt=HOSTILE[1]), chart,
    )  # fmt: skip
    sections = tuple(Section(t, (Paragraph(t, "chapeau"), Heading(t)), id="x") for t in HOSTILE)
    facts = tuple((t[:50], t) for t in HOSTILE)
    return replace(whole, name=HOSTILE[5], facts=facts, sections=(*sections, Section("Tout", everything)))


@pytest.fixture(scope="module")
def attacked(hostile):
    return lxml_html.document_fromstring(hostile.html())


def words(node) -> str:
    return " ".join("".join(node.itertext()).replace("\u00a0", " ").split())


def test_the_page_says_what_the_content_says(whole, tree):
    assert tree.get("lang") == "fr"
    assert tree.findtext(".//h1") == "Les Ateliers du Marais"
    titles = [words(h) for h in tree.iterfind(".//main//h2")]
    assert titles == [" ".join(s.title.replace("'", "’").split()) for s in whole.sections]
    told = words(tree.find("body"))
    for said in (
        "Exercice 2025",
        "+11,3",
        "Non renseigné",
        "à lire avec prudence",
        "Réf. 7KQ4-M2XD",
        "Pas encore fait",
    ):
        assert said in told
    assert tree.xpath("//meta[@name='date']/@content") == ["2026-05-04"]
    assert "Cela ne doit pas sortir" not in told


def test_an_english_report_has_its_language_on_its_forehead(whole):
    assert lxml_html.document_fromstring(replace(whole, language="en").html()).get("lang") == "en"


def test_the_contents_lead_to_each_section_and_no_name_is_given_twice(tree, attacked):
    for page in (tree, attacked):
        names = page.xpath("//@id")
        assert len(names) == len(set(names))
        links = page.xpath("//nav//a/@href")
        assert len(links) == len(page.findall(".//main/section"))
        assert {link[1:] for link in page.xpath("//a/@href")} <= set(names)
        assert all(re.fullmatch(r"#[a-z0-9-]+", link) for link in page.xpath("//a/@href"))


def test_headings_never_skip_a_level(tree):
    ranks = [int(h.tag[1]) for h in tree.xpath("//h1|//h2|//h3|//h4")]
    assert ranks[0] == 1 and ranks.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(ranks, ranks[1:], strict=False))


def test_each_table_has_a_caption_and_says_what_its_heads_are_heads_of(tree):
    tables = tree.findall(".//table")
    assert tables
    for table in tables:
        assert words(table.find("caption"))
        assert {th.get("scope") for th in table.iter("th")} == {"col", "row"}


def test_each_chart_is_described(whole, tree):
    drawn = tree.xpath("//svg")
    assert len(drawn) == sum(isinstance(b, Figure) for s in whole.sections for b in s.blocks)
    assert all(svg.get("role") == "img" and len(svg.get("aria-label")) > 20 for svg in drawn)


def test_the_four_steps_say_in_words_where_we_stand(tree):
    steps = tree.xpath("//ol[@class='steps']")[0]
    assert [words(li) for li in steps] == ["À construire", "Premiers pas 2024", "Bien engagé 2025", "Acquis"]
    assert words(steps.getnext()).startswith("Bien engagé (en 2024")


def test_the_enterprises_own_words_are_told_apart_and_a_quote_has_its_author(tree):
    (own,) = tree.xpath("//div[@class='own']")
    assert [words(p) for p in own] == [
        "Les mots de l’entreprise",
        "Une année de chantiers.",
        "Et de rencontres.",
    ]
    quotes = tree.xpath("//figure[@class='quote']")
    assert [words(q.find("figcaption")) for q in quotes] == [
        "Une salariée en parcours",
        "Un employeur du canton",
    ]


def test_the_same_content_gives_the_same_bytes_well_under_the_limit(whole, written, hostile):
    assert whole.html() == written
    assert len(written) < LARGEST / 5 and len(hostile.html()) < LARGEST


def test_text_from_people_stays_text(hostile, attacked):
    told = "".join(attacked.itertext())
    assert not attacked.xpath("//script|//img|//iframe|//object|//link|//base|//form|//input|//balise")
    assert len(attacked.xpath("//style")) == 1
    assert not [a for a in attacked.xpath("//@*") if a.lstrip().lower().startswith("javascript:")]
    assert not attacked.xpath("//@*[starts-with(name(), 'on')]|//@style")
    for mark in (
        "#read(",
        "*gras*",
        "<balise>",
        "</style><script>alert(1)</script>",
        "{{ jinja }}",
        "{{ 7*7 }}",
    ):
        assert mark in told.replace("\u00a0", " ")
    assert "مرحبا" in told and "👩‍🌾" in told
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e\ud800-\udfff\ufffe]", told)


def test_only_what_is_drawn_is_kept_of_a_drawing_and_its_names_are_its_own():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10"'
        ' height="5" onload="alert(1)"><script>alert(1)</script><style>*{}</style>'
        "<foreignObject><p>x</p></foreignObject>"
        '<image href="http://ailleurs.example/x"/><defs><clipPath id="c"><path d="M0 0"/></clipPath></defs>'
        '<g clip-path="url(#c)" style="x" fill="url(http://ailleurs.example/f)"><use xlink:href="#c"/>'
        '<use xlink:href="http://ailleurs.example/u"/><text>A &amp; B</text></g></svg>'
    )
    one, two = (
        str(html.drawing(Figure(svg, "Titre", "Ce que l'on voit", 10), name)) for name in ("g1", "g2")
    )
    assert 'id="g1-c"' in one and "url(#g1-c)" in one and '"#g1-c"' in one and "A &amp; B" in one
    assert 'viewBox="0 0 10 5"' in one and "Ce que l’on voit" in one
    assert not re.search(r"script|style|foreign|image|ailleurs|onload", one)
    assert "g1" not in two


def test_an_empty_report_is_a_page_and_a_file_that_cannot_be_written_says_so(whole, tmp_path):
    bare = content.Report("Restitution", "", 2025, (), (Section("Vide", ()),))
    assert lxml_html.document_fromstring(bare.html()).findtext(".//h1") == "Restitution"
    assert whole.to_html(tmp_path / "page.html").read_bytes() == whole.html()
    with pytest.raises(CooraceError) as caught:
        whole.to_html(tmp_path / "nulle" / "part.html")
    assert [problem.code for problem in caught.value.problems] == ["RAP-001"]


def test_a_word_with_hyphens_for_all_stays_on_one_line(whole):
    told = replace(whole, sections=(Section("Les salarié-e-s, Saisissez-la", ()),)).html().decode()
    assert "salarié\u2011e\u2011s, Saisissez-la" in told


def test_columns_share_the_width_whatever_they_hold():
    table = Table(
        "T", ("A", "Valeur", "Où en sommes-nous"), ((Cell("x" * 5000), Cell("12 %"), Cell("oui")),), (1,)
    )
    shares = html.columns(table)
    assert sum(shares) == 100 and min(shares) >= 10 and shares[0] <= 70


@pytest.mark.browser
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_everyone_can_read_the_page_and_it_asks_for_nothing(
    size, whole, hostile, chromium: Browser, tmp_path: Path
):
    page = chromium.new_page(viewport=size)
    some = whole if size is WIDE else replace(whole, sections=whole.sections[1:3])
    for found in (some, hostile):
        asked, faults = _watched(page)
        page.goto(found.to_html(tmp_path / "page.html").as_uri())
        assert found is hostile or violations(page) == []
        assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px Inter'))")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert (len(asked), faults) == (1, [])
    page.close()


@pytest.mark.browser
def test_its_own_policy_stops_what_would_be_put_in_later(written, chromium: Browser, tmp_path: Path):
    there = tmp_path / "page.html"
    put_in = (
        b"<script>document.title = 'pris'</script><img src='http://127.0.0.1:9/x'>"
        b"<p style='color:red' id=rouge>x</p></main>"
    )
    there.write_bytes(written.replace(b"</main>", put_in))
    page = chromium.new_page()
    asked, faults = _watched(page)
    page.goto(there.as_uri())
    assert page.title() != "pris"
    assert page.evaluate("getComputedStyle(document.querySelector('#rouge')).color") == "rgb(30, 30, 30)"
    assert len(faults) == 3 and all("Content Security Policy" in fault for fault in faults)
    page.close()


def _watched(page: Page) -> tuple[list[str], list[str]]:
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: request.url.startswith("data:") or asked.append(request.url))
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    return asked, faults
