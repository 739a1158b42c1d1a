"""A small enterprise with three years of figures, a story, and people who write anything."""

# ruff: noqa: E501

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from coorace_eval.campaigns.appreciation import Appreciation, Verbatim
from coorace_eval.campaigns.decisions import Decision
from coorace_eval.campaigns.model import Campaign, Enterprise
from coorace_eval.campaigns.story import Story
from coorace_eval.campaigns.workshop import Card
from coorace_eval.indicators import Results, evaluate
from coorace_eval.referential import fingerprint, read_referential
from coorace_eval.referential.model import Referential
from coorace_eval.vocabulary import Confidence, EnterpriseKind, Level

HOSTILE = (
    '#read("/etc/passwd") *gras* _it_ $x^2$ @ref <balise> `code` [lien](http://x) // reste',
    "<script>alert(1)</script> ]]> \"guillemets\" 'apostrophes' &amp; <!-- -->",
    "{{ jinja }} {% include '/etc/passwd' %} \\input{x} #panic() #let a = 1",
    "Bravo 👩‍🌾 🎉 مرحبا بكم في الورشة 你好",
    "mot" * 100,
)


def referential() -> Referential:
    """The référentiel of these tests, as read from its text."""
    return read_referential(Path(__file__).with_name("atelier.yaml"))


def figures() -> pd.DataFrame:
    """Three years of the Ateliers; 2024 lacks its training hours, 2025 its volunteers."""
    years = [2023, 2024, 2025]
    return pd.DataFrame({
        "enterprise": "ateliers_du_marais", "year": years, "kind": "ACI",
        "sorties_total": [38.0, 41.0, 40.0], "sorties_dynamiques": [19.0, 22.0, 26.0],
        "heures_formation": [1480.0, np.nan, 2120.5], "personnes": [54.0, 58.0, 61.0],
        "accidents": [6.0, 5.0, 4.0], "femmes": [20.0, 24.0, 28.0], "tonnes": [118.0, 131.5, 160.2],
        "benevoles": [12.0, 15.0, np.nan], "partenaires": [22.0, 24.0, 27.0], "recettes": [412000.0, 1250300.0, 1318400.0],
    })  # fmt: skip


def results(**changes: object) -> Results:
    """The figures computed; ``changes`` replaces columns."""
    return evaluate(referential(), figures().assign(**changes))


def story() -> Story:
    """What the Ateliers said of 2025."""
    found = referential()
    return Story(
        Enterprise("ateliers_du_marais", "Les Ateliers du Marais", (EnterpriseKind.ACI, EnterpriseKind.EI),
                   "85", "Pays de la Loire", "Luçon"),
        Campaign("ateliers_du_marais", 2025, found.reference, fingerprint(found)),
        framing={
            "finalite": "Faire le point sur dix ans d'activité et préparer le dialogue avec la communauté de communes.",
            "question_evaluative": "Qu'apportons-nous au marais que personne d'autre n'apporte ?",
            "perimetre": "L'atelier de maraîchage et la ressourcerie, sur le canton de Luçon.",
            "referente": "Camille Le Goff",
            "comite_pilotage": "Deux administratrices, la directrice, un encadrant technique, deux salarié-e-s en parcours.",
            "parties_prenantes": "Salarié-e-s, clientes et clients, communauté de communes, Mission locale.",
            "restitution_prevue": "2026-06-12",
        },
        cards=(Card("c1", "On redonne un rythme", "Un salarié", "emploi"),),
        appreciations=(
            Appreciation("emploi", Level.BIEN_ENGAGE, "Les sorties progressent et la formation repart. "
                         "Le groupe relie cette hausse au partenariat avec le GRETA, ouvert en 2024.", Confidence.PLUTOT_SUR),
            Appreciation("territoire", Level.ACQUIS, "La ressourcerie est devenue un lieu de passage.", Confidence.SUR),
        ),
        verbatims=(
            Verbatim("v1", "emploi", "J'ai repris confiance, j'ose téléphoner.", "Une salariée en parcours", True),
            Verbatim("v2", "emploi", "Ils arrivent prêts à travailler en équipe.", "Un employeur du canton", True),
            Verbatim("v3", "emploi", "Cela ne doit pas sortir d'ici.", "Une personne", False),
        ),
        decisions=(
            Decision("d1", "Créer un temps d'expression mensuel des salarié-e-s", "La directrice", "mars 2026", False, "agir"),
            Decision("d2", "Compter les heures de bénévolat", "Le conseil d'administration", "janvier 2026", False),
        ),
        previous_appreciations=(
            Appreciation("emploi", Level.PREMIERS_PAS, "", Confidence.A_VERIFIER),
            Appreciation("territoire", Level.ACQUIS, "", Confidence.SUR),
        ),
        previous_decisions=(
            Decision("p1", "Ouvrir la ressourcerie le samedi", "L'équipe", "2025", True),
            Decision("p2", "Mesurer la satisfaction des clientes et clients", "Camille", "2025", False),
        ),
    )  # fmt: skip


def rewritten(found: Referential, text: str) -> Referential:
    """The référentiel with every label of dimension and indicator replaced by ``text``."""
    dimensions = tuple(
        d.model_copy(update={
            "label": text,
            "contributions": tuple(
                c.model_copy(update={
                    "indicators": tuple(i.model_copy(update={"label": text, "definition": text}) for i in c.indicators)
                })
                for c in d.contributions
            ),
        })
        for d in found.dimensions
    )  # fmt: skip
    return Referential.model_validate(found.model_copy(update={"dimensions": dimensions}).model_dump())


def told_by(text: str) -> Story:
    """The story with ``text`` in every place where people write."""
    whole = story()
    return replace(
        whole,
        enterprise=replace(whole.enterprise, label=text, commune=text, region=text),
        framing=dict.fromkeys(whole.framing, text),
        appreciations=tuple(replace(a, why=text) for a in whole.appreciations),
        verbatims=tuple(replace(v, text=text, who=text) for v in whole.verbatims),
        decisions=tuple(replace(d, label=text, who=text, due=text) for d in whole.decisions),
    )
