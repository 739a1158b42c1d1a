"""The slides for the assemblée générale: one idea a slide, and what to say below each.

They follow the same content as the report. What is too long for a slide is continued on the next one;
details that nobody reads from the back of a room go to the speaker's notes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from coorace_eval.charts.words import shorten
from coorace_eval.formatting import NBSP
from coorace_eval.language import FRENCH, language, speaking, tr
from coorace_eval.reports.office import BLUE, INK, SOFT, TAGS, blocks, dated, named, pair, picture, steady
from coorace_eval.reports.slides_charts import add_chart, told
from coorace_eval.reports.slides_deck import BOTTOM, MARGIN, ROOM, SMALLEST, TOP, Deck, Line
from coorace_eval.reports.slides_measure import cut, height, letters, lines_in, rows, sentences

if TYPE_CHECKING:
    from coorace_eval.reports.content import (
        Block,
        Cell,
        ChartData,
        Entries,
        Figure,
        Heading,
        Paragraph,
        Quote,
        Report,
        Section,
        Stance,
        Table,
    )

BESIDE = 2
"""As many small charts share a slide."""
_LEFT_OUT = "annexe"
_BARS = 6
_HEIGHT = re.compile(r'<svg[^>]* height="(\d+)')
_READ = 0.031
"""Centimetres for a pixel: below, the letters of a drawing are not read from the back of the room."""
_MOST_PAGES = 6
_HALF = (ROOM - 1) / 2


def compose(report: Report) -> bytes:
    """The report as slides whose charts, tables and texts can be edited."""
    with speaking(report.language):
        show = _Show(report)
        show.opening()
        for section in report.sections:
            show.section(section)
        about = show.deck.show.core_properties
        about.title, about.author = named(report)
        about.last_modified_by = about.author
        about.language, about.revision = TAGS[language()], 1
        about.created = about.modified = dated(report)
        return steady(show.deck.saved(), dated(report))


class _Show:
    """The slides of one report, as they are being made."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.deck = Deck(f"{shorten(report.name, 60)} – {shorten(report.title, 60)} {report.year}")
        self._kicker = self._title = ""
        self._lead: list[str] = []
        self._lines: list[Line] = []
        self._notes: list[str] = []
        self._source = " – ".join(pair(label, shorten(text, 300)) for label, text in report.facts[-2:])
        self._writers: dict[str, Callable[[Any], None]] = {
            "paragraph": self._paragraph, "heading": self._heading, "table": self._table,
            "figure": self._figure, "quote": lambda quote: self._quotes([quote]), "stance": self._stance,
            "entries": self._entries,
        }  # fmt: skip

    @property
    def kinds(self) -> set[str]:
        """The kinds of blocks that it knows how to show."""
        return set(self._writers)

    def opening(self) -> None:
        """The title slide."""
        facts = [
            Line(pair(shorten(label, 40), shorten(text, 150)), SMALLEST, False, SOFT, 4)
            for label, text in self.report.facts[:3]
        ]
        title = f"{shorten(self.report.title, 80)} {self.report.year}"
        slide = self.deck.cover(title, shorten(self.report.name, 200), facts)
        welcome = tr("Accueillir, dire pourquoi nous sommes là et ce que chacune et chacun pourra en dire.")
        self.deck.notes(
            slide, [welcome, self._source, self.report.name if len(self.report.name) > 200 else ""]
        )

    def section(self, section: Section) -> None:
        """The slides of one section."""
        self._kicker, self._title = "", section.title
        if section.id == _LEFT_OUT:
            self._farther(section)
            return
        told_of: list[Any] = list(section.blocks)
        if section.id == "demarche":
            told_of = _method(told_of)
        for place, block in enumerate(told_of):
            before = told_of[place - 1] if place else None
            if block.kind == "quote" and before is not None and before.kind == "quote":
                continue
            if block.kind == "quote":
                self._quotes(list(takewhile(lambda other: other.kind == "quote", told_of[place:])))
            elif block.kind != "table" or before is None or _shown_beside(before, block):
                self.block(block)
            else:
                self._add_notes(_references(block))
        self._flush()

    def block(self, block: Block) -> None:
        """The slides of one block."""
        self._writers[block.kind](block)

    def _new(self, notes: Iterable[str], *, body: bool = False, title: str = "") -> tuple[Any, float]:
        """A slide, with the sentence that opens its section; and where there is room below."""
        kicker = self._kicker or (self._title if title and title != self._title else "")
        self._slide = self.deck.slide(kicker, title or self._title, body=body)
        lead, self._lead = self._lead, []
        shown = ""
        left: list[str] = []
        for sentence in (sentence for text in lead for sentence in sentences(text)):
            longer = f"{shown} {sentence}".strip()
            if not left and rows(longer, ROOM, SMALLEST) <= 3:
                shown = longer
            else:
                left.append(sentence)
        top = TOP
        if shown:
            tall = height(shown, ROOM, SMALLEST)
            place = (MARGIN - 0.25, TOP - 0.2, ROOM + 0.5, tall + 0.4)
            self.deck.box(self._slide, [Line(shown, SMALLEST, False, SOFT)], place)
            top += tall + 0.5
        self._notes = [*left, *notes, self._source]
        self.deck.notes(self._slide, self._notes)
        return self._slide, top

    def _add_notes(self, notes: Iterable[str]) -> None:
        """Say more below the slide that was just made."""
        self._notes += notes
        self.deck.notes(self._slide, self._notes)

    def _heading(self, block: Heading) -> None:
        self._flush()
        if not self._kicker:
            self._kicker = self._title
        self._title = block.text

    def _paragraph(self, block: Paragraph) -> None:
        if block.tone == "note":
            self._flush()
            self._add_notes([block.text])
        elif block.tone == "chapeau":
            self._lead.append(block.text)
        elif block.tone == "commentaire":
            self._flush()
            self._lines.append(Line(block.text, 24))
            self._flush(tr("L'entreprise ajoute"))
        else:
            self._lines.append(Line(block.text, 22, after=14))

    def _entries(self, block: Entries) -> None:
        question = block.tone == "fiche"
        for entry in block.entries:
            told_of = "\n".join([*entry.lines, *([entry.code] if entry.code else [])])
            title = entry.title + (f" – {entry.mark}" if entry.mark else "")
            size, colour = (SMALLEST, BLUE) if question else (22, INK)
            self._lines.append(Line(title, size, True, colour, 2 if told_of else 16))
            if told_of:
                self._lines.append(Line(told_of, 20, False, INK if question else SOFT, 16))

    def _flush(self, title: str = "") -> None:
        """Write the paragraphs that wait, on as many slides as they need, cut after a sentence."""
        lead = [Line(text, 22, False, SOFT, 14) for text in self._lead]
        lines, self._lead, self._lines = [*lead, *self._lines], [], []
        pages = _pages(_enlarged(lines))
        for rank, page in enumerate(pages[:_MOST_PAGES], start=1):
            slide, _ = self._new([], body=True, title=title)
            self.deck.text(slide, page)
            self._leave(rank, len(pages))

    def _leave(self, rank: int, pages: int) -> None:
        """Say where the rest is, on the last slide that a text is given."""
        if rank == _MOST_PAGES < pages:
            self._say_below(tr("La suite est dans le rapport complet."))

    def _say_below(self, text: str) -> None:
        place = (MARGIN - 0.25, BOTTOM - 0.5, ROOM, 0.9)
        self.deck.box(self._slide, [Line(text, SMALLEST, True, SOFT, 0)], place)

    def _quotes(self, quotes: list[Quote]) -> None:
        """Each on a slide of its own, as large as a chart."""
        self._flush()
        opened, closed = (f"«{NBSP}", f"{NBSP}»") if language() == FRENCH else ("“", "”")
        notes = [
            tr("Lire ces mots à voix haute, puis laisser un silence. Leur auteur ou autrice est d'accord.")
        ]
        for rank, quote in enumerate(quotes, start=1):
            which = tr("{n} sur {all}", n=rank, all=len(quotes))
            of_all = f" ({which})" if len(quotes) > 1 else ""
            text = f"{opened}{quote.text.strip()}{closed}"
            size = next((s for s, most in ((40, 120), (32, 260), (26, 420)) if len(text) <= most), 22)
            who = Line(shorten(quote.who, 160), 22, True, SOFT, 0)
            pieces = cut(text, ROOM - 1.4, size, lines_in(BOTTOM - TOP - 3, size))
            for place, piece in enumerate(pieces[:_MOST_PAGES], start=1):
                slide, _ = self._new(notes, title=self._title + of_all)
                self._leave(place, len(pieces))
                tall = height(piece, ROOM - 1.4, size) + 2.2
                self.deck.quote(slide, tall)
                lines = [Line(piece, size, False, INK, 16), who]
                self.deck.box(slide, lines, (MARGIN + 0.8, TOP + 0.3, ROOM - 1.2, tall))

    def _stance(self, block: Stance) -> None:
        self._flush()
        below = TOP + 2.8
        lines = _enlarged([Line(block.said, 22, True, INK, 14), Line(block.why, 20)], BOTTOM - below)
        first, *others = pages = _pages(lines, BOTTOM - below)
        notes = [tr("Rappeler que ce niveau dit un chemin, et ne se compare pas d'une entreprise à l'autre.")]
        slide, _ = self._new([block.said, *notes])
        self.deck.scale(slide, block.levels, block.level, block.before, block.said)
        self.deck.box(slide, first, (MARGIN - 0.25, below, ROOM + 0.5, BOTTOM - below))
        for rank, page in enumerate(others[: _MOST_PAGES - 1], start=2):
            slide, _ = self._new(notes, body=True)
            self.deck.text(slide, page)
            self._leave(rank, len(pages))

    def _figure(self, block: Figure) -> None:
        self._flush() if self._lines else None
        if not block.data:
            self._picture(block)
        split = [part for chart in block.data for part in _parts(chart)]
        beside = 1 if any(chart.form == "barres" for chart in split) else BESIDE
        for start in range(0, len(split), beside):
            self._one(split[start : start + beside], block)

    def _one(self, charts: list[ChartData], block: Figure) -> None:
        full = [chart.title for chart in charts if len(chart.title) > 80]
        slide, top = self._new([told(chart) for chart in charts] + full, title=block.caption)
        width = ROOM if len(charts) == 1 else _HALF
        for rank, chart in enumerate(charts):
            add_chart(slide, chart, (MARGIN + rank * (width + 1), top, width, BOTTOM - top))

    def _picture(self, block: Figure) -> None:
        """A drawing that has no chart of its own; in a few words where its letters are too small."""
        tall = _HEIGHT.search(block.svg)
        scale = min(ROOM / block.pixels, (BOTTOM - TOP) / float(tall[1] if tall else block.pixels))
        if scale < _READ:
            told_of = [*sentences(block.alt)[:2], tr("Le dessin est dans le rapport complet.")]
            self._lines = [Line(" ".join(told_of), 24)]
            self._flush(block.caption)
            self._add_notes([block.alt])
            return
        slide, top = self._new([block.alt], title=block.caption)
        self.deck.picture(slide, picture(block.svg), block.alt, top)

    def _table(self, block: Table) -> None:
        self._flush() if self._lines else None
        notes = [block.caption, *_robust(block), *_references(block)]
        lead = min(sum(height(text, ROOM, SMALLEST) for text in self._lead), 3.2)
        for size in (24, 21, SMALLEST):
            plain = [[_cell(row, place, size) for place in range(len(row))] for row in block.rows]
            widths = _widths(block, plain, size)
            head = [Line(shorten(text, 60), size, True, BLUE, 0) for text in block.head]
            tall = max(height(line.text, width - 0.5, size) for line, width in zip(head, widths, strict=True))
            pages = _table_pages(plain, widths, size, BOTTOM - TOP - lead - tall - 0.9)
            texts: list[Iterable[str]] = [block.head, *([cell.text for cell in row] for row in plain)]
            if len(pages) == 1 and not _cramped(texts, widths, size):
                break
        kept = pages[:1] if block.tone == "annexe" else pages[:_MOST_PAGES]
        for rank, page in enumerate(kept, start=1):
            last = rank == len(kept) < len(pages)
            left = sum(len(other) for other in pages[len(kept) :])
            more = [tr("Et {n} autres lignes, dans le rapport complet.", n=left)] if last else []
            slide, top = self._new([*notes, *more])
            self.deck.table(slide, [head, *page], widths, block.figures, block.caption, top)
            for text in more:
                self._say_below(text)

    def _farther(self, section: Section) -> None:
        """What the report holds and slides do not."""
        text = tr(
            "Les définitions, les formules, les données et leurs sources sont dans l'annexe du rapport. "
            "Chaque chiffre y porte une référence, qui permet de retrouver d'où il vient."
        )
        names = [heading.text for heading in blocks([section], "heading")]
        self._title = tr("Pour aller plus loin")
        self._lines = [Line(text, 24, False, INK, 16), *(Line(f"–{NBSP}{name}", 20) for name in names)]
        self._flush()


