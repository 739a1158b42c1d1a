"""The proofreading: one remark below the other, by step of the démarche, with what may be said instead."""

from __future__ import annotations

from itertools import groupby

from coorace_eval.apps.steps.proofreading import Item, ProofreadingRoom
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.campaign import room
from coorace_eval.campaigns.framing import FRAMING
from coorace_eval.campaigns.texts import FIELDS
from coorace_eval.language import mark, tr, trn
from coorace_eval.wording import Kind

AROUND = 70
LONGEST = 260
LEGENDS = {
    "cadrage": mark("Le cadrage"),
    "adaptation": mark("Votre référentiel"),
    "appreciation": mark("Vos appréciations"),
    "decision": mark("Vos décisions"),
    "document": mark("Vos mots dans le document"),
}
_QUESTIONS = {field.id: field.label for field in FRAMING}


def proofreading(step: ProofreadingRoom) -> b.Block:
    """What could be said better, or that there is nothing to take up."""
    items = step.items
    lead = tr(
        "Des conseils d'écriture, à suivre ou non. Les cartes et les témoignages ne sont pas relus : "
        "ce sont les mots des personnes."
    )
    blocks = [*_summary(step, len(items)), *_lists(step, items)]
    if left := step.left:
        again = b.action(
            "show_left", trn("Revoir {n} remarque laissée", "Revoir {n} remarques laissées", left)
        )
        blocks.append({"type": "buttons", "id": "laissees", "actions": [again]})
    return room(step, blocks, [], lead=lead)


def _summary(step: ProofreadingRoom, many: int) -> list[b.Block]:
    texts = step.texts
    if not many:
        read = trn("{n} texte relu.", "{n} textes relus.", texts) if texts else tr("Aucun texte n'est écrit.")
        return [b.notice("ok" if texts else "info", tr("Rien à reprendre"), read)]
    remarks = trn("{n} remarque", "{n} remarques", many)
    read = trn("{n} texte relu", "{n} textes relus", texts)
    return [b.text(tr("{remarks} sur {texts}.", remarks=remarks, texts=read))]


def _lists(step: ProofreadingRoom, items: list[Item]) -> list[b.Block]:
    titles = _section_titles(step) if any(item.place.part == "document" for item in items) else {}
    return [
        {
            "type": "list",
            "id": b.key("relecture", part),
            "legend": tr(LEGENDS[part]),
            "items": [_row(step, item, titles) for item in found],
            "empty": "",
        }
        for part, found in groupby(items, lambda item: item.place.part)
    ]


def _row(step: ProofreadingRoom, item: Item, titles: dict[str, str]) -> b.Block:
    remark, blocked = item.remark, step.why_not(item.place)
    actions = [] if step.locked else [{**b.action("leave_remark", tr("Laisser ainsi"), "quiet")}]
    if remark.proposal and not blocked and not step.locked:
        actions.insert(0, b.action("apply_remark", tr("Appliquer")))
    cut = tr("Proposition : {text}", text=remark.proposal) if _is_cut(item) else ""
    return {
        "id": item.key,
        "title": _title(item),
        "badges": [{"label": remark.kind.label, "tone": "plain"}],
        "text": "\n\n".join(filter(None, [f"{_where(step, item, titles)} : {_extract(item)}", cut])),
        "note": " ".join(filter(None, [remark.why, blocked])),
        "retired": False,
        "open": False,
        "fields": [],
        "actions": actions,
    }


def _is_cut(item: Item) -> bool:
    return item.remark.kind is Kind.LENGTH and bool(item.remark.proposal)


def _title(item: Item) -> str:
    remark = item.remark
    if remark.kind is Kind.LENGTH:
        return tr("Une phrase à couper")
    if not remark.proposal:
        return tr("« {found} » : à redire autrement", found=remark.found)
    return tr("« {found} » : plutôt « {said} »", found=remark.found.strip(), said=remark.proposal.strip())


def _extract(item: Item) -> str:
    text, remark = item.text, item.remark
    if remark.kind is Kind.LENGTH:
        start, end = remark.start, min(remark.end, remark.start + LONGEST)
    else:
        start, end = max(0, remark.start - AROUND), min(len(text), remark.end + AROUND)
        start = text.find(" ", start, remark.start) + 1 if start else 0
        end = text.rfind(" ", remark.end, end) if end < len(text) and " " in text[remark.end : end] else end
    before = "…" if start and remark.kind is not Kind.LENGTH else ""
    after = "…" if end < (remark.end if remark.kind is Kind.LENGTH else len(text)) else ""
    return f"« {before}{' '.join(text[start:end].split())}{after} »"


def _where(step: ProofreadingRoom, item: Item, titles: dict[str, str]) -> str:
    place, here = item.place, step.work.referential
    if place.part == "cadrage":
        return tr(_QUESTIONS[place.id]).rstrip("? \u00a0\u202f")
    if place.part == "appreciation":
        return next((d.label for d in here.dimensions if d.id == place.id), place.id)
    if place.part == "document":
        return titles.get(place.id, place.id)
    if place.part == "decision":
        return tr("Décision")
    known = {**step.work.base.by_id, **here.by_id}
    label = known[place.id].label if place.id in known else place.id
    return f"{label}, {tr(FIELDS[place.field])}"


def _section_titles(step: ProofreadingRoom) -> dict[str, str]:
    from coorace_eval.reports.sections import available

    work = step.work
    return dict(available(work.referential, work.story, work.year, work.bands))
