"""The charter: the hyphen and no other sign, and no plural that leaves women out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coorace_eval.language import mark, tr
from coorace_eval.wording.places import masked
from coorace_eval.wording.remark import Kind, Remark, as_written
from coorace_eval.wording.tables import People, pattern, people

_ENDS = "e|ne|le|te|se|ve|fe|ère|euse|rice|trice|esse"
_L = "A-Za-zÀ-ÖØ-öø-ÿœŒ"
_NEAR = 60

_SHORTENED: tuple[tuple[str, re.Pattern[str], str], ...] = (
    (
        "point_median",
        re.compile(rf"\b([{_L}]+)[·‧•∙⋅]([{_L}]+?)(s?)(?:[·‧•∙⋅](s))?(?![{_L}·‧•∙⋅])"),
        mark("Un lecteur d'écran bute sur le point médian ; le trait d'union se lit mieux."),
    ),
    (
        "parentheses",
        re.compile(rf"\b([{_L}]{{3,}})\(({_ENDS})(s?)\)(?:\(?(s)\)?)?(?![{_L}])"),
        mark("Les parenthèses mettent les femmes entre parenthèses ; le trait d'union les met à égalité."),
    ),
    (
        "point",
        re.compile(rf"\b([{_L}]{{3,}})\.({_ENDS})(s?)(?:\.(s))?(?![{_L}]|\.[{_L}])"),
        mark("Un point au milieu d'un mot se lit comme une fin de phrase ; le trait d'union se lit mieux."),
    ),
    (
        "barre",
        re.compile(rf"\b([{_L}]{{3,}})/({_ENDS})(s?)(?:/(s))?(?![{_L}/])"),
        mark("La barre se lit « sur » ; le trait d'union se lit mieux."),
    ),
    (
        "majuscule",
        re.compile(r"\b([a-zà-ÿœ]{3,})(E)(s?)(S?)(?![\w-])"),
        mark("Une majuscule au milieu d'un mot se lit mal ; le trait d'union se lit mieux."),
    ),
)
_PAIRS = {
    "tous-tes": "toutes et tous", "tous-toutes": "toutes et tous", "celles-ceux": "celles et ceux",
    "ceux-celles": "celles et ceux", "ceux-elles": "celles et ceux", "il-elle": "elle ou il",
    "ils-elles": "elles et ils", "elle-il": "elle ou il", "elles-ils": "elles et ils", "un-une": "une ou un",
    "le-la": "la ou le", "la-le": "la ou le",
}  # fmt: skip
_SLASHED = re.compile(
    rf"\b({'|'.join(pair.replace('-', '[/·‧•∙⋅]') for pair in _PAIRS)})(?![{_L}])", re.IGNORECASE
)
_BEFORE = (
    r"(?:^|[\n.;:!?(,–•—]\s*|-\s|\b(?:les|des|aux|nos|vos|leurs|ses|mes|ces|quels|plusieurs|certains|quelques|"
    r"autres|anciens|nouveaux|futurs|jeunes|\d+|de|par|avec|pour|entre|et|ou|nombreux|parmi|sans|chez)\s+|\bd')"
)
_SINGULAR = re.compile(
    r"\b(chaque|tout)\s+(salarié|habitant|client|adhérent|citoyen|participant)(?![\w-]|[(·•./]\w)", re.I
)
_ALL = re.compile(r"\b(pour|à|de|par|avec|chez)\s+(tous)(?=\s*(?:[.,;:!?)]|$))", re.IGNORECASE)
_THOSE = re.compile(r"(?:^|(?<=[.!?]\s))Ceux qui\b")
_SHORTER = mark(
    "Ce pluriel ne nomme que des hommes. "
    "Un mot collectif, un doublet ou un trait d'union nomme chacun et chacune."
)


def sign_remarks(text: str) -> Iterator[Remark]:
    """Shortened doublets written with another sign than the hyphen."""
    read = masked(text)
    taken: list[range] = []
    for found in _SLASHED.finditer(read):
        here = text[found.start() : found.end()]
        said = _PAIRS[re.sub(r"[^a-z]", "-", here.lower())]
        why = tr("Le doublet se lit à voix haute ; les formes abrégées, non.")
        taken.append(range(found.start(), found.end()))
        yield Remark(found.start(), found.end(), "doublet", here, why, as_written(said, here), Kind.CHARTER)
    for code, shape, why in _SHORTENED:
        for found in shape.finditer(read):
            if any(found.start() in place for place in taken):
                continue
            taken.append(range(found.start(), found.end()))
            here = text[found.start() : found.end()]
            yield Remark(found.start(), found.end(), code, here, tr(why), _hyphened(found), Kind.CHARTER)


def _hyphened(found: re.Match[str]) -> str:
    stem, end, plural, apart = found.groups()
    many = plural or apart
    return f"{stem}-{end.lower()}" + ("-s" if many else "")


def masculine_remarks(text: str) -> Iterator[Remark]:
    """Plurals and phrases that leave women out."""
    read = masked(text)
    for name in people():
        yield from _men_only(text, read, name)
    for shape, said in ((_ALL, "{0} toutes et tous"), (_SINGULAR, "")):
        for found in shape.finditer(read):
            here = text[found.start() : found.end()]
            if shape is _ALL and re.search(r"\btoutes\b", read[max(0, found.start() - 20) : found.start()]):
                continue
            proposal = said.format(found[1]) if said else f"{found[1]} {found[2]}-e"
            why = tr("Dit ainsi, le texte ne nomme que des hommes.")
            yield Remark(found.start(), found.end(), "masculin", here, why, proposal, Kind.CHARTER)
    for found in _THOSE.finditer(read):
        why = tr("Dit ainsi, le texte ne nomme que des hommes.")
        yield Remark(
            found.start(), found.end(), "masculin", found[0], why, "Celles et ceux qui", Kind.CHARTER
        )


def _men_only(text: str, read: str, name: People) -> Iterator[Remark]:
    words = pattern((name.men,))
    for found in words.finditer(read):
        before = read[max(0, found.start() - 24) : found.start()]
        if name.after and not re.search(_BEFORE + "$", before, re.IGNORECASE):
            continue
        around = read[max(0, found.start() - _NEAR) : found.end() + _NEAR].lower()
        if any(re.search(rf"\b{re.escape(women)}\b", around) for women in name.women):
            continue
        here = text[found.start() : found.end()]
        proposal = as_written(name.say, here)
        why = tr(_SHORTER)
        yield Remark(found.start(), found.end(), f"masculin.{name.men}", here, why, proposal, Kind.CHARTER)