def _method(blocks: list[Any]) -> list[Any]:
    """The method in a few words: two sentences of each text; tables are for the report."""
    kept, told_once = [], False
    for block in blocks:
        if block.kind == "table":
            continue
        if block.kind == "heading":
            told_once = False
        if block.kind == "paragraph" and block.tone == "texte":
            if told_once:
                continue
            told_once = True
            block = replace(block, text=" ".join(sentences(block.text)[:2]))
        kept.append(block)
    return kept


def _parts(chart: ChartData) -> list[ChartData]:
    """A chart with many bars, on several slides."""
    most = _BARS if len(chart.series) == 1 else _BARS - 1
    if chart.form == "lignes" or len(chart.categories) <= most:
        return [chart]
    count = -(-len(chart.categories) // most)
    size = -(-len(chart.categories) // count)
    return [
        replace(
            chart,
            categories=chart.categories[start : start + size],
            series=tuple(replace(s, values=s.values[start : start + size]) for s in chart.series),
        )
        for start in range(0, len(chart.categories), size)
    ]


def _pages(lines: list[Line], room: float = BOTTOM - TOP - 0.5) -> list[list[Line]]:
    """Paragraphs on pages; one that does not fit is cut after a sentence."""
    pages: list[list[Line]] = [[]]
    left = room
    for line in lines:
        if not line.text.strip():
            continue
        gap = line.after * 0.0353
        tall = height(line.text, ROOM, line.size) + gap
        if tall <= left:
            pages[-1].append(line)
            left -= tall
            continue
        title = [pages[-1].pop()] if pages[-1] and pages[-1][-1].bold and tall <= room else []
        if tall <= room and pages[-1]:
            pages.append([*title, line])
            left = room - tall - sum(height(t.text, ROOM, t.size) for t in title)
            continue
        pages[-1] += title
        first, most = lines_in(max(left - gap, 0), line.size), lines_in(room - gap, line.size)
        pieces = cut(line.text, ROOM, line.size, most, first if pages[-1] and left > 2 else most)
        for rank, piece in enumerate(pieces):
            if (rank or left <= 2) and pages[-1]:
                pages.append([])
                left = room
            pages[-1].append(Line(piece, line.size, line.bold, line.colour, line.after))
            left -= height(piece, ROOM, line.size) + gap
    return [page for page in pages if page]


def _cell(row: tuple[Cell, ...], place: int, size: float) -> Line:
    """A cell for a slide: its text, its unit, and what is said of it in passing."""
    cell = row[place]
    units = {other.unit for other in row if other.unit}
    if place == 0:
        apart = next((line for line in cell.note.split("\n") if line in units), "")
        text = f"{cell.text} ({apart})" if apart else cell.text
    else:
        note = " ".join(cell.note.split("\n"))
        text = f"{cell.text} ({note})" if note and len(note) < 30 else cell.text
    return Line(text, size, False, SOFT if cell.quiet else INK, 0)


def _robust(block: Table) -> list[str]:
    """What the small letters say of how far a figure can be trusted."""
    told_of = []
    for row in block.rows:
        units = {cell.unit for cell in row if cell.unit}
        lines = [line for line in row[0].note.split("\n") if line.strip() and line not in units]
        told_of += [f"{row[0].text} – {line}" for line in lines]
    return told_of


def _references(block: Table) -> list[str]:
    found = [pair(row[0].text, cell.ref) for row in block.rows for cell in row if cell.ref]
    return [pair(tr("Références des chiffres"), ", ".join(found))] if found else []


def _widths(block: Table, plain: list[list[Line]], size: float) -> list[float]:
    """The width of each column in centimetres: the figures take what they need, the texts share the rest."""
    asked = []
    for place, head in enumerate(block.head):
        texts = [head, *(row[place].text for row in plain)]
        words = max((len(word) for text in texts for word in text.split(" ")), default=1)
        most = 30 if place in block.wide else 16
        wanted = max(min(max(map(len, texts)), most), min(words, 18), 5)
        asked.append(wanted * size * 0.0353 * 0.58 + 0.7)
    wide = [place for place in range(len(asked)) if place in block.wide] or [0]
    shared = sum(asked[place] for place in wide)
    spare = max(ROOM - sum(asked), 6 * len(wide) - shared)
    for place in wide:
        asked[place] += spare * asked[place] / shared
    return [width * ROOM / sum(asked) for width in asked]


def _cramped(texts: Iterable[Iterable[str]], widths: list[float], size: float) -> bool:
    """Whether a word would be cut in two for want of room, or a text take more than two lines."""
    return any(
        rows(text, width - 0.5, size) > 2 or max(map(len, text.split(" "))) > letters(width - 0.5, size)
        for row in texts
        for text, width in zip(row, widths, strict=True)
    )


def _table_pages(
    plain: list[list[Line]], widths: list[float], size: float, room: float
) -> list[list[list[Line]]]:
    """The rows of a table on pages; a text beyond six lines is shortened, as the report holds it whole."""
    pages: list[list[list[Line]]] = [[]]
    left = room
    for row in plain:
        short = [
            replace(cell, text=shorten(cell.text, letters(width - 0.5, size) * 6))
            for cell, width in zip(row, widths, strict=True)
        ]
        tall = [height(cell.text, width - 0.5, size) for cell, width in zip(short, widths, strict=True)]
        if 0.4 + max(tall) > left and pages[-1]:
            pages.append([])
            left = room
        pages[-1].append(short)
        left -= 0.4 + max(tall)
    return pages


def _shown_beside(figure: Any, table: Table) -> bool:
    """Whether a table has a slide of its own: not where the chart beside it already says all."""
    if figure.kind != "figure" or not figure.data:
        return True
    return table.tone == "texte" and not any(chart.words for chart in figure.data)


def _enlarged(lines: list[Line], room: float = BOTTOM - TOP - 0.5) -> list[Line]:
    """Letters made larger where few words leave a slide empty, smaller where that spares one."""
    for factor in (1.6, 1.4, 1.2):
        larger = [replace(line, size=min(line.size * factor, 36)) for line in lines]
        if sum(height(line.text, ROOM, line.size) + line.after * 0.0353 for line in larger) <= room * 0.8:
            return larger
    smaller = [replace(line, size=max(line.size * 0.9, SMALLEST), after=line.after * 0.6) for line in lines]
    return smaller if len(_pages(smaller, room)) < len(_pages(lines, room)) else lines
