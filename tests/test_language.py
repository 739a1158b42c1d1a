"""Nothing is left untranslated: the catalogue is that of the code, and every screen speaks both languages."""

from __future__ import annotations

import ast
import dataclasses
import importlib.machinery
import importlib.util
import re
import string
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from apps.road import BASE, DONE, EMPTY, OPEN, base, loaded, router, url  # noqa: F401
from babel.messages.catalog import Catalog, Message
from charts import sample

from coorace_eval import language
from coorace_eval.apps.directory import PAGES, ROOMS, STEPS
from coorace_eval.apps.router import Router
from coorace_eval.campaigns.edition import Edition
from coorace_eval.formatting import format_date, format_exact, format_time, format_value, parse_number
from coorace_eval.language import ENGLISH, FRENCH, LANGUAGES, speaking, tr, trn
from coorace_eval.reports import report

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "coorace_eval"
SPOKEN = ("tr", "trn", "mark")
SHOWING = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8"))
    for room in ("apps", "charts", "reports")
    for path in sorted((PACKAGE / room).rglob("*.py"))
}

FRENCH_WORDS = re.compile(
    r"[éèêàâçùûîôœ«»ÉÀÊ]|(?i:\b(?:[ldnsj]|qu)'\w)"
    r"|(?i:(?:^|\s)(?:le|la|les|des|du|une|vous|votre|nos|est|dans|pour|avec|aucun|aucune|sur|par)\s)"
)
CAPITALISED = re.compile(r"[A-Z][a-z]{2,}(?:\s\w+)*[.?!]?")

NOT_SHOWN = {
    "apps/components/screen.py": {"Accueil"},
    "apps/steps/journal.py": {"les données"},  # as the journal wrote it; the view says it
    "apps/steps/network.py": {"réseau"},  # the name of a group in a table of the library
    "apps/steps/people.py": {"Invitation"},
    "reports/html.py": {"Réf."},  # how wide a column is, not what stands there
    "reports/slides_deck.py": {"Numéro"},  # the name of a shape in a file
    "reports/word_styles.py": None,  # names of styles, by which the template of an enterprise finds them
}
"""French words in the code that are no text of a screen, each for a reason; ``None`` allows a whole file."""


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The command that keeps the catalogue."""
    loader = importlib.machinery.SourceFileLoader("catalogue", str(ROOT / "scripts" / "catalogue"))
    spec = importlib.util.spec_from_loader("catalogue", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def english(tool) -> Catalog:
    """The English messages."""
    return tool.known(ENGLISH)


def forms(text: Any) -> tuple[str, ...]:
    """The singular and the plural of a message, or its only form."""
    return tuple(text) if isinstance(text, list | tuple) else (text,)


def named(text: str) -> set[str]:
    """The parts that a text names."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_catalogue_is_that_of_the_code_complete_and_compiled(tool):
    assert tool.problems() == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_names_the_same_parts(tool, code):
    for message in tool.known(code):
        if message.id:
            asked = set().union(*map(named, forms(message.id)))
            assert len(forms(message.id)) == len(forms(message.string))
            for said in filter(None, forms(message.string)):
                assert named(said) <= asked, said
                assert named(said) >= asked - {"n"}, said


