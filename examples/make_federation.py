"""Write the figures of the invented federation, the same bytes each time.

The words (``enterprises.yaml``, ``overlay.yaml``, ``story_*.yaml``) are written by hand and stay as
they are; this script writes each ``answers_*.csv``, where ``said_by_hand.csv`` says otherwise than by
a draw. Every draw is named, so that changing one figure leaves the others alone::

    python examples/make_federation.py
"""

from __future__ import annotations

import csv
import io
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

from coorace_eval.referential import Referential, Variable, apply, read_overlay, read_referential

HERE = Path(__file__).resolve().parent
SEED = "coorace_eval-2026"
YEARS = (2023, 2024, 2025)
COLUMNS = ("variable", "part", "value", "status", "source", "author", "comment")
Row = dict[str, str]


@dataclass(frozen=True)
class Trade:
    """What is ordinary for one conventionnement; a share is of the people on pathways, or else says so."""

    hours: float
    """Hours worked by one person in a year."""
    sales: float
    """Turnover for one hour worked, in euros of 2023."""
    public: float
    """Public funding in all resources."""
    women: float
    exits: float
    durable: float
    """Of the exits, as the two next ones."""
    transition: float
    positive: float
    staff: float
    """Permanent staff for one person on a pathway."""
    support: float
    """Hours of individual and collective support for one person."""
    clients: float
    """Clients for one person on a pathway."""
    trained: float
    obstacles: float
    """Difficulties identified for one person."""
    long_unemployed: float
    minima: float
    secure: float
    clauses: float
    """Of the hours, those done under social clauses."""


TRADES = {
    "AI": Trade(
        188, 21.5, 0.11, 0.66, 0.30, 0.24, 0.20, 0.13, 0.019, 3.4, 2.1, 0.11, 0.8, 0.27, 0.36, 0.16, 0
    ),
    "ACI": Trade(
        880, 6.4, 0.64, 0.37, 0.46, 0.17, 0.16, 0.19, 0.17, 27, 3.2, 0.46, 2.3, 0.34, 0.63, 0.88, 0.08
    ),
    "EI": Trade(
        1020, 29, 0.23, 0.33, 0.42, 0.26, 0.19, 0.13, 0.21, 16, 5.5, 0.38, 1.4, 0.29, 0.44, 0.93, 0.17
    ),
    "ETTI": Trade(
        430, 24.5, 0.09, 0.24, 0.38, 0.33, 0.24, 0.10, 0.036, 7.5, 0.5, 0.17, 0.9, 0.22, 0.31, 0.28, 0.24
    ),
    "SAP": Trade(410, 26.5, 0.04, 0.93, 0.22, 0.36, 0.12, 0.10, 0.03, 3, 3.6, 0.28, 0.6, 0.15, 0.22, 0.62, 0),
}


@dataclass(frozen=True)
class Profile:
    """One enterprise: how many people in 2023 by conventionnement, how it grows, what is its own."""

    people: dict[str, int]
    growth: float = 0.02
    drift: float = 0.012
    """What the rates of exits gain each year."""
    recycled: float = 0
    """Kilograms collected for one hour worked; 0 is « non pertinent »."""
    green: float = 0
    """Part of the hours that serves ecology; 0 is « non pertinent »."""
    hectares: float = 0
    axes: tuple[str, ...] = ()
    volunteers: float = 0
    last_year: Callable[[Variable], bool] = field(default=lambda variable: True)
    """Which figures of 2025 are there already."""


def _declared(variable: Variable) -> bool:
    return variable.source in ("asp", "paie") or variable.id in (
        "ca_ht",
        "produits_total",
        "financements_publics",
    )


def _all_but_the_survey(variable: Variable) -> bool:
    return variable.source not in ("enquete", "terrain")


def _nothing(_: Variable) -> bool:
    return False


