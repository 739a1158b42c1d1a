"""A set of slides: its page, its titles, and what is put on a slide. It knows nothing of reports."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pptx
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Cm, Pt

from coorace_eval.charts import theme
from coorace_eval.charts.words import shorten
from coorace_eval.language import language, tr
from coorace_eval.reports.office import (
    BLUE,
    FALLBACK,
    FONT,
    GROUND,
    INK,
    LINE,
    PANOSE,
    SOFT,
    TAGS,
    said,
    without_preview,
)
from coorace_eval.reports.slides_measure import height

WIDTH, HEIGHT, MARGIN = 12_192_000 / 360_000, 19.05, 1.7
TOP, BOTTOM = 4.7, 17.6
"""Where what a slide shows begins and ends, in centimetres."""
ROOM = WIDTH - 2 * MARGIN
SMALLEST = 18
"""The size of the smallest letters that are read from the back of the room."""

_SCHEME = {
    "dk2": BLUE,
    "lt2": GROUND,
    **{f"accent{i + 1}": c.lstrip("#") for i, c in enumerate(theme.SERIES[:6])},
}
_DECORATIVE = "http://schemas.microsoft.com/office/drawing/2017/decorative"
_TITLE_ONLY, _TITLE_BODY, _COVER = "Title Only", "Title and Content", "Title Slide"


@dataclass(frozen=True)
class Line:
    """A paragraph of a slide."""

    text: str
    size: float = 20
    bold: bool = False
    colour: str = INK
    after: float = 8


class Deck:
    """Slides that are added one after the other."""

    def __init__(self, footer: str) -> None:
        self.show = pptx.Presentation()
        self._footer = footer
        self._titles: dict[str, int] = {}
        _page(self.show)
        self._layouts = {layout.name: layout for layout in self.show.slide_layouts}

    def cover(self, title: str, name: str, lines: Iterable[Line]) -> Any:
        """The first slide."""
        slide = self.show.slides.add_slide(self._layouts[_COVER])
        size = 44 if len(name) <= 60 else 32 if len(name) <= 140 else 24
        heading = slide.shapes.title
        self._write(heading.text_frame, [Line(title, 20, True, BLUE, 10), Line(name, size, True, INK, 0)])
        self._write(slide.placeholders[1].text_frame, lines)
        _bar(slide, Cm(0), Cm(0), Cm(0.6), Cm(HEIGHT))
        return slide

    def slide(self, kicker: str, title: str, below: str = "", *, body: bool = False) -> Any:
        """A slide under its title, with a line below it; no two slides have the same title."""
        slide = self.show.slides.add_slide(self._layouts[_TITLE_BODY if body else _TITLE_ONLY])
        told = shorten(title, 105)
        key = f"{kicker}\n{told}"
        self._titles[key] = self._titles.get(key, 0) + 1
        if self._titles[key] == 2:
            told = tr("{title} (suite)", title=told)
        elif self._titles[key] > 2:
            told = tr("{title} (suite {n})", title=told, n=self._titles[key] - 1)
        size = title_size(told)
        lines = [
            Line(kicker and shorten(kicker, 84), SMALLEST, True, BLUE, 2),
            Line(told, size, True, INK, 4 if below else 0),
            Line(below, SMALLEST, False, SOFT, 0),
        ]
        self._write(slide.shapes.title.text_frame, [line for line in lines if line.text])
        self._foot(slide)
        return slide

    def text(self, slide: Any, lines: Iterable[Line]) -> None:
        """Fill the body of a slide that has one."""
        self._write(slide.placeholders[1].text_frame, lines)

    def box(self, slide: Any, lines: Iterable[Line], place: tuple[float, float, float, float]) -> Any:
        """A text at a place: left, top, width, height in centimetres."""
        shape = slide.shapes.add_textbox(*(Cm(side) for side in place))
        self._write(shape.text_frame, lines)
        return shape

    def quote(self, slide: Any, top: float, tall: float) -> None:
        """The bar that stands beside the words of people."""
        _bar(slide, Cm(MARGIN), Cm(top), Cm(0.2), Cm(min(tall, BOTTOM - top)))

    def picture(self, slide: Any, content: bytes, alt: str, top: float) -> None:
        """A picture, as large as the slide allows."""
        shape = slide.shapes.add_picture(io.BytesIO(content), Cm(MARGIN), Cm(top))
        scale = min(Cm(ROOM) / shape.width, Cm(BOTTOM - top) / shape.height)
        shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
        shape.left = int((Cm(WIDTH) - shape.width) / 2)
        describe(shape, alt)

    def table(
        self, slide: Any, rows: Sequence[Sequence[Line]], widths: Sequence[float], figures: Iterable[int],
        alt: str, top: float, air: float = 0,
    ) -> None:  # fmt: skip
        """A table whose first row is its head; ``air`` is added above and below each text."""
        frame = slide.shapes.add_table(
            len(rows), len(widths), Cm(MARGIN), Cm(top), Cm(ROOM), Cm(1.1 * len(rows))
        )
        table, right = frame.table, set(figures)
        table._tbl.tblPr.find(qn("a:tableStyleId")).text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
        table.horz_banding = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        for rank, (row, told) in enumerate(zip(table.rows, rows, strict=True)):
            sized = zip(told, widths, strict=True)
            row.height = Cm(
                0.3 + 2 * air + max(height(line.text, width - 0.4, line.size) for line, width in sized)
            )
            for place, (cell, line) in enumerate(zip(row.cells, told, strict=True)):
                cell.margin_left = cell.margin_right = Cm(0.2)
                cell.margin_top = cell.margin_bottom = Cm(0.14 + air)
                cell.vertical_anchor = MSO_ANCHOR.TOP
                self._write(cell.text_frame, [line])
                if place in right:
                    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
                _underline(cell, BLUE if rank == 0 else LINE, 2 if rank == 0 else 0.75)
        describe(frame, alt)

    def scale(self, slide: Any, levels: Sequence[str], level: int, before: int | None, alt: str) -> None:
        """Levels in words side by side: this year's is filled, last year's has a dashed outline."""
        gap, width = 0.4, (ROOM - 0.4 * (len(levels) - 1)) / len(levels)
        group = slide.shapes.add_group_shape()
        for rank, word in enumerate(levels):
            here = rank == level
            box = group.shapes.add_shape(
                MSO_SHAPE.RECTANGLE, Cm(MARGIN + rank * (width + gap)), Cm(TOP), Cm(width), Cm(1.9)
            )
            box.fill.solid()
            box.fill.fore_color.rgb = RGBColor.from_string(BLUE if here else GROUND)
            box.line.color.rgb = RGBColor.from_string(BLUE if rank in (level, before) else LINE)
            box.line.width = Pt(2.25 if rank == before else 1)
            if rank == before and not here:
                box.line.dash_style = MSO_LINE.DASH
            box.shadow.inherit = False
            box.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
            told = shorten(word, 40)
            shown = Line(f"● {told}" if here else told, 20, here, "FFFFFF" if here else INK, 0)
            self._write(box.text_frame, [shown])
            box.text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER
        describe(group, alt)

    def notes(self, slide: Any, paragraphs: Iterable[str]) -> None:
        """What to say, below the slide."""
        frame = slide.notes_slide.notes_text_frame
        frame.text = "\n".join(said(text).replace("\n", " ") for text in paragraphs if text.strip())
        for paragraph in frame.paragraphs:
            for run in paragraph.runs:
                run._r.get_or_add_rPr().set("lang", TAGS[language()])

    def saved(self) -> bytes:
        """The file; what stands at the foot of a slide is read last."""
        for slide in self.show.slides:
            tree = slide.shapes._spTree
            for shape in tree.xpath("p:sp[.//p:ph[@type='ftr' or @type='sldNum']]"):
                tree.append(shape)
        out = io.BytesIO()
        self.show.save(out)
        return out.getvalue()

    def _write(self, frame: Any, lines: Iterable[Line]) -> None:
        frame.word_wrap = True
        frame.auto_size = MSO_AUTO_SIZE.NONE
        told = list(lines) or [Line("")]
        for rank, line in enumerate(told):
            paragraph = frame.paragraphs[0] if rank == 0 else frame.add_paragraph()
            paragraph.space_after, paragraph.space_before = Pt(line.after), Pt(0)
            for place, part in enumerate(said(line.text).split("\n")):
                if place:
                    paragraph.add_line_break()
                run = paragraph.add_run()
                run.text = part
                run.font.size, run.font.bold = Pt(line.size), line.bold
                run.font.color.rgb = RGBColor.from_string(line.colour)
                run._r.get_or_add_rPr().set("lang", TAGS[language()])

    def _foot(self, slide: Any) -> None:
        """The name and the number of the slide, in the places that the layout keeps for them."""
        number = (
            f'<a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
            f'<a:rPr lang="{TAGS[language()]}"/><a:t>{len(self.show.slides)}</a:t></a:fld>'
        )
        for kind, place, name in (("ftr", 11, "Pied de page"), ("sldNum", 12, "Numéro")):
            shape = parse_xml(
                f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{100 + place}" name="{name}"/><p:cNvSpPr>'
                f'<a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="{kind}" sz="quarter" idx="{place}"/>'
                f"</p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p>"
                f"{number if kind == 'sldNum' else ''}</a:p></p:txBody></p:sp>"
            )
            if kind == "ftr":
                run = shape.find(".//" + qn("a:p")).add_r()
                run.text = said(shorten(self._footer, 100))
                run.get_or_add_rPr().set("lang", TAGS[language()])
                run.get_or_add_rPr().append(parse_xml(f'<a:latin {nsdecls("a")} typeface="+mn-lt"/>'))
            slide.shapes._spTree.append(shape)


def title_size(title: str) -> int:
    """The size of the letters of a title: a long one is set smaller, on two lines."""
    return 32 if len(title) <= 50 else 26


def describe(shape: Any, text: str) -> None:
    """Say what a shape shows, for whoever does not see it."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", said(text))


