"""The questions of the cadrage, in the order they are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coorace_eval.language import mark

Framing = dict[str, str]
"""What was written for each question, by its id."""


@dataclass(frozen=True)
class FramingField:
    """One question of the cadrage and the room it takes on screen."""

    id: str
    label: str
    help: str
    kind: Literal["texte", "court", "date"] = "texte"


FRAMING: tuple[FramingField, ...] = (
    FramingField(
        "finalite",
        mark("Pourquoi évaluer\u00a0?"),
        mark(
            "Ce que vous attendez de la démarche\u00a0: faire le point, dialoguer avec vos partenaires, "
            "décider."
        ),
    ),
    FramingField(
        "question_evaluative",
        mark("À quelle question voulez-vous répondre\u00a0?"),
        mark("Une seule question, celle que l'équipe et le conseil d'administration se posent vraiment."),
    ),
    FramingField(
        "perimetre",
        mark("Sur quelles activités et quel territoire\u00a0?"),
        mark("Les activités, les conventionnements et les lieux évalués, et ce qui reste de côté."),
    ),
    FramingField(
        "debut",
        mark("Début de la démarche"),
        mark("Le jour de la première réunion."),
        "date",
    ),
    FramingField(
        "restitution_prevue",
        mark("Date prévue de la restitution"),
        mark("Par exemple le jour de l'assemblée générale."),
        "date",
    ),
    FramingField(
        "calendrier",
        mark("Quelles sont les étapes entre les deux\u00a0?"),
        mark("Les réunions, les ateliers, le temps de la collecte."),
    ),
    FramingField(
        "usage",
        mark("À quoi servira la restitution\u00a0?"),
        mark("Les personnes qui la recevront et ce qu'elles pourront en faire."),
    ),
    FramingField(
        "referente",
        mark("Qui vous accompagne\u00a0?"),
        mark("La personne référente de la démarche."),
        "court",
    ),
    FramingField(
        "comite_pilotage",
        mark("Qui compose le comité de pilotage\u00a0?"),
        mark(
            "Les personnes qui décident à chaque étape, dont au moins une personne en parcours si possible."
        ),
    ),
    FramingField(
        "parties_prenantes",
        mark("Qui est concerné par ce que vous faites\u00a0?"),
        mark("Salarié-e-s, clientes et clients, collectivités, associations, voisinage, et leurs attentes."),
    ),
)