PROFILES = {
    "ateliers_du_marais": Profile(
        {"ACI": 38, "EI": 21}, 0.05, 0.03, 2.1, 0.55, 46.5, ("sexe", "age", "frein", "formation", "type")
    ),
    "coup_de_main_services": Profile(
        {"AI": 296, "ETTI": 84}, 0.03, 0.02, axes=("sexe", "type"), volunteers=140, last_year=_declared
    ),
    "la_fabrique_des_possibles": Profile(
        {"ACI": 27}, -0.02, 0, 3.2, 0.35, volunteers=310, last_year=_nothing
    ),
    "groupe_rives_et_chemins": Profile({}, volunteers=85),
    "rives_emploi": Profile({"AI": 412}, 0.01, 0.018, axes=("sexe",), volunteers=190),
    "chemins_interim": Profile({"ETTI": 138}, 0.06, 0.01, axes=("sexe",)),
    "jardins_de_l_ecluse": Profile({"ACI": 33}, 0.01, 0.015, 0.9, 0.86, 5.2, ("sexe",), 640),
    "trois_vallees_solidaires": Profile(
        {"AI": 248}, -0.03, -0.01, volunteers=260, last_year=_all_but_the_survey
    ),
    "bois_et_bocage": Profile({"EI": 19}, 0.04, 0.02, 6.5, 0.72, 31, volunteers=20, last_year=_nothing),
    "la_remise_a_neuf": Profile({"ACI": 44}, 0.07, 0.01, 11.5, 0.9, volunteers=980, last_year=_nothing),
    "main_tendue_domicile": Profile(
        {"AI": 187, "SAP": 62}, 0.02, 0.015, axes=("sexe", "type"), volunteers=75
    ),
    "lumen_proprete": Profile({"EI": 34}, 0.03, 0.01, last_year=_declared),
}

ESTIMATED = (
    "achats_locaux",
    "participations_collectives",
    "habitants_touches",
    "heures_activites_ecologiques",
)
SOURCES = {
    "asp": ("Extraction de l'annexe financière {}", "Accompagnement socioprofessionnel"),
    "paie": ("Logiciel de paie, exercice {}", "Gestion"),
    "suivi": ("Tableau de suivi des parcours {}", "Accompagnement socioprofessionnel"),
    "compta": ("Comptes annuels {}", "Gestion"),
    "enquete": ("Questionnaire et rappels {}", "Accompagnement socioprofessionnel"),
    "registre": ("Registre interne {}", "Direction"),
    "terrain": ("Relevés et factures {}", "Encadrement technique"),
}


Told = tuple[float | None, str, str]
"""A value, its status and a comment."""


@cache
def said() -> dict[tuple[str, int, str], Told]:
    """Read what is said by hand instead of drawn: gaps, and the one figure that breaks a rule."""
    with (HERE / "said_by_hand.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["enterprise"], int(row["year"]), row["variable"]): (
                float(row["value"]) if row["value"] else None,
                row["status"],
                row["comment"],
            )
            for row in csv.DictReader(file)
        }


def draw(low: float, high: float, *name: object) -> float:
    """Draw a number that depends on its name alone."""
    return low + (high - low) * random.Random("/".join(map(str, (SEED, *name)))).random()