def _bar(slide: Any, left: Any, top: Any, width: Any, height: Any) -> None:
    """A bar of colour, which says nothing."""
    bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, left, top, width, height)
    bar.fill.solid()
    bar.fill.fore_color.rgb = RGBColor.from_string(BLUE)
    bar.line.fill.background()
    bar.shadow.inherit = False
    about = bar._element.xpath(".//p:cNvPr")[0]
    about.append(
        parse_xml(
            f'<a:extLst {nsdecls("a")}><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">'
            f'<adec:decorative xmlns:adec="{_DECORATIVE}" val="1"/></a:ext></a:extLst>'
        )
    )


def _underline(cell: Any, colour: str, width: float) -> None:
    properties = cell._tc.get_or_add_tcPr()
    line = parse_xml(
        f'<a:lnB {nsdecls("a")} w="{int(width * 12700)}"><a:solidFill><a:srgbClr val="{colour}"/>'
        "</a:solidFill></a:lnB>"
    )
    properties.insert(0, line)


def _page(show: Any) -> None:
    """The page, the colours and the fonts of the house, in the master that every slide follows."""
    show.slide_width, show.slide_height = Cm(WIDTH), Cm(HEIGHT)
    for layout in list(show.slide_layouts):
        if layout.name not in (_COVER, _TITLE_BODY, _TITLE_ONLY):
            show.slide_layouts.remove(layout)
    body = (MARGIN, TOP, ROOM, BOTTOM - TOP)
    places = {0: (MARGIN, 0.6, ROOM, 3.5), 1: body, 10: (MARGIN, 18, 1, 0.8), 11: (MARGIN, 18, 24, 0.8),
              12: (WIDTH - MARGIN - 3, 18, 3, 0.8)}  # fmt: skip
    cover = {0: (2.2, 4.2, WIDTH - 4.4, 6.6), 1: (2.2, 11.2, WIDTH - 4.4, 6)}
    master = show.slide_master
    kinds = {1: 0, 2: 1, 16: 10, 15: 11, 13: 12, 3: 0, 4: 1, 7: 1}
    for holder in (master, *show.slide_layouts):
        here = places | (cover if holder.name == _COVER else {})
        for shape in list(holder.placeholders):
            place = kinds[int(shape.placeholder_format.type)]
            if place == 10:
                shape._element.getparent().remove(shape._element)
                continue
            shape.left, shape.top, shape.width, shape.height = (Cm(side) for side in here[place])
            frame = shape.text_frame
            frame.vertical_anchor = MSO_ANCHOR.BOTTOM if place == 0 else MSO_ANCHOR.TOP
            frame.margin_left = frame.margin_right = Cm(0)
            for level in shape._element.iter(qn("a:lvl1pPr")):
                level.set("algn", "r" if place == 12 else "l")
            for letters in shape._element.iter(qn("a:defRPr")) if place in (11, 12) else ():
                letters.set("sz", "1200")
    _text_styles(master)
    _colours(master)
    without_preview(show.part.package._rels)


