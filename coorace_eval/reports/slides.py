"""The slides for the assemblée générale: few of them, and what to say below each.

They follow the same content as the report and show less of it: what is too long for a slide, and what
nobody reads from the back of a room, goes to the speaker's notes or stays in the report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from coorace_eval.charts.words import shorten
from coorace_eval.formatting import NBSP
from coorace_eval.language import FRENCH, language, speaking, tr, trn
from coorace_eval.reports import slides_tables as tables
from coorace_eval.reports import slides_text as text_of
from coorace_eval.reports.office import BLUE, INK, SOFT, TAGS, blocks, dated, named, pair, picture, steady
from coorace_eval.reports.slides_charts import add_chart, told
from coorace_eval.reports.slides_deck import BOTTOM, MARGIN, ROOM, SMALLEST, TOP, Deck, Line, title_size
from coorace_eval.reports.slides_measure import cut, height, lines_in, sentences

if TYPE_CHECKING:
    from coorace_eval.reports.content import (
        Block,
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

TOGETHER = 4
"""As many small charts share a slide, two by two."""
_METHOD, _FACTS, _NETWORK, _DECISIONS = "demarche", "dimension.", "reseau", "decisions"
_AT_THE_END = ("annexe", "colophon")
_SAID_AT_THE_END = ("appreciation", "cibles", "reseau", "manques")
_BARS = 8
_HEIGHT = re.compile(r'<svg[^>]* height="(\d+)')
_READ = 0.031
"""Centimetres for a pixel: below, the letters of a drawing are not read from the back of the room."""
_MOST_PAGES = 2
_BANDS = 4
"""The columns of a comparison that a slide shows: name, ours, median, half in the middle."""
_LITTLE = 140
_GAP = 1
_SHORT = 60


def compose(report: Report) -> bytes:
    """The report as slides whose charts, tables and texts can be edited."""
    with speaking(report.language):
        show = _Show(report)
        show.opening()
        for section in report.sections:
            show.section(section)
        show.end()
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
        self._kicker = self._title = self._id = ""
        self._made = self._headings = 0
        self._drawn: set[str] = set()
        self._aimed: list[str] = []
        self._lead: list[str] = []
        self._lines: list[Line] = []
        self._notes: list[str] = []
        self._last: list[Line] = []
        self._last_notes: list[str] = []
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
        self._slide = self.deck.cover(title, shorten(self.report.name, 200), facts)
        welcome = tr("Accueillir, dire pourquoi nous sommes là et ce que chacune et chacun pourra en dire.")
        self._notes = [welcome, self._source, self.report.name if len(self.report.name) > 200 else ""]
        self.deck.notes(self._slide, self._notes)

    def section(self, section: Section) -> None:
        """The slides of one section."""
        self._kicker, self._title, self._id = "", section.title, section.id
        self._made = self._headings = 0
        self._lead, self._aimed = [], []
        self._drawn = {chart.title for figure in blocks([section], "figure") for chart in figure.data}
        told_of: list[Any] = list(section.blocks)
        if section.id in _AT_THE_END:
            self._closing(section)
            return
        if section.id == _METHOD:
            told_of = self._method(told_of)
        elif section.id in _SAID_AT_THE_END and [block.kind for block in told_of] == ["paragraph"]:
            self._last += [Line(section.title, SMALLEST, True, BLUE, 2), Line(told_of[0].text, 20)]
            return
        for place, block in enumerate(told_of):
            before = told_of[place - 1] if place else None
            if block.kind == "quote" and before is not None and before.kind == "quote":
                continue
            if block.kind == "quote":
                self._quotes(list(takewhile(lambda other: other.kind == "quote", told_of[place:])))
            elif block.kind != "table" or before is None or self._has_slide(before, block):
                self.block(block)
            else:
                told_in_notes = tables.told(block) if block.tone == "texte" else []
                self._add_notes([*told_in_notes, *tables.references(block)])
        self._flush()

    def _has_slide(self, before: Any, table: Table) -> bool:
        """Whether a table is shown: not where the chart beside it already says all; bands are a table."""
        if self._id == _NETWORK:
            return self._made < _MOST_PAGES
        if before.kind == "table":
            return table.tone == "texte"
        return bool(before.kind != "figure")

    def block(self, block: Block) -> None:
        """The slides of one block."""
        self._writers[block.kind](block)

    def end(self) -> None:
        """The last slide: how the figures were made, and where to find the rest."""
        if not self._last:
            return
        self._kicker, self._title, self._id, self._lead = "", tr("Méthode et références"), "", []
        self._lines = self._last
        self._flush(most=1)
        self._add_notes(self._last_notes)

    def _new(self, notes: Iterable[str], *, body: bool = False, title: str = "") -> Any:
        """A slide, with the sentence that opens its section below its title."""
        kicker = self._kicker or (self._title if title and title != self._title else "")
        shown = title or self._title
        room = 2 - bool(kicker) - (title_size(shown) < 32)
        below, left = text_of.below_title(self._lead, room, whole=not self._id.startswith(_FACTS))
        self._lead = []
        self._slide = self.deck.slide(kicker, shown, below, body=body)
        self._made += 1
        self._notes = [*left, *notes, self._source]
        self.deck.notes(self._slide, self._notes)
        return self._slide

    def _add_notes(self, notes: Iterable[str]) -> None:
        """Say more below the slide that was just made."""
        self._notes += notes
        self.deck.notes(self._slide, self._notes)

    def _heading(self, block: Heading) -> None:
        self._flush()
        self._headings += 1
        if self._id.startswith(_FACTS) and self._headings == 1:
            return
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
            self._lines.append(Line(title, size, True, colour, 2 if told_of else 14))
            if told_of:
                self._lines.append(Line(told_of, 20, False, INK if question else SOFT, 14))
        one = self._id == _METHOD or (self._id == _DECISIONS and self._headings > 1)
        self._flush(most=1 if one else _MOST_PAGES)

    def _flush(self, title: str = "", most: int = _MOST_PAGES) -> None:
        """Write the paragraphs that wait; what they do not say on their slides is told in the notes."""
        lines, self._lines = self._lines, []
        if not any(line.text.strip() for line in lines):
            return
        if self._id.startswith(_FACTS) and self._made and not title and _little(lines):
            self._add_notes([line.text for line in lines])
            return
        pages = text_of.fitted(lines, most)
        shown = " ".join(line.text for page in pages[:most] for line in page).split()
        short = shown != " ".join(line.text for line in lines).split()
        for rank, page in enumerate(pages[:most], start=1):
            notes = [line.text for line in lines] if short and rank == 1 else []
            slide = self._new(notes, body=True, title=title)
            self.deck.text(slide, page)
        if len(pages) > most:
            self._say_below(tr("La suite est dans le rapport complet."))

    def _say_below(self, text: str) -> None:
        place = (MARGIN - 0.25, BOTTOM - 0.5, ROOM, 0.9)
        self.deck.box(self._slide, [Line(text, SMALLEST, True, SOFT, 0)], place)

    def _quotes(self, quotes: list[Quote]) -> None:
        """Words of people on slides of their own, as large as charts; up to three together."""
        self._flush()
        opened, closed = (f"«{NBSP}", f"{NBSP}»") if language() == FRENCH else ("“", "”")
        notes = [
            tr("Lire ces mots à voix haute, puis laisser un silence. Leur auteur ou autrice est d'accord.")
        ]
        texts = [f"{opened}{quote.text.strip()}{closed}" for quote in quotes]
        width, room = ROOM - 1.4, BOTTOM - TOP - 0.3
        for size, places in text_of.quotes_on_slides(texts, width, room):
            shown = [(texts[place], Line(shorten(quotes[place].who, 160), 22, True, SOFT, 0))
                     for place in places]  # fmt: skip
            if len(shown) == 1:
                pieces = cut(shown[0][0], width, size, lines_in(room - 2.2, size))
                for piece in pieces[:_MOST_PAGES]:
                    self._new(notes)
                    self._words([(piece, shown[0][1])], size, room)
                if len(pieces) > _MOST_PAGES:
                    self._say_below(tr("La suite est dans le rapport complet."))
            else:
                self._new(notes)
                self._words(shown, size, room)

    def _words(self, shown: Sequence[tuple[str, Line]], size: float, room: float) -> None:
        """Some words of people, one below the other."""
        width = ROOM - 1.2
        tall = [height(text, width, size) + 0.6 + height(who.text, width, who.size) for text, who in shown]
        air = max(room - sum(tall), 0) / (len(shown) + 1)
        top = TOP + (min(air, 2.5) if len(shown) == 1 else min(air, 1))
        for (text, who), high in zip(shown, tall, strict=True):
            self.deck.quote(self._slide, top, high)
            lines = [Line(text, size, False, INK, 10), who]
            self.deck.box(self._slide, lines, (MARGIN + 0.8, top - 0.13, width, high + 0.2))
            top += high + min(air, 1.6)

    def _stance(self, block: Stance) -> None:
        self._flush()
        below = TOP + 2.8
        room = BOTTOM - below - 0.6
        for size in (32, 28, 24, 22):
            lines = [Line(block.said, 24, True, INK, 18), Line(block.why, size)]
            if len(pages := text_of.pages(lines, room)) < 2:
                break
        notes = [tr("Rappeler que ce niveau dit un chemin, et ne se compare pas d'une entreprise à l'autre.")]
        slide = self._new([block.said, *([block.why] if len(pages) > 1 else []), *notes])
        self.deck.scale(slide, block.levels, block.level, block.before, block.said)
        self.deck.box(slide, pages[0], (MARGIN - 0.25, below, ROOM + 0.5, room))
        if len(pages) > 1:
            self._say_below(tr("La suite est dans le rapport complet."))

    def _figure(self, block: Figure) -> None:
        self._flush()
        if self._id == _NETWORK:
            return
        if not block.data:
            self._picture(block)
            return
        lines = sorted(
            (chart for chart in block.data if chart.form == "lignes"),
            key=lambda chart: chart.title not in self._aimed,
        )
        bars = [chart for chart in block.data if chart.form == "barres"]
        if lines:
            title = tr("L'évolution au fil des années") if self._id.startswith(_FACTS) else block.caption
            self._grid(lines[:TOGETHER], block, title, len(lines) - TOGETHER)
        for chart in bars:
            for part in _parts(chart):
                left = 0 if chart.words else len(chart.categories) - len(part.categories)
                self._grid([part], block, block.caption, left)

    def _grid(self, charts: Sequence[ChartData], block: Figure, title: str, left: int) -> None:
        """Some charts on one slide: side by side, then two by two."""
        full = [chart.title for chart in charts if len(chart.title) > 80]
        rest = trn(
            "{n} autre est dans le rapport complet.", "{n} autres sont dans le rapport complet.", max(left, 0)
        )
        more = [rest] if left > 0 else []
        reading = [block.note] if block.note else []
        slide = self._new([*(told(chart) for chart in charts), *full, *more, *reading], title=title)
        down, across = (2 if len(charts) > 2 else 1), (1 if len(charts) == 1 else 2)
        width = (ROOM - _GAP * (across - 1)) / across
        tall = (BOTTOM - TOP - 0.4 * (down - 1)) / down
        for rank, chart in enumerate(charts):
            row, column = divmod(rank, across)
            place = (MARGIN + column * (width + _GAP), TOP + row * (tall + 0.4), width, tall)
            add_chart(slide, chart, place)

    def _picture(self, block: Figure) -> None:
        """A drawing that has no chart of its own; told in the notes where its letters are too small."""
        tall = _HEIGHT.search(block.svg)
        scale = min(ROOM / block.pixels, (BOTTOM - TOP) / float(tall[1] if tall else block.pixels))
        if scale < _READ:
            summary = " ".join([*sentences(block.alt)[:2], tr("Le dessin est dans le rapport complet.")])
            self._add_notes([f"{block.caption} {summary}"])
            return
        slide = self._new([block.alt, block.note], title=block.caption)
        self.deck.picture(slide, picture(block.svg), block.alt, TOP)

    def _table(self, block: Table) -> None:
        self._flush()
        facts = self._id.startswith(_FACTS) and block.tone == "texte"
        if facts:
            self._aimed += tables.aimed(block)
            block = tables.facts(block, self._drawn)
        shown = tables.columns(block, range(_BANDS)) if self._id == _NETWORK else block
        table = tables.laid(shown)
        more = ""
        if table.left and facts:
            more = trn(
                "{n} autre chiffre est dans le rapport complet.",
                "Les {n} autres chiffres sont dans le rapport complet.",
                table.left,
            )
        elif table.left:
            more = trn(
                "Et {n} autre ligne, dans le rapport complet.",
                "Et {n} autres lignes, dans le rapport complet.",
                table.left,
            )
        slide = self._new([block.caption, *tables.robust(block), *tables.references(block)])
        self.deck.table(slide, table.lines, table.widths, shown.figures, block.caption, TOP, table.air)
        if more:
            self._say_below(more)

    def _method(self, told_of: list[Any]) -> list[Any]:
        """What has slides in the method; its texts, in two sentences each, are kept for the last one."""
        kept: list[Any] = []
        title: list[Line] = []
        for block in told_of:
            if block.kind == "paragraph" and block.tone == "texte":
                self._last_notes.append(block.text)
                if title:
                    text = " ".join(sentences(block.text)[:2])
                    self._last += [*title, Line(text, 20)]
                title = []
                continue
            if block.kind == "heading":
                title = [Line(block.text, SMALLEST, True, BLUE, 2)]
            if block.kind != "table":
                kept.append(block)
        return kept

    def _closing(self, section: Section) -> None:
        """What the report holds and slides do not."""
        if section.id == "annexe":
            text = tr(
                "Les définitions, les formules, les données et leurs sources sont dans l'annexe du rapport. "
                "Chaque chiffre y porte une référence, qui permet de retrouver d'où il vient."
            )
            self._last += [Line(tr("Pour aller plus loin"), SMALLEST, True, BLUE, 2), Line(text, 20)]
            return
        entries = [
            (entry.title, ", ".join(entry.lines))
            for found in blocks([section], "entries") for entry in found.entries
        ]  # fmt: skip
        self._last_notes += [
            *(found.text for found in blocks([section], "paragraph")),
            *(pair(title, text) for title, text in entries),
        ]
        shown = [pair(title, text) for title, text in entries if len(text) <= _SHORT]
        self._last += [Line(section.title, SMALLEST, True, BLUE, 2), Line(" – ".join(shown), SMALLEST)]


def _little(lines: Sequence[Line]) -> bool:
    """Whether a text is a word in passing, which deserves no slide of its own."""
    return sum(len(line.text) for line in lines) <= _LITTLE and not any(line.bold for line in lines)


def _parts(chart: ChartData) -> list[ChartData]:
    """A chart with many bars: levels in words on several slides, figures only as many as one holds."""
    if len(chart.categories) <= _BARS:
        return [chart]
    count = -(-len(chart.categories) // _BARS)
    size = -(-len(chart.categories) // count) if chart.words else _BARS
    parts = [
        replace(
            chart,
            categories=chart.categories[start : start + size],
            series=tuple(replace(s, values=s.values[start : start + size]) for s in chart.series),
        )
        for start in range(0, len(chart.categories), size)
    ]
    return parts if chart.words else parts[:1]