def test_the_catalogue_is_the_same_when_made_again(tool):
    for code in LANGUAGES:
        same = tool.po_file(code).read_bytes() == tool.written(tool.merged(code, tool.extracted()))
        assert same, f"{code} : lancez scripts/catalogue"  # a comparison of two catalogues takes minutes


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls that say something."""
    if not any(isinstance(node, ast.ImportFrom) and node.module == language.__name__ for node in tree.body):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPOKEN:
            yield node


def test_what_is_said_is_written_out_or_was_marked():
    """A text built on the spot can be in no catalogue."""

    def is_built(node: ast.AST) -> bool:
        calls_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        return isinstance(node, ast.JoinedStr | ast.BinOp) or calls_method

    for path in sorted(PACKAGE.rglob("*.py")):
        for call in calls(ast.parse(path.read_text("utf-8"))):
            texts = call.args[: 2 if call.func.id == "trn" else 1]
            for text in texts:
                wrong = [node for node in ast.walk(text) if is_built(node)]
                assert not wrong, f"{path.name}:{call.lineno}"
                if call.func.id != "tr":
                    assert isinstance(text, ast.Constant), f"{path.name}:{call.lineno}"


def parents(tree: ast.Module) -> dict[ast.AST, ast.AST]:
    """What each node stands in."""
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def is_said(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether a text is said in the language spoken, or is no text for a person.

    A docstring, the name of an error's source, a key, what is compared, and what goes to the log.
    """
    before = node
    while before in above:
        node, before = before, above[before]
        if isinstance(before, ast.Call):
            name = getattr(before.func, "id", getattr(before.func, "attr", ""))
            if name in SPOKEN and node in before.args or name == "ValueError":
                return True
            if name.endswith("Error") and before.args and node is before.args[0]:
                return True
            if isinstance(before.func, ast.Attribute) and getattr(before.func.value, "id", "") in (
                "log",
                "re",
            ):
                return True
        if isinstance(before, ast.Expr | ast.Compare | ast.Subscript):
            return True
        if isinstance(before, ast.Dict) and node in before.keys:
            return True
    return False


@pytest.mark.parametrize("name", SHOWING)
def test_no_french_text_escapes_translation(name):
    tree = SHOWING[name]
    allowed = NOT_SHOWN.get(name, set())
    if allowed is None:
        return
    above = parents(tree)
    strict = name.startswith(("apps/views", "apps/steps"))
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or is_said(node, above):
            continue
        text = node.value.strip()
        if not re.search(r"[^\W\d_]", text):
            continue
        if FRENCH_WORDS.search(text) or strict and CAPITALISED.fullmatch(text):
            found.append(text)
    assert set(found) <= allowed


def test_the_page_says_its_own_words_in_each_language():
    script = (PACKAGE / "apps" / "components" / "js" / "words.js").read_text("utf-8")
    tables = {code: re.search(rf"\n  {code}: {{\n(.*?)\n  }},\n", script, re.S) for code in LANGUAGES}
    keys = {code: re.findall(r"^    (\w+):", found[1], re.M) for code, found in tables.items() if found}
    assert set(keys) == set(LANGUAGES)
    assert keys[FRENCH] == keys[ENGLISH] != []


def leaves(shown: Any) -> Iterator[str]:
    """Every text that a screen shows, but what was typed, drawings and identifiers."""
    if isinstance(shown, str):
        yield shown.replace("\u00a0", " ").replace("\u202f", " ")
    elif isinstance(shown, dict):
        hidden = (
            "id",
            "value",
            "svg",
            "route",
            "path",
            "target",
            "tone",
            "type",
            "kind",
            "state",
            "languages",
        )
        yield from (text for key, inner in shown.items() if key not in hidden for text in leaves(inner))
    elif isinstance(shown, list | tuple):
        yield from (text for inner in shown for text in leaves(inner))


def french_pieces(catalog: Catalog) -> dict[str, str]:
    """What of each French text would show that it was not translated; words of the référentiel may stand."""
    found, theirs = {}, BASE.read_text("utf-8")
    for message in catalog:
        for text, said in zip(forms(message.id), forms(message.string), strict=True) if message.id else ():
            plain = [part.strip() for part, _, _, _ in string.Formatter().parse(text)]
            longest = max(plain, key=len).replace("\u00a0", " ").replace("\u202f", " ")
            if len(longest) > 14 and longest not in said and longest not in theirs:
                found[longest] = text
    return found


@pytest.fixture
def unknown_keys(monkeypatch) -> set[str]:
    """The texts that were said and stand in no catalogue: a message forgotten, or a person's own words."""
    found: set[str] = set()

    def said(self: object, text: str) -> str:
        found.add(text)
        return text

    monkeypatch.setattr(language._French, "gettext", said)
    return found


@pytest.mark.parametrize("campaign", [OPEN, EMPTY, DONE], ids=lambda key: key[0])
def test_every_screen_of_a_campaign_speaks_english(router, english, unknown_keys, campaign):  # noqa: F811
    pieces = french_pieces(english)
    router.receive("language", {"id": ENGLISH})
    for screen in walk(router, campaign):
        assert screen["language"] == ENGLISH
        for text in leaves(screen):
            left = [piece for piece in pieces if piece in text]
            assert not left, f"{screen['route']}: {text}"
    assert unknown_keys == set()