def _text_styles(master: Any) -> None:
    """Titles and texts begin at the left, without bullets."""
    styles = master._element.find(qn("p:txStyles"))
    for level in styles.iter(qn("a:lvl1pPr")):
        level.set("algn", "l")
        level.set("marL", "0")
        level.set("indent", "0")
        for bullet in (*level.findall(qn("a:buFont")), *level.findall(qn("a:buChar"))):
            level.remove(bullet)
        if level.find(qn("a:buNone")) is None:
            level.find(qn("a:defRPr")).addprevious(parse_xml(f"<a:buNone {nsdecls('a')}/>"))


def _colours(master: Any) -> None:
    """The theme: whoever adds a chart or a text by hand finds the same colours and fonts."""
    part = next(r.target_part for r in master.part.rels.values() if r.reltype.endswith("/theme"))
    theme_xml = part.blob.decode("utf-8")
    for name, colour in _SCHEME.items():
        theme_xml = re.sub(
            rf"(<a:{name}>)<a:srgbClr val=\"\w+\"/>", rf'\g<1><a:srgbClr val="{colour}"/>', theme_xml
        )
    font = f'<a:latin typeface="{FONT}" panose="{PANOSE}"/>'
    theme_xml = theme_xml.replace('<a:latin typeface="Calibri"/>', font)
    theme_xml = theme_xml.replace('<a:cs typeface=""/>', f'<a:cs typeface="{FALLBACK}"/>')
    part._blob = theme_xml.encode("utf-8")
