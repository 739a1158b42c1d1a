"""What a screen may hold: the contract between the views and the component that draws them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from coorace_eval.apps.directory import STEPS
from coorace_eval.apps.router import UNSHOWN, Router

BLOCKS = {
    "text": {"text"},
    "notice": {"kind", "title"},
    "cards": {"items", "empty"},
    "fields": {"legend", "fields"},
    "table": {"caption", "columns", "rows"},
    "figure": {"svg", "alt", "table"},
    "meter": {"label", "value", "max", "text"},
    "list": {"legend", "items", "empty"},
    "quote": {"text"},
    "facts": {"items"},
    "group": {"legend", "blocks"},
    "columns": {"left", "right"},
    "download": {"id", "label"},
    "buttons": {"actions"},
    "picture": {"src", "alt"},
    "doors": {"items"},
    "arrange": {"legend", "items"},
    "thread": {"items"},
    "way": {"path", "label"},
    "share": {"id", "label", "path"},
}
FIELDS = {"number", "boxes", "text", "textarea", "select", "choice", "check", "date", "file", "colour"}
KINDS = {"primary", "secondary", "quiet", "danger"}
TOP = {"title", "route", "bar", "stepper", "heading", "problems", "tabs", "blocks", "actions", "toast"}
BAR = {"label", "context", "saved", "links", "languages", "person"}
ROOMS = {"chiffre", "presentation", "documents", "plaquette", "relecture"}
PAGES = {"page.accueil", "page.personnes", "page.reseau", "page.journal"}


def breaches(state: dict[str, Any], router: Router) -> list[str]:
    """Where a screen leaves the contract; an empty list is what we want."""
    json.dumps(state, allow_nan=False, ensure_ascii=False).encode("utf-8")
    return [*_top(state), *_blocks(state["blocks"]), *_fields(state), *_actions(state, router)]


def _top(state: dict[str, Any]) -> Iterator[str]:
    if missing := TOP - set(state):
        yield f"missing on the screen: {missing}"
    if not state["title"] or not state["heading"]["text"]:
        yield "no title"
    if set(state["bar"]) != BAR or any(link["id"] not in PAGES for link in state["bar"]["links"]):
        yield f"a bar of another shape: {state['bar']}"
    for problem in state["problems"]:
        if not problem["text"] or problem["text"] == UNSHOWN:
            yield f"problem said badly: {problem}"


def blocks_of(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every block, those inside others too."""
    for block in blocks:
        yield block
        for name in ("blocks", "left", "right"):
            yield from blocks_of(block.get(name, []))
        if block["type"] == "figure":
            yield block["table"]


def fields_of(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every field that is drawn, with its parts and notes."""
    for block in blocks_of(blocks):
        yield from (one for field in block.get("fields", []) for one in _with_parts(field))
        if block["type"] == "arrange":
            both = (one for item in block["items"] for one in (item["check"], item["comment"]) if one)
            yield from both
        if block["type"] == "list":
            opened = (field for item in block["items"] if item["open"] for field in item["fields"])
            yield from (one for field in opened for one in _with_parts(field))


def _with_parts(field: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield field
    yield from field.get("parts", [])
    yield from field.get("meta", [])
    yield from field.get("boxes", [])


def actions_of(state: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every button, with the item it bears on."""
    yield from ((action, "") for action in state["actions"])
    for block in blocks_of(state["blocks"]):
        yield from ((action, "") for action in block.get("actions", []))
        if block["type"] == "download":
            yield {"id": block["id"], "label": block["label"], "kind": "secondary"}, ""
        if block["type"] == "doors":
            yield from ((item["action"], "") for item in block["items"])
        if block["type"] == "arrange":
            yield from ((item[way], item["id"]) for item in block["items"] for way in ("up", "down"))
        if block["type"] in ("cards", "list"):
            yield from ((action, item["id"]) for item in block["items"] for action in item["actions"])
        if block["type"] == "table":
            cells = (
                cell for row in block["rows"] for cell in row if isinstance(cell, dict) and "action" in cell
            )
            yield from (
                ({"kind": "quiet", **cell["action"]}, cell["action"].get("item", "")) for cell in cells
            )


def _blocks(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for block in blocks_of(blocks):
        if block["type"] not in BLOCKS:
            yield f"unknown block {block['type']}"
        elif missing := BLOCKS[block["type"]] - set(block):
            yield f"{block['type']} without {missing}"
        if block["type"] == "table":
            wide = len(block["columns"])
            yield from (
                f"a row of {len(row)} cells in {block['caption']}"
                for row in block["rows"]
                if len(row) != wide
            )
        if block["type"] == "meter" and not 0 <= block["value"] <= block["max"]:
            yield f"a meter beyond its end: {block}"
        if block["type"] == "figure" and not (block["svg"].startswith("<svg") and block["alt"]):
            yield "a drawing without description"


def _fields(state: dict[str, Any]) -> Iterator[str]:
    fields = list(fields_of(state["blocks"]))
    for name, times in Counter(field["id"] for field in fields).items():
        if times > 1:
            yield f"{times} fields named {name}"
    for field in fields:
        if field["kind"] not in FIELDS or not field["label"]:
            yield f"a field of no kind or without a label: {field['id']}"
        if not isinstance(field["value"], bool if field["kind"] == "check" else str):
            yield f"a value of another type: {field['id']} {field['value']!r}"
        if field["kind"] in ("select", "choice") and not field["options"]:
            yield f"nothing to choose from: {field['id']}"
        shown = {option["id"] for option in field.get("options", [])} | {""}
        if field["kind"] in ("select", "choice") and field["value"] not in shown and not field.get("error"):
            yield f"{field['id']} shows {field['value']!r}, which is not offered"


def _actions(state: dict[str, Any], router: Router) -> Iterator[str]:
    known = set(router.place.actions) | PAGES
    steps = {step.value for step in STEPS}
    for action, _ in actions_of(state):
        verb, _, target = action["id"].partition(".")
        handled = (
            action["id"] in known
            or (verb == "room" and target in ROOMS)
            or (verb == "go" and target in steps)
            or (verb == "tab" and target)
        )
        if not handled or not action["label"] or action["kind"] not in KINDS:
            yield f"a button nobody answers: {action}"
