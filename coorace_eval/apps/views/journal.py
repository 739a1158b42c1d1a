"""The screen of who saw and who changed."""

from __future__ import annotations

from coorace_eval.access.door import SAW
from coorace_eval.apps.steps.journal import Deed, JournalPage, Visit
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.outside import outside
from coorace_eval.campaigns.model import State
from coorace_eval.formatting import format_date, format_time
from coorace_eval.language import mark, tr, trn

LEAD = mark("Chaque visite et chaque changement des douze derniers mois. Ce journal ne garde aucun chiffre.")

WRITTEN = frozenset({
    mark("a consulté"), mark("a modifié"), mark("a retiré"), mark("a ouvert"), mark("a ajouté"),
    mark("a invité"), mark("a préparé un lien pour"), mark("a suspendu"), mark("a rétabli"),
    mark("a effacé le compte de"), mark("a effacé son compte"), mark("a changé les accès de"),
    mark("le réseau"), mark("le cadrage"), mark("une carte"), mark("un témoignage"), mark("une décision"),
    mark("une appréciation"), mark("le document"), mark("la plaquette"), mark("la campagne"), mark("l'étape"),
    mark("les données"), mark("la fiche de l'entreprise"), mark("l'entreprise"), mark("le référentiel"),
    mark("le modèle Word"), mark("une image"),
})  # fmt: skip
"""What the journal itself writes of each deed (``access``), and never a name."""


def journal(page: JournalPage) -> b.Block:
    """One list a day, the latest first."""
    blocks = [
        {
            "type": "list",
            "id": f"jour-{day.isoformat()}",
            "legend": format_date(day),
            "items": [_item(f"{day.isoformat()}-{rank}", visit) for rank, visit in enumerate(visits)],
            "empty": "",
        }
        for day, visits in page.days
    ]
    nobody = b.notice(
        "info", tr("Personne n'est encore venu"), tr("Les visites et les changements se liront ici.")
    )
    return outside(page, (tr("Qui a vu nos chiffres"), tr(LEAD)), blocks or [nobody], small=page.label)


def _item(id: str, visit: Visit) -> b.Block:
    return {
        "id": id,
        "title": visit.name,
        "badges": [],
        "text": " ".join(map(told, visit.deeds)),
        "note": _when(visit),
        "retired": False,
        "open": False,
        "actions": [],
        "fields": [],
    }


def told(deed: Deed) -> str:
    """What was done, in one plain sentence."""
    what = _known(deed.what) or (tr("les chiffres et les mots") if deed.action == SAW else "")
    listed = ", ".join(map(str, deed.years))
    years = trn("exercice {years}", "exercices {years}", len(deed.years), years=listed)
    times = trn("{n} fois", "{n} fois", deed.times) if deed.times > 1 and deed.action != SAW else ""
    beside = ", ".join(filter(None, [years if deed.years else "", times]))
    said = f"{_known(deed.action)} {what}".strip()
    return f"{said[:1].upper()}{said[1:]}{f' ({beside})' if beside else ''}."


def _known(text: str) -> str:
    """What the journal wrote, in the language spoken where these are its own words and no name."""
    head, colon, rest = text.partition(" : ")
    said = tr(head) if head in WRITTEN else head
    return tr("{what} : {detail}", what=said, detail=_state(rest)) if colon else said


def _state(name: str) -> str:
    """The label of a step; any other text as it is."""
    return next((state.label for state in State if state.french == name), name)


def _when(visit: Visit) -> str:
    first, last = format_time(visit.first), format_time(visit.last)
    return tr("À {time}", time=last) if first == last else tr("De {first} à {last}", first=first, last=last)
