"""Join the small script and style files into the two texts that a widget carries."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
VENDORED = HERE / "vendor" / "htm-preact-standalone.module.js"

SCRIPTS = (
    "words",
    "messenger",
    "common",
    "memory",
    "number",
    "fields",
    "colour",
    "file",
    "field",
    "table",
    "explore",
    "figure",
    "lists",
    "rooms",
    "blocks",
    "frame",
    "slides",
    "screen",
)
"""Our scripts, in reading order: each uses only those before it."""

STYLES = (
    "tokens",
    "frame",
    "controls",
    "fields",
    "file",
    "blocks",
    "explore",
    "rooms",
    "leaflet",
    "slides",
    "print",
)
"""Our style sheets; a later one may refine an earlier one."""

_EXPORT = re.compile(r"export\{(?P<names>[^}]*)\};?\s*$")


def script() -> str:
    """The whole module that the browser runs: preact, then our own files.

    Returns
    -------
    str
        One ES module without any import, whose default export draws a ``Screen``.
    """
    ours = [(HERE / "js" / f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    return "\n".join([as_constant(VENDORED.read_text("utf-8"), "preact"), *ours])


def styles() -> str:
    """Every style sheet in one text."""
    return "\n".join((HERE / "css" / f"{name}.css").read_text("utf-8") for name in STYLES)


def as_constant(module: str, name: str) -> str:
    """Turn a module that ends in ``export{a as b}`` into ``const name = {b: a}``.

    The minified names stay inside a function, so that they meet none of ours.

    >>> as_constant("var a=1;export{a as one};", "numbers")
    'const numbers = (() => {var a=1;return {one: a};})();'
    """
    found = _EXPORT.search(module)
    if found is None:
        raise ValueError("the vendored module ends without its export list")
    pairs = [pair.strip().split(" as ") for pair in found["names"].split(",")]
    names = ", ".join(f"{pair[-1]}: {pair[0]}" for pair in pairs)
    return f"const {name} = (() => {{{module[: found.start()]}return {{{names}}};}})();"