@dataclass
class Figures:
    """The figures of one enterprise and year, summed over its conventionnements."""

    enterprise: str
    year: int
    profile: Profile

    def __post_init__(self) -> None:
        self.since = self.year - YEARS[0]
        self.trades = {kind: self._ordinary(kind) for kind in self.profile.people}
        self.people = {
            kind: round(people * (1 + self.profile.growth) ** self.since * self.wobble(kind, 0.03))
            for kind, people in self.profile.people.items()
        }
        self.hours = {kind: round(self.trades[kind].hours * n) for kind, n in self.people.items()}

    def _ordinary(self, kind: str) -> Trade:
        """Its own way of doing an ordinary trade: what it is once for all, and this year."""
        own = {}
        for item in fields(Trade):
            once = draw(0.9, 1.1, self.enterprise, kind, item.name)
            own[item.name] = getattr(TRADES[kind], item.name) * once * self.wobble((kind, item.name), 0.03)
        for rate in ("durable", "transition"):
            own[rate] += self.profile.drift * self.since
        own["sales"] *= 1.025**self.since
        return Trade(**own)

    def wobble(self, name: object, width: float) -> float:
        """Move a little, this year only."""
        return draw(1 - width, 1 + width, self.enterprise, self.year, name)

    def own(self, name: str, low: float, high: float, width: float = 0.05) -> float:
        """Draw what is its own once for all, and moves a little each year."""
        return draw(low, high, self.enterprise, name) * self.wobble(name, width)

    def share(self, of: int, name: str, low: float, high: float) -> int:
        """Draw a part of a count, never above it."""
        return min(of, round(of * self.own(name, low, high)))

    def over(self, name: str, base: dict[str, int]) -> int:
        """Sum over the conventionnements a share of what each one counts."""
        return sum(min(n, round(n * getattr(self.trades[kind], name))) for kind, n in base.items())

    def counts(self) -> dict[str, float | None]:
        """Give every figure by variable; ``None`` is « non pertinent »."""
        shared = {**self._project(), **self._staff()}
        if not self.people:
            sales = round(self.own("sales", 390_000, 410_000) * 1.03**self.since)
            return {**shared, **self._money(sales, round(sales * 0.13), 0.35)}
        return {**shared, **self._pathways(), **self._work(), **self._local()}

    def _pathways(self) -> dict[str, float | None]:
        n = sum(self.people.values())
        exits = {kind: round(count * self.trades[kind].exits) for kind, count in self.people.items()}
        examined, durable = sum(exits.values()), self.over("durable", exits)
        obstacles = round(sum(count * self.trades[kind].obstacles for kind, count in self.people.items()))
        helped = self.share(obstacles, "helped", 0.62, 0.82)
        reached = self.share(examined, "reached", 0.42, 0.68)
        invited = self.share(n, "invited", 0.5, 0.9)
        answered = self.share(invited, "answered", 0.34, 0.62)
        trained = self.over("trained", self.people)
        needs = self.share(n, "needs", 0.22, 0.42)
        return {
            "salaries_parcours": n,
            "salaries_parcours_f": self.over("women", self.people),
            "parcours_detld": self.over("long_unemployed", self.people),
            "parcours_minima_sociaux": self.over("minima", self.people),
            "parcours_th": self.share(n, "rqth", 0.07, 0.15),
            "parcours_territoires_prioritaires": self.share(n, "places", 0.14, 0.4),
            "personnes_contrat_securise": self.over("secure", self.people),
            "sorties_examinees": examined,
            "sorties_emploi_durable": durable,
            "sorties_emploi_transition": self.over("transition", exits),
            "sorties_positives": self.over("positive", exits),
            "sorties_jointes_6mois": reached,
            "sorties_en_emploi_6mois": self.share(reached, "employed", 0.46, 0.63),
            "sorties_emploi_proche": self.share(durable, "near", 0.7, 0.95),
            "parcours_formes": trained,
            "heures_formation_parcours": round(trained * self.own("training", 19, 46), 1),
            "parcours_competences_reconnues": self.share(trained, "skills", 0.4, 0.7),
            "freins_reperes": obstacles,
            "freins_accompagnes": helped,
            "freins_ameliores": self.share(helped, "better", 0.4, 0.62),
            "parcours_droits_ouverts": self.share(n, "rights", 0.08, 0.22),
            "mobilite_besoins": needs,
            "mobilite_solutions": self.share(needs, "solved", 0.45, 0.7),
            "heures_accompagnement": round(
                sum(c * self.trades[kind].support for kind, c in self.people.items())
            ),
            "enq_invitations": invited,
            "enq_reponses": answered,
            "enq_confiance": self.share(answered, "trust", 0.64, 0.84),
            "enq_utilite": self.share(answered, "useful", 0.74, 0.93),
            "enq_moins_isolement": self.share(answered, "together", 0.52, 0.76),
            "participations_collectives": round(n * self.own("gatherings", 0.6, 2.6)),
            "parcours_engages": self.share(n, "engaged", 0.03, 0.12),
            "parcours_associes_decisions": self.share(n, "consulted", 0.06, 0.3),
        }

    def _work(self) -> dict[str, float | None]:
        hours = sum(self.hours.values())
        everyone = hours + self.permanents * 1540
        clauses = sum(round(worked * self.trades[kind].clauses) for kind, worked in self.hours.items())
        collected = round(hours * self.profile.recycled * self.wobble("collected", 0.06))
        vehicles = max(2, round(self.permanents * self.own("vehicles", 0.5, 0.9, 0)))
        return {
            "heures_parcours": hours,
            "heures_travaillees_total": everyone,
            "heures_maraichage": round(hours * self.own("garden", 0.6, 0.7)),
            "accidents_arret": round(everyone / 1e6 * self.own("accidents", 28, 52)),
            "heures_clauses_sociales": clauses or None,
            "heures_activites_ecologiques": round(hours * self.profile.green * self.wobble("green", 0.04))
            or None,
            "matieres_collectees_kg": collected or None,
            "matieres_valorisees_kg": self.share(collected, "reused", 0.66, 0.84) if collected else None,
            "surface_gestion_ecologique_ha": round(self.profile.hectares * (1 + 0.05 * self.since), 1)
            or None,
            "berges_restaurees_km": round(self.own("banks", 5.5, 6.5) * (1 + 0.08 * self.since), 1),
            "energie_kwh": round(everyone * self.own("energy", 0.9, 2.4) * 0.97**self.since),
            "vehicules_total": vehicles,
            "vehicules_faibles_emissions": min(vehicles, round(vehicles * 0.1 * (1 + self.since))),
            "etp_activites_nouvelles": round(self.own("new_jobs", 0.5, 5, 0.2), 1),
            "embauches_metiers_tension": round(hours / 9000 * self.own("tension", 0.5, 1.2, 0.1)),
        }

    def _local(self) -> dict[str, float | None]:
        sales = {kind: round(worked * self.trades[kind].sales) for kind, worked in self.hours.items()}
        funds = {}
        for kind, amount in sales.items():
            public = self.trades[kind].public
            funds[kind] = round(amount * public / (1 - public - 0.03))
        total = sum(sales.values())
        clients = round(sum(n * self.trades[kind].clients for kind, n in self.people.items()))
        pay = sum(worked * draw(11.9, 12.7, self.enterprise, "pay") for worked in self.hours.values())
        return {
            **self._money(total, sum(funds.values()), 0.14),
            "remunerations_parcours": round(pay * 1.028**self.since),
            "ca_besoins_peu_couverts": self.share(total, "uncovered", 0.12, 0.45),
            "clients_total": clients,
            "clients_reconduits": self.share(clients, "again", 0.58, 0.82),
        }

    def _money(self, sales: int, public: int, purchases: float) -> dict[str, float | None]:
        resources = round((sales + public) / 0.97)
        bought = round(resources * purchases * self.wobble("purchases", 0.06))
        surplus = round(resources * self.own("surplus", 0.006, 0.028, 0.2))
        return {
            "ca_ht": sales,
            "produits_total": resources,
            "financements_publics": public,
            "achats_total": bought,
            "achats_locaux": self.share(bought, "local", 0.36, 0.6),
            "excedent": surplus,
            "excedent_reinvesti": self.share(surplus, "reinvested", 0.5, 0.9),
        }

    def _staff(self) -> dict[str, float | None]:
        staff = round(sum(n * self.trades[kind].staff for kind, n in self.people.items()))
        self.permanents = max(4, staff) + (0 if self.people else 3)
        leaders = max(2, round(self.permanents * 0.34))
        men = self.own("pay_men", 16.2, 19.5, 0.01) * 1.025**self.since
        return {
            "salaries_permanents": self.permanents,
            "permanents_formes_discriminations": self.share(self.permanents, "equality", 0.2, 0.6),
            "remuneration_horaire_h": round(men, 2),
            "remuneration_horaire_f": round(men * self.own("pay_gap", 0.91, 1.0, 0.01), 2),
            "responsables_total": leaders,
            "responsables_f": self.share(leaders, "leaders", 0.34, 0.68),
        }

    def _project(self) -> dict[str, float | None]:
        board = round(draw(8, 15, self.enterprise, "board"))
        expected = board * 6
        decided = round(self.own("decided", 4, 8, 0.15))
        return {
            "activites_creees": round(self.own("activities", 0, 2.2, 0.3)),
            "habitants_touches": round(self.own("inhabitants", 60, 420, 0.15)),
            "heures_benevolat": round(self.profile.volunteers * self.wobble("volunteers", 0.1)),
            "personnes_sensibilisees": round(self.own("made_aware", 20, 160, 0.15)),
            "partenariats_formalises": round(self.own("partners", 4, 13, 0.1)),
            "moyens_mutualises": round(self.own("shared", 1, 5, 0.15)) + (0 if self.people else 5),
            "administrateurs_total": board,
            "administrateurs_f": self.share(board, "board_women", 0.38, 0.56),
            "presences_attendues": expected,
            "presences_instances": self.share(expected, "presence", 0.58, 0.84),
            "parties_prenantes_associees": round(self.own("stakeholders", 4, 22, 0.15)),
            "actions_decidees": decided,
            "actions_realisees": self.share(decided, "done", 0.4, 0.85),
        }


