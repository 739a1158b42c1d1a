"""The enterprise's own Word template: what it may hold, what is refused, and what the message says."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from reports import office
from typer.testing import CliRunner

from coorace_eval.cli import app
from coorace_eval.problems import CooraceError, Problem
from coorace_eval.reports import content as c
from coorace_eval.reports import sections, template, word
from coorace_eval.reports.template import check_template, check_tree, fill, sample
from coorace_eval.reports.template_tags import FILTERS, LISTS, SECTIONS, TEXTS, WHOLE

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "modele_word.md"


def document(*paragraphs: str) -> bytes:
    """A Word document with these paragraphs."""
    made = docx.Document()
    for text in paragraphs:
        made.add_paragraph(text)
    return saved(made)


def saved(made) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rewritten(content: bytes, **changes: str | bytes | None) -> bytes:
    """The same package, with parts put in place of others; two underscores stand for a slash."""
    named = {name.replace("__", "/").replace("_dot_", "."): part for name, part in changes.items()}
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as read,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for name in read.namelist():
            if name not in named:
                written.writestr(name, read.read(name))
        for name, part in named.items():
            if part is not None:
                written.writestr(name, part)
    return out.getvalue()


def part(content: bytes, name: str) -> str:
    return office.parts(content)[name].decode("utf-8")


def causes(problems: list[Problem]) -> str:
    assert all(problem.code == "RAP-003" for problem in problems)
    return " / ".join(f"{problem.where} : {problem.cause} {problem.hint}" for problem in problems)


def texts(content: bytes) -> list[str]:
    return [p.text for p in docx.Document(io.BytesIO(content)).paragraphs]


REPORT = office.small_report(
    c.Table("Les indicateurs", ("Indicateur", "2025"), (
        (c.Cell("Taux"), c.Cell("65\u00a0%", ref="7KQ4-M2XD")),
        (c.Cell("Heures"), c.Cell("34", ref="AAAA-BBBB", unit="h")),
        (c.Cell("Bénévoles"), c.Cell("Non renseigné", quiet=True)),
    )),
    c.Quote("J'ose téléphoner.", "Une salariée"),
)  # fmt: skip


def test_the_templates_that_are_given_pass_their_own_check():
    for language in ("fr", "en"):
        assert check_template(word.default_template(language)) == []
        assert check_template(word.example_template(language)) == []


def test_a_template_is_filled_with_texts_lists_and_conditions():
    made = document(
        "{{ nom }} – {{ annee }}",
        "{% if chiffres %}", "Il y a des chiffres.", "{% else %}", "Rien.", "{% endif %}",
        "{% for c in chiffres %}",
        "{{ c.label }} = {{ c.valeur }} {{ c.unite }} [{{ c.reference }}]",
        "{% endfor %}",
        "{% if decisions %}Des décisions.{% endif %}", "{{ nom|upper }}", "{{ corps }}",
    )  # fmt: skip
    assert check_template(made) == []
    told = texts(REPORT.docx(made))
    assert told[:3] == ["Les Ateliers – 2025", "Il y a des chiffres.", "Taux = 65\u00a0%  [7KQ4-M2XD]"]
    assert told[3:5] == ["Heures = 34 h [AAAA-BBBB]", ""]
    assert told[5] == "LES ATELIERS" and "Rien." not in told
    assert "Vers un emploi durable" in told


def test_a_loop_in_the_cells_of_a_row_repeats_the_row():
    made = docx.Document()
    table = made.add_table(2, 2)
    for cell, text in zip(
        [cell for row in table.rows for cell in row.cells],
        ("Indicateur", "Valeur", "{% for c in chiffres %}{{ c.label }}", "{{ c.valeur }}{% endfor %}"),
        strict=True,
    ):  # fmt: skip
        cell.text = text
    made.add_paragraph("{{ corps }}")
    content = saved(made)
    assert check_template(content) == []
    found = docx.Document(io.BytesIO(REPORT.docx(content))).tables[0]
    assert [[cell.text for cell in row.cells] for row in found.rows] == [
        ["Indicateur", "Valeur"], ["Taux", "65\u00a0%"], ["Heures", "34"],
    ]  # fmt: skip


def test_a_tag_that_word_cut_into_runs_is_one_tag():
    made = docx.Document()
    paragraph = made.add_paragraph()
    for piece in ("Chez {", "{ no", "m }", "} en {{ an", "nee }}"):
        paragraph.add_run(piece).bold = piece == "m }"
    made.add_paragraph("{% for t in temoignages %}{{ t.qui }}{% endfor %}")
    content = saved(made)
    assert check_template(content) == []
    told = texts(REPORT.docx(content))
    assert told[0] == "Chez Les Ateliers en 2025" and told[1] == "Une salariée"


def test_sections_go_where_they_are_placed_and_the_method_is_never_left_out():
    ids = ("demarche", "dimension.emploi", "cibles", "annexe", "colophon")
    whole = c.Report(
        "R", "N", 2025, (), tuple(c.Section(id.upper(), (c.Paragraph("Texte"),), id=id) for id in ids)
    )

    def titles(*paragraphs: str) -> list[str]:
        made = docx.Document(io.BytesIO(whole.docx(document(*paragraphs))))
        return [p.text for p in made.paragraphs if p.style.name == "Heading 1"]

    everything = titles("{{ section.cibles }}", "{{ corps }}", "{{ dimension.emploi }}")
    assert everything == ["CIBLES", "DEMARCHE", "ANNEXE", "COLOPHON", "DIMENSION.EMPLOI"]
    assert titles("{{ section.cibles }}", "{{ section.reseau }}") == [
        "CIBLES",
        "DEMARCHE",
        "ANNEXE",
        "COLOPHON",
    ]
    assert set(sections.ALWAYS) <= set(word.ALWAYS)


def test_the_styles_of_the_template_stay_and_those_it_lacks_are_added():
    made = docx.Document()
    made.styles["Heading 1"].font.name = "Georgia"
    made.add_paragraph("{{ corps }}")
    found = docx.Document(io.BytesIO(REPORT.docx(saved(made))))
    assert found.styles["Heading 1"].font.name == "Georgia"
    assert {"Auteur de la citation", "Tableau de restitution"} <= {style.name for style in found.styles}


WRONG = {
    "{{ anne }}": "Vouliez-vous dire « annee »",
    "{{ dimension._hidden }}": "n'a pas de",
    "{{ section.cible }}": "Vouliez-vous dire « cibles »",
    "{{ nom.upper() }}": "appel",
    "{{ range(10) }}": "appel",
    "{{ nom.__class__ }}": "n'existe pas ici",
    "{{ ''.__class__.__mro__ }}": "autre chose",
    "{{ 7 * 7 }}": "autre chose",
    "{{ nom ~ nom }}": "autre chose",
    "{{ nom[0] }}": "autre chose",
    "{{ nom if nom }}": "autre chose",
    "{{ nom|attr('x') }}": "filtre",
    "{{ nom|uper }}": "Vouliez-vous dire « upper »",
    "{{ nom|safe }}": "filtre",
    "{{ chiffres }}": "elle se parcourt",
    "{{ chiffre }}": "Vouliez-vous dire « chiffres »",
    "{{ self }}": "n'existe pas",
    "{{ loop.index }}": "n'existe pas",
    "{{ nom": "n'est pas fermée",
    "{% if nom %}": "jamais fermée",
    "{% endif %}": "ne ferme rien",
    "{% for c in chiffre %}{% endfor %}": "Vouliez-vous dire « chiffres »",
    "{% for c in range(9) %}{% endfor %}": "mal écrite",
    "{% for nom in chiffres %}{% endfor %}": "ne convient pas",
    "{% for c in chiffres if c %}{% endfor %}": "mal écrite",
    "{% for a in chiffres %}{% for b in decisions %}{% endfor %}{% endfor %}": "ne peut pas en contenir",
    "{% for c in chiffres %}{{ c.valeurs }}{% endfor %}": "Vouliez-vous dire « valeur »",
    "{% for c in chiffres %}{{ c }}{% endfor %}": "Dites ce que l'on montre",
    "{% for c in chiffres %}{{ corps }}{% endfor %}": "seule sur sa ligne",
    "Avant {{ corps }}": "seule sur sa ligne",
    "{% set x = 1 %}": "n'est pas admise",
    "{% macro m() %}{% endmacro %}": "n'est pas admise",
    "{% include '/etc/passwd' %}": "n'est pas admise",
    "{% import 'os' as os %}": "n'est pas admise",
    "{% extends 'x' %}": "n'est pas admise",
    "{% raw %}{{ x }}{% endraw %}": "n'est pas admise",
    "{% cellbg rouge %}": "n'est pas admise",
    "{% colspan 99999 %}": "n'est pas admise",
    "{%- if nom -%}x{% endif %}": "mal écrite",
    "{# note #}": "mal écrite",
    "{{r nom }}": "mal écrite",
}


NAMES = [tag for tag in WRONG if tag.startswith("{{")]


def test_each_name_that_is_not_known_is_refused_with_its_place():
    found = check_template(document(*NAMES))
    for rank, tag in enumerate(NAMES, start=1):
        here = [problem for problem in found if problem.where.startswith(f"texte, paragraphe {rank},")]
        assert here and WRONG[tag] in causes(here).replace("\u00a0", " ").replace("  ", " "), tag


@pytest.mark.parametrize("tag", [tag for tag in WRONG if tag not in NAMES])
def test_what_is_not_of_the_closed_language_is_refused_with_its_place(tag):
    found = check_template(document("Un titre", tag))
    assert found and WRONG[tag] in causes(found).replace("\u00a0", " ").replace("  ", " ")
    assert all("paragraphe 2" in problem.where for problem in found)


def test_a_template_that_is_wrong_makes_no_document():
    with pytest.raises(CooraceError) as caught:
        REPORT.docx(document("{{ anne }}"))
    assert "annee" in str(caught.value)


def test_everything_that_is_wrong_is_said_at_once():
    found = check_template(
        document("{{ nmo }}", "{{ anee }}", "{% for x in y %}", "{{ corps }}", "{{ corps }}")
    )
    assert len(found) >= 4
    assert "« anee »" in causes(found).replace("\u00a0", " ") and "placé deux fois" in causes(found)


def test_a_loop_that_opens_in_one_place_and_closes_in_another_is_refused():
    made = docx.Document()
    made.add_paragraph("{% for c in chiffres %}")
    made.add_table(1, 1).rows[0].cells[0].text = "{{ c.label }}{% endfor %}"
    assert "s'ouvre à un endroit" in causes(check_template(saved(made)))


def test_a_dimension_is_known_where_the_sections_are_given():
    content = document("{{ dimension.emplois }}")
    assert check_template(content) == []
    found = check_template(content, ["demarche", "dimension.emploi", "dimension.agir"])
    assert "Vouliez-vous dire « emploi »" in causes(found)
    assert check_template(document("{{ dimension.emploi }}"), ["dimension.emploi"]) == []


def test_a_tag_outside_the_text_is_refused():
    made = docx.Document()
    made.add_paragraph("Texte")._p.set(qn("w:rsidR"), "{{ nom }}")
    assert "hors du texte" in causes(check_template(saved(made)))
    made = docx.Document()
    run = made.add_paragraph().add_run()
    code = OxmlElement("w:instrText")
    code.text = ' HYPERLINK "{{ nom }}" '
    run._r.append(code)
    assert "hors du texte" in causes(check_template(saved(made)))
    made = docx.Document()
    made.core_properties.title = "{{ nom }}"
    assert "n'est pas remplie" in causes(check_template(saved(made)))


@pytest.mark.parametrize(
    "field", ["DDEAUTO c:\\\\x", "INCLUDETEXT \\\\srv\\a", "INCLUDEPICTURE x", "MACROBUTTON m", "LINK x"]
)
def test_a_field_that_fetches_or_runs_something_is_refused(field):
    made = docx.Document()
    paragraph = made.add_paragraph()
    for piece in (field[:4], field[4:]):
        code = OxmlElement("w:instrText")
        code.text = piece
        paragraph.add_run()._r.append(code)
    assert "Le champ Word" in causes(check_template(saved(made)))


EXTERNAL = '<Relationship Id="rIdX" Type="http://x/{}" Target="{}" TargetMode="{}"/></Relationships>'
RELS = "word/_rels/document.xml.rels"


@pytest.mark.parametrize(("kind", "target", "mode", "said"), [
    ("attachedTemplate", "file:///c:/modele.dotm", "External", "autre modèle"),
    ("image", "http://exemple.org/a.png", "External", "image est liée"),
    ("subDocument", "file:///a.docx", "External", "sous-document"),
    ("hyperlink", "file:///etc/passwd", "External", "renvoie à un fichier"),
    ("hyperlink", "javascript:alert(1)", "External", "renvoie à un fichier"),
    ("oleObject", "embeddings/o.bin", "Internal", "objet d'un autre logiciel"),
    ("aFChunk", "a.html", "Internal", "morceau d'un autre format"),
    ("styles", "../../../etc/passwd", "Internal", "trompeurs"),
])  # fmt: skip
def test_what_comes_from_elsewhere_is_refused(kind, target, mode, said):
    plain = document("{{ nom }}")
    changed = part(plain, RELS).replace("</Relationships>", EXTERNAL.format(kind, target, mode))
    assert said in causes(check_template(rewritten(plain, word___rels__document_dot_xml_dot_rels=changed)))


def test_a_link_to_a_page_is_an_ordinary_link():
    plain = document("{{ nom }}")
    changed = part(plain, RELS).replace(
        "</Relationships>", EXTERNAL.format("hyperlink", "https://www.coorace.org/", "External")
    )
    assert check_template(rewritten(plain, word___rels__document_dot_xml_dot_rels=changed)) == []


def test_a_file_that_is_no_plain_word_document_is_refused():
    plain = document("{{ nom }}")
    types = part(plain, "[Content_Types].xml")
    main = "wordprocessingml.document.main+xml"
    with_types = {"[Content_Types].xml": types.replace(main, "document.macroEnabled.main+xml")}
    dotx = {"[Content_Types].xml": types.replace(main, "wordprocessingml.template.main+xml")}
    entity = '<!DOCTYPE x [<!ENTITY a "b">]>' + part(plain, "word/document.xml").partition("?>")[2]
    assert "pas un document Word" in causes(check_template(b"PK nothing"))
    assert "pas un document Word" in causes(check_template(b""))
    assert "mot de passe" in causes(check_template(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600))
    assert "4" in causes(check_template(b"x" * (4 * 1024 * 1024 + 1)))
    assert "macros" in causes(check_template(rewritten(plain, **with_types)))
    assert ".dotx" in causes(check_template(rewritten(plain, **dotx)))
    assert "macros" in causes(check_template(rewritten(plain, word__vbaProject_dot_bin=b"x")))
    assert "entités" in causes(check_template(rewritten(plain, word__document_dot_xml=entity)))
    assert "illisible" in causes(check_template(rewritten(plain, word__document_dot_xml="<a>")))
    assert "pas un document Word" in causes(check_template(rewritten(plain, word__document_dot_xml=None)))
    assert "trompeurs" in causes(check_template(rewritten(plain, **{"../evil": "x"})))
    assert "pas un document Word" in causes(check_template(plain[: len(plain) // 2]))


def test_bombs_are_refused_before_they_are_opened():
    plain = document("{{ nom }}")
    assert "démesuré" in causes(check_template(rewritten(plain, word__media__a_dot_bin=b"\0" * (41 << 20))))
    long = part(plain, "word/document.xml").replace("<w:body>", "<w:body>" + "<w:p/>" * 200_000)
    assert "trop longue" in causes(check_template(rewritten(plain, word__document_dot_xml=long)))
    many = check_template(document(*["{{ nom }}"] * 501))
    assert "501 balises" in causes(many)
    assert "900 balises" in causes(check_template(document("{{ " * 900)))
    assert "mal écrite" in causes(check_template(document("{{ " + "(" * 20_000 + " }}")))
    assert "mal écrite" in causes(check_template(document("{% if " + "not " * 9000 + "nom %}x{% endif %}")))
    heavy = document("{% for c in chiffres %}", *["x" * 9000] * 40, "{% endfor %}")
    assert "démesuré" in causes(check_template(heavy))


def test_a_package_that_lies_about_a_size_is_refused():
    plain = bytearray(document("{{ nom }}"))
    with zipfile.ZipFile(io.BytesIO(bytes(plain))) as package:
        info = package.getinfo("word/document.xml")
    directory = bytes(plain).rfind(b"word/document.xml") - 46
    assert int.from_bytes(plain[directory + 24 : directory + 28], "little") == info.file_size
    plain[directory + 24 : directory + 28] = (60 << 20).to_bytes(4, "little")
    assert check_template(bytes(plain))
    plain[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    assert check_template(bytes(plain))


@pytest.mark.parametrize("source", [
    "{{ nom.__class__ }}", "{{ x }}", "{% set a = 1 %}", "{{ nom() }}", "{% for a in nom %}{% endfor %}",
    "{% for a in chiffres %}{% for b in chiffres %}{% endfor %}{% endfor %}", "{{ cycler }}",
    "{% for c in chiffres %}{{ c.items }}{% endfor %}", "{% if nom == 'a' %}{% endif %}", "{{ nom",
    "{{ 'a' }}", "{{ nom|tojson }}",
])  # fmt: skip
def test_the_last_gate_lets_nothing_else_through_even_unchecked(source):
    with pytest.raises(CooraceError) as caught:
        check_tree(f"<w:p>{source}</w:p>")
    assert [problem.code for problem in caught.value.problems] == ["RAP-003"]


def test_what_people_wrote_meets_no_language_on_its_way():
    told = sample() | {
        "nom": office.HOSTILE[:200],
        "chiffres": [dict.fromkeys(LISTS["chiffres"], "{{ annee }} {_{ <b>")],
    }
    content = document("{{ nom }}", "{% for c in chiffres %}{{ c.label }}{% endfor %}")
    made = [p.text for p in fill(content, told).paragraphs]
    assert "#read(" in made[0] and made[1] == "{{ annee }} {_{ <b>"


def test_a_text_of_people_cannot_take_the_place_of_a_section():
    name = template.place("corps")
    assert "Vers un emploi durable" in " ".join(
        texts(office.small_report(name=name).docx(document("{{ corps }}")))
    )
    plain = texts(office.small_report(name=name).docx(document("{{ nom }}")))
    assert plain[0] == "corps" and "Vers un emploi durable" not in plain


def test_a_cell_that_a_condition_empties_keeps_a_paragraph():
    made = docx.Document()
    cell = made.add_table(1, 1).rows[0].cells[0]
    cell.text = "{% if decisions %}"
    for text in ("Des décisions", "{% endif %}"):
        cell.add_paragraph(text)
    content = saved(made)
    assert check_template(content) == []
    found = docx.Document(io.BytesIO(REPORT.docx(content)))
    assert [p.text for p in found.tables[0].rows[0].cells[0].paragraphs] == [""]


def test_the_guide_names_all_that_a_template_may_hold_and_nothing_else():
    guide = GUIDE.read_text("utf-8")
    named = set(re.findall(r"`\{\{ ([\w.]+)", guide))
    placed = {f"section.{id}" for id in SECTIONS} | {"dimension.emploi"}
    known = {*TEXTS, *WHOLE, *placed, "c.valeur", "c.reference"}
    assert named == known
    for name, fields in LISTS.items():
        row = next(line for line in guide.splitlines() if line.startswith(f"| `{name}` |"))
        assert [field for field in re.findall(r"`(\w+)`", row) if field != name] == list(fields)
    assert all(f"| {name} }}}}" in guide for name in FILTERS)


def test_the_command_writes_a_template_to_start_from_and_checks_another(tmp_path):
    started, wrong = tmp_path / "modele.docx", tmp_path / "faux.docx"
    wrong.write_bytes(document("{{ anne }}"))

    def run(*words: object) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["word-template", *map(str, words)])
        return result.exit_code, result.output

    assert run("--to", started)[0] == 0 and check_template(started.read_bytes()) == []
    assert run("--check", started) == (0, f"{started} : rien à corriger.\n")
    for path, said in ((wrong, "annee"), (tmp_path / "absent.docx", "ne peut pas être lu")):
        code, told = run("--check", path)
        assert code == 1 and "[RAP-003]" in told and said in told
    assert run("--to", tmp_path / "absent" / "modele.docx")[0] == 1
