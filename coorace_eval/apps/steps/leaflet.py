"""The leaflet: what is on it, in which layout and colours, seen as it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from coorace_eval.apps.steps.base import unknown
from coorace_eval.apps.steps.room import Room
from coorace_eval.campaigns.edition import LAYOUTS, MOST_FIGURES, Asset, LeafletChoice
from coorace_eval.formatting import format_number
from coorace_eval.language import language, mark, tr, trn
from coorace_eval.problems import CampaignError, CooraceError, Problem

if TYPE_CHECKING:
    from coorace_eval.access import AuthorisedStore
    from coorace_eval.indicators import Results
    from coorace_eval.reports.leaflet import Leaflet

MOST_SIGNS = {"title": 200, "text": 1600, "contact": 240}
_COLOURS = {"colour_main": 0, "colour_second": 1}
_IMAGES = {"logo": "image/png", "photo": "image/jpeg"}
_FIGURE = "figure"


@dataclass(frozen=True)
class Shown:
    """The page as it is seen on screen: its picture, what it tells, what was changed to make it."""

    picture: bytes
    alt: str
    cut: tuple[str, ...]
    changes: tuple[str, ...]


class LeafletRoom(Room):
    """One page to hand out: each choice is kept at once, and the page is drawn again."""

    name: ClassVar = "plaquette"
    label: ClassVar = mark("Faire la plaquette")
    actions: ClassVar = {
        "download_pdf": "download_pdf",
        "download_png": "download_png",
        "move_up": "move_up",
        "move_down": "move_down",
        "usual_figures": "usual_figures",
        "remove_image": "remove_image",
    }
    always: ClassVar = frozenset({"download_pdf", "download_png"})
    checks: ClassVar = frozenset({_FIGURE})

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._file_name = ""
        self._drawn: tuple[object, Shown] | None = None
        self._usual: tuple[Results, tuple[str, ...]] | None = None
        self._read()

    def _read(self) -> None:
        """Read again what was chosen; someone else may have chosen meanwhile."""
        work = self.work
        with work.access.open() as store:
            self.choice = store.leaflet_choice(work.enterprise, work.year)
            self.assets = {part: store.asset(work.enterprise, part) for part in _IMAGES}

    @property
    def file_name(self) -> str:
        """The name under which the document is kept."""
        return self._file_name

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures of the page, in order: those chosen, of which there still are, or the usual ones."""
        from coorace_eval.reports.leaflet_content import usual_figures

        work = self.work
        if self._usual is None or self._usual[0] is not work.results:
            self._usual = (work.results, usual_figures(work.results, work.enterprise, work.year))
        known = {indicator.id for indicator in work.referential.indicators}
        return tuple(id for id in self.choice.figures if id in known) or self._usual[1]

    @property
    def quotes(self) -> list[tuple[str, str]]:
        """The quotes that may be shown: identifier, and their first words with who said them."""
        from coorace_eval.reports.leaflet_content import shareable, shortened

        return [(v.id, f"« {shortened(v.text, 70)} » {v.who}".strip()) for v in shareable(self.work.story)]

    @property
    def usual_colours(self) -> tuple[str, str]:
        """The colours that serve where none is written."""
        from coorace_eval.reports.colours import palette

        found = palette(self.choice.colours)
        return found.main.asked, found.second.asked

    @property
    def held(self) -> LeafletChoice:
        """The choice as it can be drawn: without what has disappeared since."""
        verbatim = self.choice.verbatim if self.choice.verbatim in dict(self.quotes) else ""
        layout = self.choice.layout if self.choice.layout in LAYOUTS else LAYOUTS[0]
        return replace(self.choice, layout=layout, figures=self.figures, verbatim=verbatim)

    @property
    def shown(self) -> Shown:
        """The page as it is now; drawn again only where something changed.

        Raises
        ------
        CooraceError
            When the page cannot be made.
        """
        found = (self.held, tuple(self.assets.values()), id(self.work.results), language())
        if self._drawn is None or self._drawn[0] != found:
            page = self.leaflet()
            self._drawn = (found, Shown(page.preview(), page.alt, page.cut, page.palette.changes))
        return self._drawn[1]

    def leaflet(self) -> Leaflet:
        """The leaflet as it was chosen."""
        from coorace_eval.reports.leaflet import leaflet

        work = self.work
        logo, photo = (asset.content if asset else None for asset in map(self.assets.get, _IMAGES))
        return leaflet(work.results, work.year, work.story, self.held, logo, photo)

    def _taker(self, field: str) -> Callable[[Any], None] | None:
        name, _, item = field.partition("@")
        if name == _FIGURE and item in {indicator.id for indicator in self.work.referential.indicators}:
            return partial(self._tick, item)
        if field in MOST_SIGNS:
            return partial(self._write, field)
        if field in _COLOURS:
            return partial(self._colour, field)
        return {"layout": self._lay_out, "verbatim": self._quote}.get(field)

    def _file_taker(self, field: str) -> Callable[[str, bytes], None] | None:
        return partial(self._take_image, field) if field in _IMAGES else None

    def _lay_out(self, layout: str) -> None:
        if layout not in LAYOUTS:
            raise unknown(layout)
        self._keep(lambda choice: replace(choice, layout=layout))

    def _write(self, field: str, text: str) -> None:
        if len(text) > MOST_SIGNS[field]:
            cause = tr(
                "ce texte compte {n} signes ; la plaquette en montre {most} au plus.",
                n=len(text), most=MOST_SIGNS[field],
            )  # fmt: skip
            raise self._refused("RAP-010", cause, tr("Raccourcissez-le : une page se lit debout."))

        def change(choice: LeafletChoice) -> LeafletChoice:
            said = {"title": choice.title, "text": choice.text, "contact": choice.contact} | {
                field: text.strip()
            }
            return replace(choice, title=said["title"], text=said["text"], contact=said["contact"])

        self._keep(change)

    def _quote(self, verbatim: str) -> None:
        if verbatim and verbatim not in dict(self.quotes):
            cause = tr("ce verbatim n'existe plus, ou la personne n'a pas donné son accord.")
            raise self._refused("RAP-010", cause, tr("Choisissez-en un autre."))
        self._keep(lambda choice: replace(choice, verbatim=verbatim))

    def _colour(self, field: str, typed: str) -> None:
        from coorace_eval.reports.colours import check_colours

        colour = typed.strip().upper()
        if problems := list(check_colours((colour, ""))):
            raise CampaignError(self.work.title, [replace(problems[0], where="")])
        rank = _COLOURS[field]

        def change(choice: LeafletChoice) -> LeafletChoice:
            first, second = choice.colours
            return replace(choice, colours=(colour, second) if rank == 0 else (first, colour))

        self._keep(change)

    def _tick(self, figure: str, ticked: bool) -> None:
        chosen = [id for id in self.figures if id != figure]
        if ticked:
            chosen = [*chosen, figure]
        if len(chosen) > MOST_FIGURES:
            cause = tr("la plaquette montre {most} chiffres au plus.", most=MOST_FIGURES)
            raise self._refused("RAP-010", cause, tr("Retirez-en un pour ajouter celui-ci."))
        if not chosen:
            raise self._refused("RAP-010", tr("la plaquette garde au moins un chiffre."),
                                tr("Ajoutez-en un autre avant de retirer celui-ci."))  # fmt: skip
        self._arrange(chosen)

    def move_up(self, figure: str) -> None:
        """Bring a figure before the one above it."""
        self._move(figure, -1)

    def move_down(self, figure: str) -> None:
        """Bring a figure after the one below it."""
        self._move(figure, 1)

    def _move(self, figure: str, by: int) -> None:
        chosen = list(self.figures)
        if figure not in chosen:
            raise unknown(figure)
        rank = chosen.index(figure)
        chosen.insert(max(0, rank + by), chosen.pop(rank))
        self._arrange(chosen)
        rank, last = chosen.index(figure), len(chosen) - 1
        stays = "move_up" if (by < 0 and rank > 0) or rank == last else "move_down"
        self.focus = f"{stays}-{figure}"
        label = self.work.referential.indicator(figure).label
        self.spoken = tr("{title} : place {rank} sur {all}", title=label, rank=rank + 1, all=last + 1)
        self._kept("order")

    def usual_figures(self, _: str = "") -> None:
        """Go back to the figures that are chosen for the enterprise."""
        self._arrange([])
        self.toast = tr("Les chiffres sont de nouveau choisis pour vous.")

    def _arrange(self, chosen: list[str]) -> None:
        self._keep(lambda choice: replace(choice, figures=tuple(chosen)))

    def _take_image(self, part: str, name: str, content: bytes) -> None:
        """Keep a logo or a photo, made safe and small first."""
        from coorace_eval.reports.images import clean_logo, clean_photo

        clean = clean_logo(content) if part == "logo" else clean_photo(content)
        self._store(
            lambda store: store.save_asset(self.work.enterprise, Asset(part, name, _IMAGES[part], clean))
        )

    def remove_image(self, part: str) -> None:
        """Take the logo or the photo away."""
        if part not in _IMAGES:
            raise unknown(part)
        self._store(lambda store: store.remove_asset(self.work.enterprise, part))
        self.toast = tr("Le logo est retiré.") if part == "logo" else tr("La photo est retirée.")
        self.focus = f"f-{part}"

    def download_pdf(self, _: str = "") -> None:
        """Give the page to print and to send."""
        self._hand("pdf", self.leaflet().pdf())

    def download_png(self, _: str = "") -> None:
        """Give the page as a picture, for a site or a message."""
        self._hand("png", self.leaflet().png())

    def _hand(self, ending: str, content: bytes) -> None:
        self._file_name = f"plaquette_{self.work.enterprise}_{self.work.year}.{ending}"
        self.document = content
        size = format_number(len(content) / 1024, 0)
        self.toast = tr(
            "La plaquette est prête ({size} ko). Elle se trouve dans vos téléchargements.", size=size
        )

    def _keep(self, change: Callable[[LeafletChoice], LeafletChoice]) -> None:
        """Change what is kept now, which someone else may have changed meanwhile."""
        key = (self.work.enterprise, self.work.year)
        self._store(lambda store: store.save_leaflet_choice(*key, change(store.leaflet_choice(*key))))

    def _store(self, change: Callable[[AuthorisedStore], None]) -> None:
        with self.work.writing() as store:
            change(store)
        self._read()

    def _refused(self, code: str, cause: str, hint: str = "") -> CooraceError:
        return CampaignError(self.work.title, [Problem(code, "", cause, hint)])

    def told(self) -> str:
        """How many figures are on the page."""
        return trn("{n} chiffre sur {most}", "{n} chiffres sur {most}", len(self.figures), most=MOST_FIGURES)
