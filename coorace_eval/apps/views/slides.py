"""The slides of a restitution: the content of the document, said in a few big words."""

from __future__ import annotations

from collections.abc import Iterator

from coorace_eval.apps.steps.presentation import Change, PresentationRoom
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.analysis import CONFIDENCE_HELP, LEVEL_HELP
from coorace_eval.formatting import MISSING
from coorace_eval.language import tr, trn
from coorace_eval.referential.model import Dimension
from coorace_eval.reports import content as c
from coorace_eval.reports import sections as s
from coorace_eval.vocabulary import Confidence, Level

MOST_FACTS = 6
MOST_QUOTES = 3
MOST_GAPS = 7
METHOD_LINES = 2
_OPENING = frozenset({"texte", "chapeau"})


def slides(step: PresentationRoom) -> list[b.Block]:
    """One block for each slide, in the order of the document."""
    dimensions = {s.dimension_id(d): d for d in step.work.referential.dimensions}
    made = [_cover(step)]
    for section in step.told.sections:
        if section.id in dimensions:
            made += _dimension(step, section, dimensions[section.id])
        elif section.id == s.METHOD:
            made.append(_method(section))
        elif section.id == s.DECISIONS:
            made += _decisions(section)
        elif section.id == s.GAPS:
            made.append(
                _slide("manques", section.title, [*_opening(section), *_missing(section)], "", "decisions")
            )
        elif section.id == s.NETWORK and not list(_figures(section)):
            continue  # that nobody is compared is told by the document, and needs no one's time here
        elif section.id not in (s.ANNEX, s.COLOPHON):
            made += _charts(section)
    return made


def _slide(id: str, title: str, blocks: list[b.Block], small: str = "", look: str = "") -> b.Block:
    return {"type": "group", "id": f"diapo-{id}", "legend": title, "small": small, "look": look,
            "blocks": blocks}  # fmt: skip


def _cover(step: PresentationRoom) -> b.Block:
    told = step.told
    facts = [b.text(f"{label} : {text}") for label, text in told.facts[:2]]
    lock = [b.text(step.locked)] if step.locked else []
    return _slide("titre", told.name, [*facts, *lock], tr("{title} {year}", title=told.title, year=told.year),
                  "cover")  # fmt: skip


def _method(section: c.Section) -> b.Block:
    said = [block.text for block in section.blocks if isinstance(block, c.Paragraph)]
    return _slide("demarche", section.title, [b.text(text) for text in said[:METHOD_LINES]])


def _opening(section: c.Section) -> list[b.Block]:
    """What a section says before its figures, and the enterprise's own words."""
    return [b.text(block.text) for block in section.blocks if isinstance(block, c.Paragraph)][:2]


def _missing(section: c.Section) -> list[b.Block]:
    """The data that are missing, the most awaited first."""
    rows = [row for block in section.blocks if isinstance(block, c.Table) for row in block.rows]
    if not rows:
        return []
    items = [
        _line(f"manque-{rank}", row[0].text, "", row[1].text) for rank, row in enumerate(rows[:MOST_GAPS])
    ]
    more = len(rows) - MOST_GAPS
    rest = trn("Et {n} autre, dans le document.", "Et {n} autres, dans le document.", more)
    listed = {"type": "list", "id": "liste-manques", "legend": "", "items": items, "empty": ""}
    return [listed, *([b.text(rest)] if more > 0 else [])]


def _line(id: str, title: str, text: str, badge: str) -> b.Block:
    """One line of a list, with what is said of it at its end."""
    return {"id": id, "title": title, "text": text, "note": "", "badges": [{"label": badge}] if badge else [],
            "retired": False, "open": False, "actions": [], "fields": []}  # fmt: skip


def _dimension(step: PresentationRoom, section: c.Section, dimension: Dimension) -> Iterator[b.Block]:
    """Facts, charts, words of people and appreciation: each has a slide of its own, of equal rank."""
    id, title = dimension.id, dimension.label
    tables = [block for block in section.blocks if isinstance(block, c.Table)]
    said = [block for block in section.blocks if isinstance(block, c.Paragraph)]
    opening = [b.text(p.text) for p in said if p.tone in ("chapeau", "commentaire")][:2]
    facts = _facts(tables[0]) if tables else [b.text(tr("Aucun indicateur n'a été gardé."))]
    yield _slide(f"{id}-faits", title, [*opening, *facts], tr("Les faits"))
    for rank, (figure, table) in enumerate(_figures(section)):
        yield _slide(f"{id}-graphique-{rank}", title, [_figure(figure, table)], figure.caption, "figure")
    quotes = [block for block in section.blocks if isinstance(block, c.Quote)]
    for start in range(0, len(quotes), MOST_QUOTES):
        shown = quotes[start : start + MOST_QUOTES]
        blocks = [{"type": "quote", "text": quote.text, "who": quote.who} for quote in shown]
        small = tr("Ce qu'en disent les personnes")
        yield _slide(f"{id}-paroles-{start}", title, blocks, small, "quotes")
    yield _slide(f"{id}-appreciation", title, _appreciation(step, dimension), tr("Notre appréciation"),
                 "appreciation")  # fmt: skip


