"""The leaflet: one A4 page that an enterprise is proud to hand over, as a PDF and as a picture.

The page is measured before it is drawn. Letters are as large as the page allows; where they would fall
below what people read, texts are cut at a sentence, and the leaflet says which.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import typst

from coorace_eval.campaigns.edition import LeafletChoice
from coorace_eval.campaigns.story import Story
from coorace_eval.charts.theme import FONTS
from coorace_eval.indicators import Results
from coorace_eval.language import language, mark, speaking, tr
from coorace_eval.reports import images, pdf
from coorace_eval.reports.colours import INK, Palette, palette
from coorace_eval.reports.leaflet_content import Words, shortened, words

WIDTH = 1240
"""Pixels of the picture, from left to right."""
PREVIEW = 800
"""Pixels of what is seen on screen while one chooses."""
_TEMPLATE = "plaquette"
_A4 = 210 / 25.4


@dataclass(frozen=True)
class _Room:
    """As many signs as each text may have."""

    title: int
    name: int
    place: int
    text: int
    quote: int
    who: int
    decision: int
    due: int
    label: int
    row: int
    contact: int


_ROOMS = (
    _Room(200, 160, 120, 1600, 900, 120, 300, 60, 140, 90, 240),
    _Room(180, 140, 110, 1100, 640, 110, 220, 60, 120, 84, 200),
    _Room(150, 130, 100, 720, 440, 90, 170, 50, 100, 74, 180),
    _Room(120, 110, 90, 440, 320, 80, 130, 44, 84, 60, 140),
    _Room(84, 76, 80, 220, 210, 60, 90, 34, 64, 46, 110),
    _Room(48, 44, 60, 90, 110, 36, 60, 24, 44, 34, 70),
)
# Size of the letters, least height of the photo in millimetres, rank of the room: tried in this order.
_STEPS = (
    (1.3, 70, 0), (1.22, 68, 0), (1.14, 66, 0), (1.07, 64, 0), (1.0, 62, 0), (0.95, 54, 0), (0.9, 46, 0),
    (0.86, 40, 0), (0.92, 44, 1), (0.86, 40, 1), (0.92, 42, 2), (0.86, 38, 2), (0.92, 40, 3), (0.86, 36, 3),
    (0.9, 34, 4), (0.86, 30, 4), (0.8, 26, 4), (0.8, 24, 5),
)  # fmt: skip
_CUT = {
    "title": mark("le titre"), "name": mark("le nom de l'entreprise"), "place": mark("la commune"),
    "text": mark("le texte"), "quote": mark("le verbatim"), "labels": mark("le nom d'un chiffre"),
    "decisions": mark("une décision"), "rows": mark("le nom d'une dimension"),
    "picture": mark("le titre du graphique"), "contact": mark("le contact"),
}  # fmt: skip


@dataclass(frozen=True)
class Leaflet:
    """A leaflet, as a value: the same content gives the same bytes.

    Parameters
    ----------
    words
        What it says, whole.
    layout
        How it stands on the page.
    palette
        Its colours, and what was changed of them.
    logo, photo
        Clean images (:mod:`~coorace_eval.reports.images`), or ``None``.
    language
        ``fr`` or ``en``: what the document tells to whoever reads it aloud.
    settled
        The day of the last answer, by which the document is dated.
    """

    words: Words
    layout: str
    palette: Palette
    logo: bytes | None = None
    photo: bytes | None = None
    language: str = "fr"
    settled: date | None = None

    @property
    def alt(self) -> str:
        """What the page shows, for whoever does not see its picture."""
        said = self.words
        with speaking(self.language):
            figures = " ; ".join(" ".join(filter(None, [f.value, f.unit, f.label])) for f in said.figures)
            parts = [tr("Plaquette de {name}, {year}.", name=said.name, year=said.year), f"{said.title}."]
            if figures:
                parts.append(tr("Chiffres : {figures}.", figures=figures))
            if said.quote:
                parts.append(tr("Verbatim : « {text} ».", text=said.quote[0]))
        return " ".join(parts)

    @property
    def cut(self) -> tuple[str, ...]:
        """What had to be shortened or left out to fit the page, in words; nothing where all is whole."""
        whole, kept = _texts(self.words, None), self._texts[_STEPS[self._step][2]]
        with speaking(self.language):
            said_shorter = [tr(said) for key, said in _CUT.items() if whole[key] != kept[key]]
        return (*said_shorter, *self.words.beyond)

    def pdf(self) -> bytes:
        """The leaflet as a tagged PDF (PDF/UA-1, PDF/A-2a)."""
        return self._made(format="pdf", pdf_standards=list(pdf.STANDARDS))

    def png(self) -> bytes:
        """The leaflet as a picture for the web."""
        return self._made(format="png", ppi=WIDTH / _A4 - 0.01)

    def preview(self) -> bytes:
        """The leaflet as a small picture (JPEG), light enough to be drawn again at each change."""
        return images.lightened(self._made(format="png", ppi=PREVIEW / _A4 - 0.01))

    def to_pdf(self, path: str | Path) -> Path:
        """Write the PDF, whole or not at all (``RAP-001`` where it cannot be written)."""
        return pdf.write(self.pdf(), Path(path))

    def to_png(self, path: str | Path) -> Path:
        """Write the picture, whole or not at all (``RAP-001`` where it cannot be written)."""
        return pdf.write(self.png(), Path(path))

    def _made(self, **options: Any) -> bytes:
        try:
            made = self._compiler.compile(**options)
        except (typst.TypstError, RuntimeError) as error:
            raise pdf.failed(_TEMPLATE, error) from error
        assert isinstance(made, bytes)
        return made

    @property
    def _step(self) -> int:
        return int(self._found["step"])

    @cached_property
    def _found(self) -> dict[str, Any]:
        """What the page settled on: the rank of a step, and whether all of it holds on the page."""
        try:
            found: dict[str, Any] = json.loads(self._compiler.query("<retenu>", field="value", one=True))
        except (typst.TypstError, RuntimeError) as error:
            raise pdf.failed(_TEMPLATE, error) from error
        return found

    @cached_property
    def _compiler(self) -> typst.Compiler:
        with speaking(self.language):
            given = pdf.inputs(self._content())
        return typst.Compiler(
            str(pdf.TEMPLATES / f"{_TEMPLATE}.typ"), root=str(pdf.TEMPLATES), font_paths=[str(FONTS)],
            ignore_system_fonts=True, sys_inputs=given,
        )  # fmt: skip

    @cached_property
    def _texts(self) -> list[dict[str, Any]]:
        return [_texts(self.words, room) for room in _ROOMS]

    def _content(self) -> dict[str, Any]:
        said = self.words
        name = shortened(said.name, 120)
        return {
            "layout": self.layout,
            "language": self.language,
            "dated": (self.settled or date(int(said.year), 12, 31)).isoformat(),
            "heading": f"{shortened(said.title, 120)} – {name}, {said.year}",
            "year": said.year,
            "figures": [asdict(figure) for figure in said.figures],
            "picture": asdict(said.picture) if said.picture else None,
            "words": {
                "next": tr("Ce que nous décidons"),
                "none": tr("Les chiffres de {year} ne sont pas encore connus.", year=said.year),
            },
            "palette": {"main": asdict(self.palette.main), "second": asdict(self.palette.second), "ink": INK},
            "logo": _image(self.logo, tr("Logo de {name}", name=name), "png"),
            "photo": _image(self.photo, tr("Photo choisie par {name}", name=name), "jpeg"),
            "texts": self._texts,
            "steps": [{"scale": scale, "photo": photo, "text": room} for scale, photo, room in _STEPS],
        }


def leaflet(
    results: Results,
    year: int,
    story: Story,
    choice: LeafletChoice | None = None,
    logo: bytes | None = None,
    photo: bytes | None = None,
) -> Leaflet:
    """The leaflet of one enterprise for one year.

    Parameters
    ----------
    results
        The figures of the enterprise, with the years before where they are known.
    story
        What was said and decided.
    choice
        What the enterprise chose; all that is empty is chosen for it.
    logo, photo
        Clean images, as ``images.clean_logo`` and ``images.clean_photo`` give them.

    Raises
    ------
    CooraceError
        When a colour is miswritten (``RAP-005``) or the choice does not hold (``RAP-010``).
    """
    chosen = choice or LeafletChoice()
    if set(results.values.index.unique("enterprise")) != {story.enterprise.id}:
        results = results.select(enterprise=story.enterprise.id)
    said = words(results, year, story, chosen)
    colours = palette(chosen.colours)
    return Leaflet(said, chosen.layout, colours, logo, photo, language(), _settled(results, year))


def _settled(results: Results, year: int) -> date | None:
    notes = results.answers.notes
    days = pd.to_datetime(notes.loc[notes["year"] == year, "at"], errors="coerce", utc=True).dropna()
    return days.max().date() if len(days) else None


def _texts(said: Words, room: _Room | None) -> dict[str, Any]:
    """Every text that may be cut, at the length that the room allows; whole without one."""

    def fit(text: str, name: str) -> str:
        return shortened(text, getattr(room, name)) if room else text

    quote = said.quote and {"text": fit(said.quote[0], "quote"), "who": fit(said.quote[1], "who")}
    return {
        "title": fit(said.title, "title"),
        "name": fit(said.name, "name"),
        "place": fit(said.place, "place"),
        "text": fit(said.text, "text"),
        "labels": [fit(figure.label, "label") for figure in said.figures],
        "picture": fit(said.picture.title, "label") if said.picture else "",
        "rows": [fit(row.label, "row") for row in said.picture.rows] if said.picture else [],
        "quote": quote,
        "decisions": [{"label": fit(a, "decision"), "due": fit(b, "due")} for a, b in said.decisions],
        "method": said.method,
        "contact": fit(said.contact, "contact"),
    }


def _image(content: bytes | None, alt: str, kind: str) -> dict[str, Any] | None:
    """An image inside a drawing: a template is given texts only, and this is one."""
    if content is None:
        return None
    width, height = images.size(content)
    told = base64.b64encode(content).decode("ascii")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/{kind};base64,{told}"/></svg>'
    )
    light = kind == "png" and images.is_light(content)
    return {"svg": svg, "alt": alt, "ratio": width / height, "light": light}


def layouts() -> Iterator[tuple[str, str, str]]:
    """The layouts there are: name, title, and how each shows the same things."""
    yield "bandeau", tr("Bandeau"), tr("Une bande de couleur en tête, les chiffres en ligne, deux colonnes.")
    yield "colonne", tr("Colonne"), tr("Les chiffres dans une colonne de couleur, le récit à droite.")
    yield "mosaique", tr("Mosaïque"), tr("Des carreaux de couleur, un chiffre mis en avant.")
