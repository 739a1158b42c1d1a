"""Small makers of what a screen shows; the contract with the browser side stands here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from coorace_eval.apps.steps.base import Fault, Page
from coorace_eval.language import tr

Block = dict[str, Any]


def bar(context: str = "", saved: str = "") -> Block:
    """What stands on top of every screen; the router adds who is there and where they may go."""
    return {
        "label": "coorace_eval",
        "context": context,
        "saved": saved,
        "links": [],
        "languages": [],
        "person": None,
    }


def field(id: str, kind: str, label: str, value: object = "", page: Page | None = None, **more: Any) -> Block:
    """One field; with a page, its fault and whether it was just saved stand beside it."""
    made: Block = {"id": id, "kind": kind, "label": label, "value": value, **more}
    if page is not None:
        fault: Fault | None = page.faults.get(id)
        made["error"] = fault.text if fault else ""
        if fault and fault.typed and kind != "check":
            made["value"] = fault.typed
        made["saved"] = tr("enregistré") if id in page.saved_fields and not fault else ""
    return made


def boxes(id: str, label: str, ticks: Sequence[Block], page: Page, help: str = "") -> Block:
    """Boxes to tick under one label; what is wrong with the choice is said once for all."""
    return field(id, "boxes", label, "", page, boxes=list(ticks), help=help)


def fields(
    legend: str,
    items: Sequence[Block],
    help: str = "",
    actions: Sequence[Block] = (),
    *,
    inline: bool = False,
) -> Block:
    """Fields under one legend, and the buttons that keep them; side by side where ``inline``."""
    return {
        "type": "fields",
        "id": key("fields", legend),
        "legend": legend,
        "help": help,
        "fields": list(items),
        "actions": list(actions),
        "inline": inline,
    }


def group(legend: str, blocks: Iterable[Block | None]) -> Block:
    """A titled section."""
    return {
        "type": "group",
        "id": key("group", legend),
        "legend": legend,
        "blocks": [block for block in blocks if block],
    }


def key(kind: str, words: str) -> str:
    """A name that a block keeps while others come and go around it, so that typing is not disturbed."""
    return f"{kind}-{re.sub(r'[^a-z0-9]+', '-', words.lower())[:60]}"


def notice(kind: str, title: str, text: str = "", items: Sequence[Block] = ()) -> Block:
    """A message set apart: ``info``, ``ok``, ``warn`` or ``error``."""
    return {"type": "notice", "kind": kind, "title": title, "text": text, "items": list(items)}


def text(words: str) -> Block:
    """Plain paragraphs."""
    return {"type": "text", "text": words}


def action(id: str, label: str, kind: str = "secondary") -> Block:
    """A button."""
    return {"id": id, "label": label, "kind": kind, "disabled": False}


def opener(is_open: bool, label: str) -> Block:
    """The button that shows a form and hides it again; it stays in place, and keeps the keyboard."""
    shown = action("open_form", tr("Fermer le formulaire") if is_open else label, "secondary")
    return {"type": "buttons", "id": "ouverture", "actions": [shown]}


def options(choices: Iterable[tuple[str, str]], first: str | None = None) -> list[Block]:
    """The choices of a list; ``first`` is what it shows before one chooses."""
    head = [] if first is None else [{"id": "", "label": first}]
    return head + [{"id": id, "label": label} for id, label in choices]


def table(
    caption: str, columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[Any]], empty: str = ""
) -> Block:
    """A table; each column says whether it holds figures."""
    heads = [{"label": label, "numeric": numeric} for label, numeric in columns]
    return {
        "type": "table",
        "caption": caption,
        "columns": heads,
        "rows": [list(row) for row in rows],
        "row_headers": True,
        "empty": empty,
    }


def problems(page: Page) -> list[Block]:
    """The summary on top of the screen, each line leading to its field."""
    return [{"id": fault.field, "text": fault.text} for fault in page.faults.values()]
