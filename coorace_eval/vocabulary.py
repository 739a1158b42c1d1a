"""The closed lists of the field, each with the label that people read."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from coorace_eval.language import mark, tr


class Labelled(StrEnum):
    """An enumeration whose members carry a label, said in the language spoken."""

    french: str
    """The label as it stands in the code, which is its key in the catalogue."""

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make a member from its value and its French label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.french = label
        return member

    @property
    def label(self) -> str:
        """How people read it."""
        return tr(self.french) if self.french else ""


class Severity(Labelled):
    """Whether a problem stops the work or only warns."""

    ERREUR = "erreur", mark("Erreur")
    ALERTE = "alerte", mark("Alerte")


class EnterpriseKind(Labelled):
    """Conventionnement or status of a member enterprise."""

    AI = "AI", mark("Association intermédiaire")
    ACI = "ACI", mark("Atelier et chantier d'insertion")
    EI = "EI", mark("Entreprise d'insertion")
    ETTI = "ETTI", mark("Entreprise de travail temporaire d'insertion")
    EITI = "EITI", mark("Entreprise d'insertion par le travail indépendant")
    ETT_ESS = "ETT_ESS", mark("Entreprise de travail temporaire de l'économie sociale et solidaire")
    GES = "GES", mark("Groupe économique solidaire")
    RQ = "RQ", mark("Régie de quartier")
    SAP = "SAP", mark("Service à la personne")
    AUTRE = "AUTRE", mark("Autre")


class IndicatorKind(Labelled):
    """What an indicator looks at: the action, what it produces, what it changes."""

    REALISATION = "realisation", mark("Réalisation")
    RESULTAT = "resultat", mark("Résultat")
    EFFET = "effet", mark("Effet")


class IndicatorStatus(Labelled):
    """How common an indicator is to the network (decision 2 of the architecture)."""

    SOCLE = "socle", mark("Socle")
    RECOMMANDE = "recommande", mark("Recommandé")
    LIBRE = "libre", mark("Libre")


class Direction(Labelled):
    """Which way a change is favourable."""

    HAUSSE = "hausse", mark("Une hausse est favorable")
    BAISSE = "baisse", mark("Une baisse est favorable")
    EQUILIBRE = "equilibre", mark("La valeur favorable est un équilibre")
    NEUTRE = "neutre", mark("Décrit, ne se juge pas")


class Aggregation(Labelled):
    """How the network may add an indicator up (decision 7)."""

    SOMME = "somme", mark("Somme")
    RATIO_DES_SOMMES = "ratio_des_sommes", mark("Somme des numérateurs sur somme des dénominateurs")
    MEDIANE = "mediane", mark("Médiane des entreprises")
    DISTRIBUTION = "distribution", mark("Distribution")
    NON_AGREGABLE = "non_agregable", mark("Présenté entreprise par entreprise")


class VariableType(Labelled):
    """The form of the figure that is asked."""

    ENTIER = "entier", mark("Nombre entier")
    DECIMAL = "decimal", mark("Nombre")
    MONTANT = "montant", mark("Montant")


class ValueStatus(Labelled):
    """What is known of a value; missing is not zero (decision 6)."""

    RENSEIGNE = "renseigne", mark("Renseigné")
    ESTIME = "estime", mark("Estimé")
    NON_RENSEIGNE = "non_renseigne", mark("Non renseigné")
    NON_PERTINENT = "non_pertinent", mark("Non pertinent")
    NON_DISPONIBLE = "non_disponible", mark("Non disponible")
    CONFIDENTIEL = "confidentiel", mark("Confidentiel")
    DENOMINATEUR_NUL = "denominateur_nul", mark("Dénominateur nul")

    @property
    def has_value(self) -> bool:
        """Whether a figure goes with the status."""
        return self in (ValueStatus.RENSEIGNE, ValueStatus.ESTIME)


class RelationKind(Labelled):
    """How a local indicator relates to a shared one (decision 3)."""

    EQUAL = "equal", mark("Équivalent")
    SUPERSET = "superset", mark("Plus large")
    SUBSET = "subset", mark("Plus étroit")
    INTERSECT = "intersect", mark("Se recoupe")
    NONE = "none", mark("Sans rapport")


class RuleSeverity(Labelled):
    """What a broken consistency rule does to the collection."""

    BLOQUANT = "bloquant", mark("À corriger avant de clore la collecte")
    ALERTE = "alerte", mark("À vérifier")


class Level(Labelled):
    """Collective appreciation of a dimension, in words, from least to most."""

    A_CONSTRUIRE = "a_construire", mark("À construire")
    PREMIERS_PAS = "premiers_pas", mark("Premiers pas")
    BIEN_ENGAGE = "bien_engage", mark("Bien engagé")
    ACQUIS = "acquis", mark("Acquis")


class Confidence(Labelled):
    """How sure the group is of its appreciation."""

    A_VERIFIER = "a_verifier", mark("À vérifier")
    PLUTOT_SUR = "plutot_sur", mark("Plutôt sûr")
    SUR = "sur", mark("Sûr")