AGES = {"moins_26": 0.21, "de_26_a_49": 0.53, "de_50_et_plus": 0.26}
LEVELS = {"infra_cap": 0.42, "cap_bep": 0.35, "bac": 0.14, "supra_bac": 0.06, "non_certifiant": 0.03}
OBSTACLES = {
    "langue_illettrisme": 0.12, "demarches_droits": 0.19, "logement": 0.14, "mobilite": 0.24, "sante": 0.13,
    "justice": 0.03, "budget": 0.1, "disponibilite": 0.05,
}  # fmt: skip


def parts(figures: Figures, variable: Variable, total: float) -> Iterator[tuple[str, float]]:
    """Break a figure down; the parts of one axis always make the total."""
    for axis in figures.profile.axes:
        if axis not in variable.axes:
            continue
        if axis == "type":
            yield from ((f"type:{kind}", hours) for kind, hours in figures.hours.items())
            continue
        if axis == "sexe":
            unknown = 2 if variable.id == "salaries_parcours" and figures.year == YEARS[0] else 0
            women = round((total - unknown) * _women(figures, variable), 1)
            if float(total).is_integer():
                women = round(women)
            if variable.id == "salaries_parcours":
                women = figures.over("women", figures.people)
            yield from (("sexe:F", women), ("sexe:H", round(total - women - unknown, 1)))
            if variable.id == "salaries_parcours":
                yield "sexe:NR", unknown
            continue
        weights = {"age": AGES, "formation": LEVELS, "frein": OBSTACLES}[axis]
        yield from ((f"{axis}:{member}", n) for member, n in spread(int(total), weights))


