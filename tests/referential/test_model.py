# ruff: noqa: E501
"""A référentiel read, written, adapted, compared and recognised: what always holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from coorace_eval.problems import ReferentialError
from coorace_eval.referential import (
    Overlay,
    Referential,
    apply,
    check,
    diff,
    fingerprint,
    json_schema,
    parse_overlay,
    parse_referential,
    read_referential,
    to_yaml,
)
from coorace_eval.referential.diff import ChangeKind
from coorace_eval.referential.fingerprint import check_version, record_version

ROOT = Path(__file__).resolve().parents[2]
BROKEN = ROOT / "tests" / "broken"
BASE = read_referential(ROOT / "referentials" / "utilite_sociale" / "base.yaml")
SMALL = read_referential(BROKEN / "saine_base.yaml")

NASTY = st.sampled_from(
    ["NO", "01", "2026.10", "~", "null", "=1+1", "a: b", "« d'été »", "'", '"', "- x", "# x", "é\u0301", "👩🏽‍🌾", "a\nb",
     "*x", "&x", "!t", "%", "@", "`", "{a}", "[a]", "|", ">", "a\tb", "\u202f.", "\u2028x", "\x85x", "x" * 300, "true", "1e3", "a # b", "---"]
)  # fmt: skip
LABELS = NASTY | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    str.strip
)
TEXTS = NASTY | st.just("") | st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
IDS = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)


@st.composite
def referentials(draw: Callable[..., Any]) -> Referential:
    """A référentiel whose shape is right, its texts as nasty as they may be."""
    ids = draw(st.lists(IDS, min_size=6, max_size=6, unique=True))
    variables = [
        {
            "id": name, "label": draw(LABELS), "unit": draw(st.sampled_from(["heure", "EUR", "ratio", "EUR/heure"])),
            "question": draw(TEXTS), "help": draw(TEXTS), "minimum": draw(st.none() | NUMBERS),
            "maximum": draw(st.none() | NUMBERS), "type": draw(st.sampled_from(["entier", "decimal", "montant"])),
        }
        for name in ids[:2]
    ]  # fmt: skip
    indicator = {
        "id": ids[2], "label": draw(LABELS), "kind": "effet", "unit": "heure", "formula": ids[0], "note": draw(TEXTS),
        "sdg": draw(st.lists(NASTY, max_size=2)), "codes": draw(st.dictionaries(IDS, NASTY, max_size=2)),
        "target": draw(st.none() | st.fixed_dictionaries({"value": NUMBERS, "year": st.integers(1900, 2200)})),
    }  # fmt: skip
    contribution = {"id": ids[3], "label": draw(LABELS), "criterion": draw(TEXTS), "indicators": [indicator]}
    dimension = {
        "id": ids[4],
        "label": draw(LABELS),
        "question": draw(TEXTS),
        "contributions": [contribution],
    }
    return Referential.model_validate(
        {
            "id": ids[5], "version": draw(st.sampled_from(["2026.1", "2026.10", "2026.1.0"])), "label": draw(LABELS),
            "statement": draw(TEXTS), "variables": variables, "dimensions": [dimension],
            "axes": [{"id": "sexe", "label": draw(LABELS), "members": [{"id": "01", "label": draw(LABELS)}]}],
            "rules": [{"id": "r", "rule": f"{ids[0]} >= 0", "message": draw(LABELS), "severity": "alerte"}],
        }
    )  # fmt: skip


@st.composite
def overlays(draw: Callable[..., Any], extends: str = "essai@2026.1") -> Overlay:
    return Overlay.model_validate(
        {
            "overlay": draw(IDS), "extends": extends, "label": draw(LABELS),
            "relabel": draw(st.dictionaries(IDS, LABELS, max_size=2)),
            "help": draw(st.dictionaries(IDS, TEXTS, max_size=2)),
            "targets": draw(st.dictionaries(IDS, st.fixed_dictionaries({"value": NUMBERS, "year": st.just(2027)}), max_size=2)),
            "retire": [{"id": name, "because": draw(LABELS)} for name in draw(st.lists(IDS, max_size=2))],
            "add": {"variables": [{"id": draw(IDS), "label": draw(LABELS), "unit": "heure", "minimum": None}]},
        }
    )  # fmt: skip


def loose(text: str, model: type[Any]) -> Any:
    """Read back whatever the checks would say of names and units."""
    return model.model_validate(yaml.load(text, Loader=yaml.BaseLoader))


@settings(max_examples=120)
@given(referentials())
def test_what_is_written_reads_back_equal(referential: Referential) -> None:
    again = loose(to_yaml(referential), Referential)
    assert again == referential
    assert fingerprint(again) == fingerprint(referential)
    assert diff(referential, again) == []


@settings(max_examples=80)
@given(overlays())
def test_an_overlay_written_reads_back_equal(overlay: Overlay) -> None:
    assert parse_overlay(to_yaml(overlay)) == overlay


def test_the_real_referentiel_reads_back_equal() -> None:
    assert parse_referential(to_yaml(BASE)) == BASE


def test_the_fingerprint_tells_content_and_not_version() -> None:
    assert fingerprint(BASE) == fingerprint(BASE.changed(version="2031.4"))
    seen = {fingerprint(BASE)}
    for change in (
        {"label": "Autre"},
        {"rules": BASE.rules[1:]},
        {"variables": BASE.variables[::-1]},
        {"id": "autre"},
    ):
        print_ = fingerprint(BASE.changed(**change))
        assert print_ not in seen
        seen.add(print_)
    variable = BASE.variables[0]
    for field, value in (
        ("label", "X"),
        ("minimum", None),
        ("minimum", 1.0),
        ("help", "x"),
        ("question", "y"),
    ):
        print_ = fingerprint(
            BASE.changed(variables=(variable.changed(**{field: value}), *BASE.variables[1:]))
        )
        assert print_ not in seen
        seen.add(print_)


def test_a_content_changed_demands_a_new_number(tmp_path: Path) -> None:
    assert [p.code for p in check_version(SMALL, tmp_path)] == ["REF-014"]
    record_version(SMALL, tmp_path)
    assert check_version(SMALL, tmp_path) == []
    changed = SMALL.changed(label="Autre")
    assert [p.code for p in check_version(changed, tmp_path)] == ["REF-013"]
    record_version(changed, tmp_path)
    assert check_version(SMALL, tmp_path) == []
    record_version(changed.changed(version="2026.2"), tmp_path)
    assert check_version(changed.changed(version="2026.2"), tmp_path) == []
    (tmp_path / "versions.yaml").write_text("- x\n", encoding="utf-8")
    with pytest.raises(ReferentialError):
        check_version(SMALL, tmp_path)


# --- overlays


def overlay(extends: Referential = SMALL, name: str = "nous", **fields: Any) -> Overlay:
    return Overlay.model_validate({"overlay": name, "extends": extends.reference, "label": "Nous", **fields})


def refused(*overlays_: Overlay, base: Referential = SMALL) -> set[str]:
    with pytest.raises(ReferentialError) as caught:
        apply(base, *overlays_)
    return {problem.code for problem in caught.value.problems}


def test_an_empty_overlay_is_the_identity() -> None:
    for base in (SMALL, BASE):
        assert apply(base) == apply(base, overlay(base)) == base


@settings(max_examples=40)
@given(referentials())
def test_an_empty_overlay_is_the_identity_of_any(referential: Referential) -> None:
    assert apply(referential, overlay(referential)) == referential


def test_an_overlay_leaves_the_base_as_it_was() -> None:
    before = to_yaml(BASE)
    indicator = BASE.indicators[0].id
    dimension = BASE.dimensions[0].id
    ours = apply(
        BASE,
        overlay(BASE, relabel={dimension: "L'emploi, et après"}, targets={indicator: {"value": 3, "year": 2027}},
                help={indicator: "À compter en janvier."}, retire=[{"id": BASE.indicators[1].id, "because": "Non."}]),
    )  # fmt: skip
    assert to_yaml(BASE) == before
    assert ours.dimensions[0].label == "L'emploi, et après"
    assert ours.indicator(indicator).target.value == 3  # type: ignore[union-attr]
    assert ours.indicator(indicator).note == "À compter en janvier."
    assert BASE.indicators[1].id not in {i.id for i in ours.indicators}
    assert ours.overlays == ("nous",) and ours.retired[0].because == "Non."
    assert [p for p in check(ours) if p.severity == "erreur"] == []


def test_what_only_a_retired_indicator_used_is_no_longer_asked() -> None:
    for indicator in BASE.indicators:
        others = {name for i in BASE.indicators if i.id != indicator.id for name in BASE.inputs_of(i.id)}
        alone = {v for v in BASE.inputs_of(indicator.id) if v not in others}
        try:
            ours = apply(BASE, overlay(BASE, retire=[{"id": indicator.id, "because": "Non."}]))
        except ReferentialError as error:
            assert {p.code for p in error.problems} == {"OVL-005"}
            continue
        asked = {variable.id for variable in ours.variables}
        robust = {n for i in ours.indicators if i.robustness for n in i.robustness.compute.variables}
        assert not (alone - robust) & asked
        for rule in ours.rules:
            assert set(rule.compute.variables) <= asked | {p.id for p in ours.parameters}


def test_an_enterprise_adds_its_own() -> None:
    under = SMALL.contributions[0].id
    added = {
        "variables": [{"id": "repas", "label": "Repas", "unit": "nombre"}],
        "contributions": [{"id": "table", "label": "Table", "under": SMALL.dimensions[0].id}],
        "indicators": [
            {"id": "nos_repas", "label": "Repas", "kind": "realisation", "unit": "nombre", "formula": "repas", "under": "table"},
            {"id": "nos_heures", "label": "Heures", "kind": "effet", "unit": "heure", "formula": "heures", "under": under,
             "relation": {"to": SMALL.indicators[0].id, "kind": "subset"}},
        ],
    }  # fmt: skip
    ours = apply(SMALL, overlay(add=added, relabel={"table": "Notre table", "repas": "Repas servis"}))
    assert [i.id for i in ours.contributions[-1].indicators] == ["nos_repas"]
    assert ours.contributions[-1].label == "Notre table"
    assert ours.variable("repas").label == "Repas servis"
    assert ours.indicator("nos_heures").relation.kind == "subset"  # type: ignore[union-attr]
    assert type(ours.indicator("nos_heures")).__name__ == "Indicator"


def test_each_misfit_has_its_code() -> None:
    indicator = {
        "label": "x",
        "kind": "effet",
        "unit": "heure",
        "formula": "heures",
        "under": SMALL.contributions[0].id,
    }
    shared = SMALL.indicators[0].id
    assert refused(overlay(retire=[{"id": "rien", "because": "x"}])) == {"OVL-001"}
    assert "OVL-002" in refused(overlay(add={"indicators": [{**indicator, "id": shared}]}))
    assert "OVL-002" in refused(overlay(add={"variables": [{"id": "heures", "label": "x", "unit": "heure"}]}))
    assert refused(overlay(BASE)) == {"OVL-004"}
    assert refused(
        overlay(relabel={"rien": "x"}),
    ) == {"OVL-006"}
    assert refused(overlay(targets={"heures": {"value": 1, "year": 2027}})) == {"OVL-006"}
    assert refused(overlay(add={"indicators": [{**indicator, "id": "x", "under": "rien"}]})) == {"OVL-006"}
    assert "FOR-006" in refused(overlay(add={"indicators": [{**indicator, "id": "x", "unit": "EUR"}]}))
    assert refused(overlay(retire=[{"id": shared, "because": "x"}, {"id": shared, "because": "y"}])) == {
        "OVL-003"
    }
    parameter = BASE.parameters[0].id
    assert refused(overlay(BASE, relabel={parameter: "x"}), base=BASE) == {"OVL-006"}


def test_two_overlays_on_one_name_are_refused_and_disjoint_ones_commute() -> None:
    first, second = (d.id for d in BASE.dimensions[:2])
    one = overlay(BASE, "une", relabel={first: "Un"}, retire=[{"id": BASE.indicators[1].id, "because": "x"}])
    other = overlay(
        BASE, "autre", relabel={second: "Deux"}, targets={BASE.indicators[0].id: {"value": 1, "year": 2027}}
    )
    assert apply(BASE, one, other) == apply(BASE, other, one)
    assert refused(one, overlay(BASE, "autre", relabel={first: "Deux"}), base=BASE) == {"OVL-003"}
    assert refused(one, overlay(BASE, "autre", help={first: "Deux"}), base=BASE) == {"OVL-003"}


# --- diff


CHANGES = {
    "label": lambda r: r.changed(label="Autre"),
    "variable retirée": lambda r: r.changed(variables=r.variables[1:]),
    "variables dans un autre ordre": lambda r: r.changed(variables=r.variables[::-1]),
    "règle changée": lambda r: r.changed(rules=(r.rules[0].changed(message="Autre"), *r.rules[1:])),
    "règle retirée": lambda r: r.changed(rules=r.rules[1:]),
    "axe changé": lambda r: r.changed(axes=(r.axes[0].changed(members=()), *r.axes[1:])),
    "source changée": lambda r: r.changed(sources=(r.sources[0].changed(minutes=1), *r.sources[1:])),
    "paramètre changé": lambda r: r.changed(
        parameters=(r.parameters[0].changed(values=r.parameters[0].values[1:]),)
    ),
    "dimension retirée": lambda r: r.changed(dimensions=r.dimensions[1:]),
    "formule changée": lambda r: _first_indicator(r, formula="1"),
    "unité comptée": lambda r: r.changed(counted=()),
    "niveaux": lambda r: r.changed(levels=r.levels.changed(dimension="Registre")),
    "indicateur déplacé": lambda r: _moved(r),
}


def _first_indicator(r: Referential, **fields: Any) -> Referential:
    dimension = r.dimensions[0]
    contribution = dimension.contributions[0]
    indicators = (contribution.indicators[0].changed(**fields), *contribution.indicators[1:])
    held = (contribution.changed(indicators=indicators), *dimension.contributions[1:])
    return r.changed(dimensions=(dimension.changed(contributions=held), *r.dimensions[1:]))


def _moved(r: Referential) -> Referential:
    dimension = r.dimensions[0]
    one, other, *rest = dimension.contributions
    moved = one.indicators[0]
    held = (
        one.changed(indicators=one.indicators[1:]),
        other.changed(indicators=(*other.indicators, moved)),
        *rest,
    )
    return r.changed(dimensions=(dimension.changed(contributions=held), *r.dimensions[1:]))


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_seen_and_undone(name: str) -> None:
    other = CHANGES[name](BASE)
    there, back = diff(BASE, other), diff(other, BASE)
    assert there, name
    undo = {ChangeKind.AJOUT: ChangeKind.RETRAIT, ChangeKind.RETRAIT: ChangeKind.AJOUT}
    turned = {(undo.get(c.kind, c.kind), c.element, c.id, c.field, c.after, c.before) for c in there}
    assert turned == {(c.kind, c.element, c.id, c.field, c.before, c.after) for c in back}
    assert all(str(change) for change in there)


@settings(max_examples=60)
@given(referentials(), referentials())
def test_no_difference_means_the_same_content(one: Referential, other: Referential) -> None:
    assert diff(one, one) == []
    assert bool(diff(one, other)) == (one != other)


# --- JSON Schema


@pytest.mark.parametrize(("model", "name"), [(Referential, "referential"), (Overlay, "overlay")])
def test_the_schema_for_editors_is_up_to_date(model: type[Any], name: str) -> None:
    from coorace_eval.referential.writer import json_schema_text

    path = ROOT / "referentials" / f"{name}.schema.json"
    assert path.read_text(encoding="utf-8") == json_schema_text(model)


def test_the_schema_accepts_what_the_reader_accepts() -> None:
    """An editor reads YAML with types; the schema speaks of those."""
    for path, model in (
        (ROOT / "referentials" / "utilite_sociale" / "base.yaml", Referential),
        (BROKEN / "saine_base.yaml", Referential),
        (BROKEN / "saine_adaptation.yaml", Overlay),
    ):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(json_schema(model)).validate(data)
        jsonschema.Draft202012Validator.check_schema(json_schema(model))


def test_the_schema_refuses_an_unknown_field() -> None:
    data = yaml.safe_load((BROKEN / "saine_base.yaml").read_text(encoding="utf-8"))
    data["variables"][0]["qestion"] = "?"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_schema(Referential))
