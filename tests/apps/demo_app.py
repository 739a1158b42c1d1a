"""A small listener that shows every demonstration state and answers intents; served by the tests."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from demo_states import DRAWING, HOSTILE, STATES, page

from coorace_eval.apps.components.screen import Screen

screen = Screen()
taken: list[tuple[str, dict[str, Any]]] = []


def show(name: str, toast: str = "") -> None:
    """Show one state of the demonstration."""
    state = copy.deepcopy(STATES[name])
    screen.state = state | {"route": f"demo/{name}", "toast": toast or state["toast"]}


def listen(name: str, args: dict[str, Any]) -> None:
    """Answer an intent so that a test sees that it arrived."""
    taken.append((name, args))
    if name == "route" and args["path"].startswith("demo/"):
        show(args["path"].removeprefix("demo/"))
    elif name == "route" and args["path"] == "hostile":
        show_hostile()
    elif name in {"set", "status"}:
        keep(name, args)
    elif name == "act" and args["id"] == "pdf":
        screen.download("restitution.pdf", b"%PDF-demo", "application/pdf")
    else:
        tell(f"{name} {sorted(args.items())}")


def keep(name: str, args: dict[str, Any]) -> None:
    """Write the value into the state, as a step would."""
    state = copy.deepcopy(screen.state)
    for field in fields_of(state["blocks"]):
        if field["id"] != args["id"]:
            continue
        if name == "status":
            field["status"]["value"] = args["value"]
        elif str(args["value"]).startswith("abc"):
            field |= {"error": "Ce n'est pas un nombre.", "saved": ""}
        else:
            field |= {"value": args["value"], "error": "", "saved": "enregistré"}
    state["toast"] = f"{name} {args['id']} {args['value']}"
    screen.state = state


def fields_of(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every field of the blocks, also of those inside others."""
    for block in blocks:
        yield from block.get("fields", [])
        for inner in ("blocks", "left", "right"):
            yield from fields_of(block.get(inner, []))


def tell(text: str) -> None:
    """Say on screen what arrived."""
    screen.state = copy.deepcopy(screen.state) | {"toast": text}


def show_hostile() -> None:
    """A drawing that would like to run, and texts that would like to be markup."""
    blocks = [
        {
            "type": "figure",
            "id": "bad",
            "svg": HOSTILE,
            "alt": "Dessin",
            "caption": "<img src=x onerror=hacked=1>",
        },
        {"type": "figure", "id": "good", "svg": DRAWING, "alt": "Trois barres", "caption": "Sorties"},
        {"type": "text", "text": "<script>window.hacked=1</script>"},
    ]
    screen.state = page(4, "<b>texte</b>", blocks=blocks) | {"route": "hostile"}


screen.on_intent(listen)
show("home")
