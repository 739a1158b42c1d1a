"""Where the tags of a Word template stand: found in its paragraphs, checked, and made ready to be filled.

Word cuts a text into runs as it likes. Each tag is gathered into one run first; a loop that opens and
closes alone in its paragraph, or in the first and the last cell of a row, then takes the whole
paragraph or the whole row, without its author having to know more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from lxml import etree

from coorace_eval.language import tr
from coorace_eval.problems import Problem
from coorace_eval.reports.template_package import CODE
from coorace_eval.reports.template_tags import DEEPEST, OPENING, TAG, Tag, check_tag, read_tag

MOST_TAGS = 500
_P, _T = qn("w:p"), qn("w:t")
_FIELDS = {
    "AUTHOR", "COMMENTS", "CREATEDATE", "DATE", "DOCPROPERTY", "EDITTIME", "FILENAME", "HYPERLINK",
    "INDEX", "KEYWORDS", "LASTSAVEDBY", "NOTEREF", "NUMCHARS", "NUMPAGES", "NUMWORDS", "PAGE",
    "PAGEREF", "PRINTDATE", "REF", "SAVEDATE", "SECTION", "SECTIONPAGES", "SEQ", "STYLEREF", "SUBJECT",
    "SYMBOL", "TC", "TIME", "TITLE", "TOC", "XE",
}  # fmt: skip
"""The fields of Word that neither fetch nor run anything."""


@dataclass(frozen=True)
class Placed:
    """A tag and where it stands.

    Parameters
    ----------
    alone
        Whether the paragraph says nothing else.
    """

    tag: Tag
    paragraph: Any
    where: str
    alone: bool

    def above(self, name: str) -> Any:
        """The nearest element of that name around the paragraph."""
        return next(self.paragraph.iterancestors(qn(name)), None)


def stories(document: Document) -> Iterator[tuple[str, Any]]:
    """The parts of the document that are filled in, each with what people call it."""
    yield tr("texte"), document.element.body
    for relation in document.part.rels.values():
        if relation.reltype.endswith(("/header", "/footer")) and not relation.is_external:
            name = tr("en-tête") if relation.reltype.endswith("/header") else tr("pied de page")
            yield name, relation.target_part._element


def outline(name: str, story: Any) -> list[Placed]:
    """The tags of one part, in the order in which they are read; each now stands in one run."""
    found = []
    for rank, paragraph in enumerate(story.iter(_P), start=1):
        texts, whole = _text(paragraph)
        if not OPENING.search(whole):
            continue
        _gather(texts, whole)
        for match in TAG.finditer(whole):
            where = tr(
                "{part}, paragraphe {rank}, «\u00a0{tag}\u00a0»", part=name, rank=rank, tag=match[0][:60]
            )
            found.append(Placed(read_tag(match[0]), paragraph, where, whole.strip() == match[0]))
    return found


def check_outline(document: Document, sections: Iterable[str]) -> Iterator[Problem]:
    """All that is wrong with the tags of a document."""
    seen: set[str] = set()
    parts = list(stories(document))
    many = sum(len(OPENING.findall(_text(p)[1])) for _, story in parts for p in story.iter(_P))
    if many > MOST_TAGS:
        cause = tr("Le modèle compte {n} balises\u00a0; la limite est de {most}.", n=many, most=MOST_TAGS)
        yield Problem(CODE, "", cause, tr("Employez une boucle."))
        return
    for name, story in parts:
        yield from _check_text(name, story)
        yield from _check_story(outline(name, story), sections, seen, story)


def arrange(document: Document) -> None:
    """Say to docxtpl which tags take their whole paragraph or row; the document was checked before."""
    for name, story in stories(document):
        opened: list[list[Placed]] = []
        for placed in outline(name, story):
            word = placed.tag.word
            if word == "texte" and placed.tag.reach:
                _rewrite(placed, f"{{{{ {placed.tag.inside} }}}}")
            elif word in ("for", "if"):
                opened.append([placed])
            elif word == "else":
                opened[-1].append(placed)
            elif word in ("endfor", "endif"):
                _arrange_block([*opened.pop(), placed])


def _arrange_block(tags: list[Placed]) -> None:
    reach = _reach(tags)
    row = tags[0].above("w:tr")
    if reach == "tr" and row is tags[-1].above("w:tr"):
        for placed, beside in ((tags[0], row.addprevious), (tags[-1], row.addnext)):
            _rewrite(placed, "")
            text = placed.tag.found.replace("{%tr", "{%")
            beside(_row_of(_with_reach(text, "tr")))
    elif reach:
        for placed in tags:
            _rewrite(placed, _with_reach(placed.tag.found, reach))


def _with_reach(found: str, reach: str) -> str:
    tag = read_tag(found)
    said = {"for": f"for {tag.variable} in {tag.inside}", "if": f"if {tag.inside}"}.get(tag.word, tag.word)
    return f"{{%{reach} {said} %}}"


def _row_of(text: str) -> Any:
    cell = f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"
    return parse_xml(f"<w:tr {nsdecls('w')}>{cell}</w:tr>")


def _rewrite(placed: Placed, text: str) -> None:
    """Put another text in place of a tag, which stands in one run."""
    for run in placed.paragraph.iter(_T):
        if placed.tag.found in (run.text or ""):
            run.text = run.text.replace(placed.tag.found, text, 1)
            return


def _reach(tags: list[Placed]) -> str | None:
    """What a loop or a condition takes: nothing more than its text, paragraphs (``p``), rows (``tr``).

    ``None`` where it opens in one place and closes in another.
    """
    first, last = tags[0], tags[-1]
    reaches = {placed.tag.reach for placed in tags}
    if len({id(placed.paragraph) for placed in tags}) == 1:
        return "" if reaches == {""} else None
    row, closing = first.above("w:tr"), last.above("w:tr")
    parents = {id(placed.paragraph.getparent()) for placed in tags}
    if len(parents) == 1 and reaches <= {"", "p"} and all(placed.alone for placed in tags):
        return "p"
    if reaches <= {"", "tr"} and row is not None and closing is not None:
        if row is closing:
            return "tr" if len(tags) == 2 else None
        same_table = len({id(placed.above("w:tbl")) for placed in tags}) == 1
        rows = [placed.above("w:tr") for placed in tags]
        whole = all("".join(t.text or "" for t in row.iter(_T)).strip() == placed.tag.found
                    for row, placed in zip(rows, tags, strict=True))  # fmt: skip
        return "tr" if same_table and whole else None
    return None


def _check_story(
    tags: list[Placed], sections: Iterable[str], seen: set[str], story: Any
) -> Iterator[Problem]:
    opened: list[list[Placed]] = []
    for placed in tags:
        tag = placed.tag
        loops = {here[0].tag.variable: here[0].tag.inside for here in opened if here[0].tag.word == "for"}
        cause, hint = check_tag(tag, loops, sections)
        if cause:
            yield Problem(CODE, placed.where, cause, hint)
        if tag.whole:
            yield from _check_whole(placed, bool(loops), seen, story)
        if tag.opens:
            opened.append([placed])
            if len(opened) == DEEPEST + 1:
                yield Problem(CODE, placed.where, tr("Trop de conditions sont emboîtées."), tr("Simplifiez."))
        elif tag.word in ("else", "endfor", "endif"):
            yield from _check_closing(placed, opened)
    for left in opened:
        ends = f"end{left[0].tag.opens}"
        yield Problem(
            CODE, left[0].where, tr("Cette balise n'est jamais fermée."),
            tr("Ajoutez {tag} plus bas.", tag=f"{{% {ends} %}}"),
        )  # fmt: skip


def _check_closing(placed: Placed, opened: list[list[Placed]]) -> Iterator[Problem]:
    word = placed.tag.word
    if not opened or opened[-1][0].tag.opens != ("for" if word == "endfor" else "if"):
        yield Problem(
            CODE, placed.where, tr("Cette balise ne ferme rien."),
            tr("Retirez-la, ou vérifiez l'ordre des balises."),
        )  # fmt: skip
        return
    opened[-1].append(placed)
    if word == "else":
        return
    block = opened.pop()
    if block[0].tag.word and _reach(block) is None:
        hint = tr("Mettez chacune seule sur sa ligne, ou les deux sur la même ligne du tableau.")
        yield Problem(
            CODE, block[0].where, tr("Cette balise s'ouvre à un endroit et se ferme à un autre."), hint
        )


def _check_whole(placed: Placed, looped: bool, seen: set[str], story: Any) -> Iterator[Problem]:
    name = placed.tag.whole
    if name in seen:
        cause = tr("«\u00a0{name}\u00a0» est placé deux fois.", name=name[:40])
        yield Problem(CODE, placed.where, cause, tr("Gardez une seule des deux."))
    seen.add(name)
    if looped or not placed.alone or placed.paragraph.getparent() is not story or story.tag != qn("w:body"):
        cause = tr("«\u00a0{name}\u00a0» prend plusieurs pages.", name=name[:40])
        hint = tr("Mettez cette balise seule sur sa ligne, dans le texte, hors d'un tableau et d'une boucle.")
        yield Problem(CODE, placed.where, cause, hint)


def _check_text(name: str, story: Any) -> Iterator[Problem]:
    """Tags left open, tags outside texts, and fields that would fetch or run something."""
    for rank, paragraph in enumerate(story.iter(_P), start=1):
        whole = _text(paragraph)[1]
        if opening := OPENING.search(left := TAG.sub("", whole)):
            tag = left[opening.start() :][:60]
            where = tr("{part}, paragraphe {rank}, «\u00a0{tag}\u00a0»", part=name, rank=rank, tag=tag)
            cause = tr("Une balise n'est pas fermée dans son paragraphe.")
            yield Problem(CODE, where, cause, tr("Ajoutez {tag}.", tag="}} ou %}"))
    outside = [
        text
        for element in etree.fromstring(etree.tostring(story)).iter()
        for text in [*element.attrib.values(), element.text or "" if element.tag != _T else ""]
    ]
    if any(OPENING.search(text) for text in outside):
        cause = tr("Une balise est placée hors du texte, où elle ne peut pas être remplie.")
        yield Problem(CODE, name, cause, tr("Mettez-la dans un paragraphe."))
    yield from _check_fields(name, story)


def _check_fields(name: str, story: Any) -> Iterator[Problem]:
    instructions = [field.get(qn("w:instr"), "") for field in story.iter(qn("w:fldSimple"))]
    for paragraph in story.iter(_P):
        here = ""
        for mark in paragraph.iter(qn("w:fldChar"), qn("w:instrText")):
            if mark.tag == qn("w:instrText"):
                here += mark.text or ""
            elif here:
                instructions.append(here)
                here = ""
        instructions.append(here)
    for instruction in filter(str.strip, instructions):
        word = instruction.split()[0].upper()
        if word not in _FIELDS:
            cause = tr("Le champ Word «\u00a0{word}\u00a0» n'est pas admis.", word=word[:30])
            yield Problem(CODE, name, cause, tr("Retirez ce champ, ou remplacez-le par son texte."))


def _text(paragraph: Any) -> tuple[list[Any], str]:
    """The texts of a paragraph and what they say together; a box that stands in it has its own."""
    texts = [text for text in paragraph.iter(_T) if next(text.iterancestors(_P)) is paragraph]
    return texts, "".join(text.text or "" for text in texts)


def _gather(texts: list[Any], whole: str) -> None:
    """Bring each tag that stands in several runs into the one where it begins."""
    owner = [rank for rank, text in enumerate(texts) for _ in text.text or ""]
    for match in TAG.finditer(whole):
        owner[match.start() : match.end()] = [owner[match.start()]] * len(match[0])
    kept: list[list[str]] = [[] for _ in texts]
    for sign, rank in zip(whole, owner, strict=True):
        kept[rank].append(sign)
    for text, signs in zip(texts, kept, strict=True):
        text.text = "".join(signs)
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
