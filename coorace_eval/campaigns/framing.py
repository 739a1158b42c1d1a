"""The questions of the cadrage, in the order they are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
        "Pourquoi évaluer\u00a0?",
        "Ce que vous attendez de la démarche\u00a0: faire le point, dialoguer avec vos partenaires, décider.",
    ),
    FramingField(
        "question_evaluative",
        "À quelle question voulez-vous répondre\u00a0?",
        "Une seule question, celle que l'équipe et le conseil d'administration se posent vraiment.",
    ),
    FramingField(
        "perimetre",
        "Sur quelles activités et quel territoire\u00a0?",
        "Les activités, les conventionnements et les lieux évalués, et ce qui reste de côté.",
    ),
    FramingField(
        "debut",
        "Début de la démarche",
        "Le jour de la première réunion.",
        "date",
    ),
    FramingField(
        "restitution_prevue",
        "Date prévue de la restitution",
        "Par exemple le jour de l'assemblée générale.",
        "date",
    ),
    FramingField(
        "calendrier",
        "Quelles sont les étapes entre les deux\u00a0?",
        "Les réunions, les ateliers, le temps de la collecte.",
    ),
    FramingField(
        "usage",
        "À quoi servira la restitution\u00a0?",
        "Les personnes qui la recevront et ce qu'elles pourront en faire.",
    ),
    FramingField(
        "referente",
        "Qui vous accompagne\u00a0?",
        "La personne référente de la démarche.",
        "court",
    ),
    FramingField(
        "comite_pilotage",
        "Qui compose le comité de pilotage\u00a0?",
        "Les personnes qui décident à chaque étape, dont au moins une personne en parcours si possible.",
    ),
    FramingField(
        "parties_prenantes",
        "Qui est concerné par ce que vous faites\u00a0?",
        "Salarié-e-s, clientes et clients, collectivités, associations, voisinage, et leurs attentes.",
    ),
)
