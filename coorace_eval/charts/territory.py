"""Where an enterprise is, and where those of the network are, by département."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from coorace_eval.campaigns.model import Enterprise
from coorace_eval.charts import theme
from coorace_eval.charts.drawing import AnyChart, blank, heading
from coorace_eval.charts.words import sentence, shorten
from coorace_eval.language import mark, tr
from coorace_eval.network.publication import MIN_UNITS
from coorace_eval.territory import Departement, departements

MAP = Path(__file__).parent / "geometry" / "departements.topo.json"
HERE, NETWORK = mark("Où sommes-nous\u00a0?"), mark("Où sont les entreprises du réseau\u00a0?")
PIN = mark("Losange\u00a0: notre département, dans sa région (bleu clair).")
SOURCE = mark("Fond de carte\u00a0: Natural Earth, domaine public.")
BORDERS = {
    2015: mark("Traits épais\u00a0: les 22 régions de métropole, jusqu'en 2015."),
    2016: mark("Traits épais\u00a0: les 13 régions de métropole, depuis 2016."),
}
FEW = mark("moins de 3")
CLASSES: Mapping[int, str] = {MIN_UNITS: mark("3 à 5"), 6: mark("6 à 9"), 10: mark("10 et plus")}
"""From how many enterprises each class begins; what is below is not told apart."""
PARIS = mark("Paris et alentour")
_WIDE, _TALL = 692, 450
_SIZES = {3: 60, 6: 160, 10: 330}


def territory(
    enterprise: Enterprise | None, counts: Mapping[str, int] | None = None, *, regions: int = 2016
) -> AnyChart:
    """The département of an enterprise, in its région; for the network, how many there are in each.

    Parameters
    ----------
    enterprise
        Whose département is shown; nothing for the network alone.
    counts
        How many enterprises each département has, by its code; one with fewer than three bears no sign.
    regions
        Whose borders are drawn: 2015 for the 22 régions of metropolitan France, 2016 for the 13.
    """
    ours = departements().get(enterprise.department) if enterprise else None
    if ours is None and not counts:
        return blank(tr(HERE if enterprise else NETWORK))
    question = tr(HERE if ours else NETWORK)
    inside = ours and ours.code not in _map()["frames"]
    subtitle = " ".join([*([tr(PIN)] if inside else []), tr(BORDERS[regions]), tr(SOURCE)])
    layers = [*_ground(ours, regions), *_borders(regions), *_insets(), *_signs(counts or {}), *_pin(ours)]
    whole: AnyChart = alt.layer(*layers)
    return whole.properties(
        width=_WIDE, height=_TALL, title=heading(question, subtitle),
        description=_description(enterprise, ours, counts or {}, regions),
    )  # fmt: skip


def territory_table(
    enterprise: Enterprise | None, counts: Mapping[str, int] | None = None, *, regions: int = 2016
) -> pd.DataFrame:
    """The table that stands beside the map: our own département first, then those that have a sign."""
    ours = departements().get(enterprise.department) if enterprise else None
    rows = [(ours, tr("Notre département"))] if ours else []
    rows += [(about, "") for about, _ in _classed(counts or {}) if about is not ours]
    table = pd.DataFrame(
        [(about.code, about.label, about.region(regions).label, note) for about, note in rows],
        columns=[tr("Code"), tr("Département"), tr("Région"), ""],
    )
    if counts:
        known = {about.code: tr(CLASSES[least]) for about, least in _classed(counts)}
        table[tr("Entreprises du réseau")] = [known.get(code, tr(FEW)) for code in table[tr("Code")]]
    return table if ours else table.drop(columns="")


@cache
def _map() -> dict[str, Any]:
    """The map file, with each shape as the path that SVG draws."""
    content: dict[str, Any] = json.loads(MAP.read_text(encoding="ascii"))
    scale = content["transform"]["scale"][0]
    arcs = [list(_places(arc, scale)) for arc in content["arcs"]]
    found: dict[str, Any] = {"frames": content["frames"]}
    for name, held in content["objects"].items():
        if held["type"] == "MultiLineString":
            found[name] = "".join(_path(_joined(line, arcs)) for line in held["arcs"])
            continue
        found[name] = {
            shape["id"]: {
                "path": "".join(_path(_joined(ring, arcs)) + "Z" for part in shape["arcs"] for ring in part),
                "x": shape["properties"]["x"], "y": shape["properties"]["y"],
            }
            for shape in held["geometries"]
        }  # fmt: skip
    return found


def _places(arc: list[list[int]], scale: float) -> Iterator[tuple[float, float]]:
    x = y = 0
    for right, down in arc:
        x, y = x + right, y + down
        yield x * scale, y * scale


def _joined(numbers: list[int], arcs: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """Arcs one after the other; ``~n`` is arc ``n`` run backwards."""
    places: list[tuple[float, float]] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        places += arc[1:] if places else arc
    return places


def _path(places: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _shapes(rows: list[dict[str, Any]], **look: Any) -> alt.Chart:
    """Paths drawn where they stand; a symbol of four square pixels keeps its size."""
    chart: alt.Chart = alt.Chart(pd.DataFrame(rows)).mark_point(
        size=4, strokeJoin="round", x=0, y=0, **look
    ).encode(shape=alt.Shape("path:N", scale=None), fill=alt.Fill("fill:N", scale=None))  # fmt: skip
    return chart


def _ground(ours: Departement | None, regions: int) -> list[alt.Chart]:
    region = ours.region(regions) if ours else None
    rows = []
    for layer in ("departements", "paris"):
        for code, shape in _map()[layer].items():
            about = departements()[code]
            fill = theme.GROUND if about.region(regions) != region else theme.REGION
            told = f"{about.label} ({about.code}), {about.region(regions).label}"
            fill = theme.BLUE if about is ours else fill
            rows.append({"path": shape["path"], "fill": fill, "told": told})
    return [_shapes(rows, stroke=theme.QUIET, strokeWidth=0.5)]


def _borders(regions: int) -> list[alt.Chart]:
    return [
        _shapes([{"path": _map()[f"regions_{regions}"], "fill": None}], stroke=theme.INK, strokeWidth=1.1)
    ]


def _insets() -> list[alt.Chart]:
    frames = pd.DataFrame(
        [(left, top, left + wide, top + tall) for left, top, wide, tall in _map()["frames"].values()],
        columns=["x", "y", "x2", "y2"],
    )
    names = [tr(PARIS) if name == "paris" else departements()[name].label for name in _map()["frames"]]
    return [
        alt.Chart(frames).mark_rect(filled=False, stroke=theme.GRID).encode(**_at(), x2="x2:Q", y2="y2:Q"),
        alt.Chart(frames.assign(text=names, x=frames["x"] + 6, y=frames["y"] + 12))
        .mark_text(align="left", fontSize=11, color=theme.SOFT).encode(**_at(), text="text:N"),
    ]  # fmt: skip


def _signs(counts: Mapping[str, int]) -> list[alt.Chart]:
    rows = [{**_spot(about.code), "word": tr(CLASSES[least])} for about, least in _classed(counts)]
    if not rows:
        return []
    scale = alt.Scale(domain=[tr(word) for word in CLASSES.values()], range=list(_SIZES.values()))
    legend = alt.Legend(
        title=tr("Entreprises du réseau par département (aucun signe\u00a0: moins de 3)"), titleLimit=0,
        orient="bottom", symbolType="circle", symbolFillColor=theme.ORANGE,
    )  # fmt: skip
    signs = alt.Chart(pd.DataFrame(rows)).mark_point(shape="circle", fill=theme.ORANGE, opacity=0.9)
    return [signs.encode(**_at(), size=alt.Size("word:O", scale=scale, legend=legend))]


def _pin(ours: Departement | None) -> list[alt.Chart]:
    """A sign on our own département, and its name beside."""
    if ours is None:
        return []
    spot = _spot(ours.code)
    pin = alt.Chart(pd.DataFrame([spot])).mark_point(shape="diamond", size=190, fill=theme.ORANGE)
    if ours.code in _map()["frames"]:
        return [pin.encode(**_at())]
    beside = spot["x"] - 14 if spot["x"] > _WIDE / 3 else spot["x"] + 14
    if ours.code in _map()["paris"]:
        beside = _map()["frames"]["paris"][0] - 6
    name = pd.DataFrame([{"x": beside, "y": spot["y"], "text": f"{ours.label} ({ours.code})"}])
    said = alt.Chart(name).encode(**_at(), text="text:N")
    look: dict[str, Any] = {"align": "right" if beside != spot["x"] + 14 else "left", "fontSize": 13}
    halo: dict[str, Any] = {"stroke": "white", "strokeWidth": 4, "strokeJoin": "round"}
    return [
        said.mark_text(**look, fontWeight=600, **halo),
        said.mark_text(**look, fontWeight=600),
        pin.encode(**_at()),
    ]


def _spot(code: str) -> dict[str, float]:
    """Where a sign stands: in the larger drawing around Paris."""
    shape = _map()["paris"].get(code) or _map()["departements"][code]
    return {"x": shape["x"], "y": shape["y"]}


def _at() -> dict[str, Any]:
    scales = (alt.Scale(domain=domain, nice=False, zero=False) for domain in ([0, _WIDE], [_TALL, 0]))
    return {
        name: kind(f"{name}:Q", axis=None, scale=scale)
        for name, kind, scale in zip("xy", (alt.X, alt.Y), scales, strict=True)
    }


def _classed(counts: Mapping[str, int]) -> list[tuple[Departement, int]]:
    """The départements that have enough, each with where its class begins."""
    known = departements()
    return [
        (known[code], max(least for least in CLASSES if counts[code] >= least))
        for code in known
        if counts.get(code, 0) >= MIN_UNITS
    ]


def _description(
    enterprise: Enterprise | None, ours: Departement | None, counts: Mapping[str, int], regions: int
) -> str:
    said = []
    if ours and enterprise:
        said.append(
            tr(
                "Carte des départements. {name} est dans le département {label} ({code}), région {region}",
                name=shorten(enterprise.label, 80),
                label=ours.label,
                code=ours.code,
                region=ours.region(regions).label,
            )  # fmt: skip
        )
    else:
        said.append(tr("Carte des départements"))
    for least, word in CLASSES.items():
        held = [about.label for about, begins in _classed(counts) if begins == least]
        if held:
            said.append(
                tr("{class_} entreprises du réseau : {names}", class_=tr(word), names=", ".join(held))
            )
    return sentence(said)