def walk(app: Router, campaign: tuple[str, int]) -> Iterator[dict[str, Any]]:
    """Every page beside, then every step, tab and room of a campaign."""
    for name in PAGES:
        app.receive("act", {"id": f"page.{name}"})
        yield app.screen()
    place = "campagne/{}/{}".format(*campaign)
    for name in (*(state.value for state in STEPS), *ROOMS):
        app.receive("route", {"path": f"{place}/{name}"})
        first = app.screen()
        yield first
        for tab in (first["tabs"] or {"items": []})["items"][1:3]:
            app.receive("tab", {"id": tab["id"]})
            yield app.screen()


def test_a_report_in_english_leaves_no_french_text(english, unknown_keys):
    pieces = french_pieces(english)
    edition = Edition(language=ENGLISH)
    made = report(sample.results(), 2025, sample.story(), edition=edition, bands={})
    shown = [text.replace("\u00a0", " ") for text in texts(made)]
    assert "Our appreciation, dimension by dimension" in shown
    assert [text for text in shown if any(piece in text for piece in pieces)] == []
    assert unknown_keys == set()


def texts(made: Any) -> Iterator[str]:
    """Every text of a report, its drawings left aside."""
    if isinstance(made, str):
        yield "" if made.startswith("<svg") else made
    elif dataclasses.is_dataclass(made):
        yield from (text for field in dataclasses.fields(made) for text in texts(getattr(made, field.name)))
    elif isinstance(made, list | tuple):
        yield from (text for inner in made for text in texts(inner))


def test_a_refusal_is_said_in_the_language_of_the_person(router):  # noqa: F811
    router.receive("language", {"id": ENGLISH})
    router.receive("route", {"path": "campagne/{}/{}/collecte".format(*OPEN)})
    router.receive("set", {"id": "salaries_parcours", "value": "12 %"})
    assert "“12 %” is a percentage." in router.screen()["problems"][0]["text"]
    router.receive("dance", {})
    assert (
        router.screen()["problems"][0]["text"] == "“dance” is not expected here. Reload the page. (CAM-004)"
    )
    router.receive("language", {"id": "klingon"})
    assert router.screen()["language"] == ENGLISH
    router.receive("language", {"id": FRENCH})
    assert router.screen()["heading"]["text"] == "Collecte"


def test_numbers_and_dates_are_written_as_each_language_does():
    from datetime import date, datetime

    with speaking(ENGLISH):
        assert format_exact(1234567.25) == "1,234,567.25"
        assert format_value(0.625, "ratio") == "62.5%"
        assert format_date(date(2026, 11, 23)) == "23 November 2026"
        assert format_time(datetime(2026, 11, 23, 18, 4)) == "18:04"
        assert [parse_number(text) for text in ("1,234.5", "1,234", "12,5", "1 234.5")] == [
            1234.5, 1234.0, 12.5, 1234.5,
        ]  # fmt: skip
        for number in (0.0, 0.5, 1234.0, 1234567.125, -1500.25):
            assert parse_number(format_exact(number)) == number
    assert format_exact(1234567.25) == "1\u202f234\u202f567,25"
    assert parse_number("1,234") == 1.234


def test_counts_agree_in_both_languages():
    said = {code: [] for code in LANGUAGES}
    for code, told in said.items():
        with speaking(code):
            told += [trn("{n} indicateur", "{n} indicateurs", number) for number in (0, 1, 2, 1500)]
    assert said[FRENCH] == ["0 indicateur", "1 indicateur", "2 indicateurs", "1\u202f500 indicateurs"]
    assert said[ENGLISH] == ["0 indicators", "1 indicator", "2 indicators", "1,500 indicators"]


def test_braces_in_what_a_person_wrote_stay_as_they_are():
    assert tr("Retiré : {reason}", reason="{n} {0} {reason} %s") == "Retiré : {n} {0} {reason} %s"


def test_nothing_is_said_of_an_empty_text():
    with speaking(ENGLISH):
        assert tr("") == ""


def test_each_catalogue_reads_as_messages(english):
    assert all(isinstance(message, Message) and not message.fuzzy for message in english)