def _women(figures: Figures, variable: Variable) -> float:
    people = sum(figures.people.values())
    if not people:
        return 0.6
    women = figures.over("women", figures.people) / people
    small = variable.id.startswith(
        ("sorties", "freins", "enq", "mobilite")
    )  # near the whole, so that rates hold
    return women * (1 if small else draw(0.95, 1.05, figures.enterprise, variable.id))


def spread(total: int, weights: dict[str, float]) -> Iterator[tuple[str, int]]:
    """Share a count out by weights; rounding never loses anyone."""
    done, reached = 0, 0.0
    for member, weight in weights.items():
        reached += weight / sum(weights.values())
        upto = round(total * reached)
        yield member, upto - done
        done = upto


def rows(enterprise: str, year: int, asked: Iterable[Variable]) -> Iterator[Row]:
    """Write one row per figure and per part, in the order of the référentiel."""
    profile = PROFILES[enterprise]
    figures = Figures(enterprise, year, profile)
    counts = figures.counts()
    for variable in asked:
        if year == YEARS[-1] and not profile.last_year(variable):
            continue
        source, author = SOURCES[variable.source or "suivi"]
        value, status, comment = _told(figures, variable, counts)
        base = {"variable": variable.id, "status": status, "author": author, "comment": ""}
        base["source"] = source.format(year) if value is not None else ""
        yield {**base, "part": "", "value": _text(value), "comment": comment}
        if value is not None:
            yield from (
                {**base, "part": part, "value": _text(n)} for part, n in parts(figures, variable, value)
            )


def _told(figures: Figures, variable: Variable, counts: dict[str, float | None]) -> Told:
    if by_hand := said().get((figures.enterprise, figures.year, variable.id)):
        return by_hand
    value = counts.get(variable.id)
    if value is not None:
        return value, "estime" if variable.id in ESTIMATED else "renseigne", ""
    return None, "non_pertinent", "" if figures.people else "Se compte dans chaque structure du groupe."


def _text(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def asked_of(folder: Path, base: Referential) -> tuple[Variable, ...]:
    """List what the enterprise is asked, once the référentiel is its own."""
    overlay = folder / "overlay.yaml"
    return (apply(base, read_overlay(overlay)) if overlay.exists() else base).variables


def main(target: Path) -> None:
    """Write every ``answers_*.csv`` under ``target``."""
    base = read_referential(HERE.parent / "referentials" / "utilite_sociale" / "base.yaml")
    for enterprise in PROFILES:
        asked = asked_of(HERE / "federation" / enterprise, base)
        for year in YEARS:
            written = list(rows(enterprise, year, asked))
            if not written:
                continue
            text = io.StringIO()
            table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
            table.writeheader()
            table.writerows(written)
            (target / enterprise).mkdir(parents=True, exist_ok=True)
            (target / enterprise / f"answers_{year}.csv").write_bytes(text.getvalue().encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "federation")