def _facts(table: c.Table) -> list[b.Block]:
    """The figures that are known, in big; those that are missing are named."""
    known = [row for row in table.rows if not row[1].quiet]
    shown = sorted(known, key=lambda row: row[4].text == MISSING)[:MOST_FACTS]
    items = [_fact(row) for row in known if row in shown]
    notes = []
    if len(known) > len(items):
        note = tr("{n} chiffres sur {all} ; tous sont dans le document.", n=len(items), all=len(known))
        notes.append(note)
    if missing := [row[0].text for row in table.rows if row[1].quiet]:
        notes.append(
            trn("{n} chiffre manque : {names}.", "{n} chiffres manquent : {names}.", len(missing),
                names=", ".join(missing))
        )  # fmt: skip
    facts = [{"type": "facts", "items": items}] if items else []
    return [*facts, *([b.text("\n\n".join(notes))] if notes else [])]


def _fact(row: tuple[c.Cell, ...]) -> b.Block:
    label, value, before, change, target = row
    about = [] if before.text == MISSING else [tr("l'an dernier : {value}", value=before.text)]
    about += [] if change.text == MISSING else [change.text]
    aim = " ".join(filter(None, [target.text, target.note]))
    return {
        "label": label.text,
        "value": value.text,
        "unit": value.unit,
        "change": " · ".join(about),
        "target": "" if target.text == MISSING else tr("Cible : {target}", target=aim),
        "note": value.note,
    }


def _figures(section: c.Section) -> Iterator[tuple[c.Figure, c.Table | None]]:
    """Each chart with the table that stands beside it."""
    blocks = section.blocks
    for rank, block in enumerate(blocks):
        if isinstance(block, c.Figure):
            following = blocks[rank + 1] if rank + 1 < len(blocks) else None
            yield block, following if isinstance(following, c.Table) else None


def _figure(figure: c.Figure, table: c.Table | None) -> b.Block:
    beside = b.table(figure.caption, [], [])
    if table is not None:
        columns = [(head, rank in table.figures) for rank, head in enumerate(table.head)]
        beside = b.table(table.caption, columns, [[cell.text for cell in row] for row in table.rows])
    return {"type": "figure", "id": b.key("figure", figure.caption), "svg": figure.svg, "alt": figure.alt,
            "caption": "", "table": beside}  # fmt: skip


def _charts(section: c.Section) -> Iterator[b.Block]:
    """The profile, the targets, the network: what is said first, then one chart a slide."""
    opening = _opening(section)
    drawn = list(_figures(section))
    if not drawn:
        yield _slide(section.id, section.title, opening)
    for rank, (figure, table) in enumerate(drawn):
        words = opening[:1] if rank == 0 else []
        small = figure.caption if figure.caption != section.title else ""
        blocks = [*words, _figure(figure, table)]
        yield _slide(f"{section.id}-{rank}", section.title, blocks, small, "figure")


def _appreciation(step: PresentationRoom, dimension: Dimension) -> list[b.Block]:
    """The level, why and how sure; each may change before everyone, and the reason is noted."""
    id, kept, locked = dimension.id, step.appreciation_of(dimension.id), bool(step.locked)
    levels = [{"id": level.value, "label": level.label, "help": tr(LEVEL_HELP[level])} for level in Level]
    sure = [{"id": one.value, "label": one.label, "help": tr(CONFIDENCE_HELP[one])} for one in Confidence]
    fields = [
        b.field(f"level@{id}", "choice", tr("Où en sommes-nous ?"), kept.level or "", step,
                options=levels, readonly=locked, inline=True),
        b.field(f"why@{id}", "textarea", tr("Pourquoi ?"), kept.why, step, max=5000, rows=2,
                width="full", readonly=locked),
        b.field(f"confidence@{id}", "choice", tr("En sommes-nous sûrs ?"), kept.confidence or "", step,
                options=sure, readonly=locked),
    ]  # fmt: skip
    changed = step.changes.get(id)
    if not locked:
        fields.append(
            b.field(f"reason@{id}", "text", tr("Si vous changez d'avis, qu'est-ce qui l'explique ?"),
                    changed.reason if changed else "", step, max=500, width="full",
                    help=tr("Cette raison reste dans l'historique de la campagne."))
        )  # fmt: skip
    said = [b.text(_said(changed))] if changed else []
    return [b.fields("", fields) | {"id": f"appreciation-{id}"}, *said]


def _said(change: Change) -> str:
    nothing = tr("non appréciée")
    before = change.before.label if change.before else nothing
    after = change.after.label if change.after else nothing
    return tr("Dernier changement : de « {before} » à « {after} ».", before=before, after=after)


def _decisions(section: c.Section) -> Iterator[b.Block]:
    """Last year's decisions first: what became of them leads to this year's."""
    found: list[tuple[str, list[b.Block]]] = []
    for block in section.blocks:
        if isinstance(block, c.Heading):
            found.append((block.text, []))
        elif found and isinstance(block, c.Entries):
            found[-1][1].append(_entries(block, len(found)))
        elif found and isinstance(block, c.Paragraph):
            found[-1][1].append(b.text(block.text))
    for rank, (title, blocks) in enumerate(reversed(found)):
        yield _slide(f"decisions-{rank}", title, blocks, section.title, "decisions")


def _entries(block: c.Entries, rank: int) -> b.Block:
    items = [
        _line(f"decision-{rank}-{place}", entry.title, " ".join(entry.lines), entry.mark)
        for place, entry in enumerate(block.entries)
    ]
    return {"type": "list", "id": f"liste-{rank}", "legend": "", "items": items, "empty": ""}
