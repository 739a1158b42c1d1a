"""The closed lists of the field, each with the label that people read."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """An enumeration whose members carry a French label."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make a member from its value and its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Severity(Labelled):
    """Whether a problem stops the work or only warns."""

    ERREUR = "erreur", "Erreur"
    ALERTE = "alerte", "Alerte"


class EnterpriseKind(Labelled):
    """Conventionnement or status of a member enterprise."""

    AI = "AI", "Association intermédiaire"
    ACI = "ACI", "Atelier et chantier d'insertion"
    EI = "EI", "Entreprise d'insertion"
    ETTI = "ETTI", "Entreprise de travail temporaire d'insertion"
    EITI = "EITI", "Entreprise d'insertion par le travail indépendant"
    ETT_ESS = "ETT_ESS", "Entreprise de travail temporaire de l'économie sociale et solidaire"
    GES = "GES", "Groupe économique solidaire"
    RQ = "RQ", "Régie de quartier"
    SAP = "SAP", "Service à la personne"
    AUTRE = "AUTRE", "Autre"


class IndicatorKind(Labelled):
    """What an indicator looks at: the action, what it produces, what it changes."""

    REALISATION = "realisation", "Réalisation"
    RESULTAT = "resultat", "Résultat"
    EFFET = "effet", "Effet"


class IndicatorStatus(Labelled):
    """How common an indicator is to the network (decision 2 of the architecture)."""

    SOCLE = "socle", "Socle"
    RECOMMANDE = "recommande", "Recommandé"
    LIBRE = "libre", "Libre"


class Direction(Labelled):
    """Which way a change is favourable."""

    HAUSSE = "hausse", "Une hausse est favorable"
    BAISSE = "baisse", "Une baisse est favorable"
    EQUILIBRE = "equilibre", "La valeur favorable est un équilibre"
    NEUTRE = "neutre", "Décrit, ne se juge pas"


class Aggregation(Labelled):
    """How the network may add an indicator up (decision 7)."""

    SOMME = "somme", "Somme"
    RATIO_DES_SOMMES = "ratio_des_sommes", "Somme des numérateurs sur somme des dénominateurs"
    MEDIANE = "mediane", "Médiane des entreprises"
    DISTRIBUTION = "distribution", "Distribution"
    NON_AGREGABLE = "non_agregable", "Présenté entreprise par entreprise"


class VariableType(Labelled):
    """The form of the figure that is asked."""

    ENTIER = "entier", "Nombre entier"
    DECIMAL = "decimal", "Nombre"
    MONTANT = "montant", "Montant"


class ValueStatus(Labelled):
    """What is known of a value; missing is not zero (decision 6)."""

    RENSEIGNE = "renseigne", "Renseigné"
    ESTIME = "estime", "Estimé"
    NON_RENSEIGNE = "non_renseigne", "Non renseigné"
    NON_PERTINENT = "non_pertinent", "Non pertinent"
    NON_DISPONIBLE = "non_disponible", "Non disponible"
    CONFIDENTIEL = "confidentiel", "Confidentiel"
    DENOMINATEUR_NUL = "denominateur_nul", "Dénominateur nul"

    @property
    def has_value(self) -> bool:
        """Whether a figure goes with the status."""
        return self in (ValueStatus.RENSEIGNE, ValueStatus.ESTIME)


class RelationKind(Labelled):
    """How a local indicator relates to a shared one (decision 3)."""

    EQUAL = "equal", "Équivalent"
    SUPERSET = "superset", "Plus large"
    SUBSET = "subset", "Plus étroit"
    INTERSECT = "intersect", "Se recoupe"
    NONE = "none", "Sans rapport"


class RuleSeverity(Labelled):
    """What a broken consistency rule does to the collection."""

    BLOQUANT = "bloquant", "À corriger avant de clore la collecte"
    ALERTE = "alerte", "À vérifier"


class Level(Labelled):
    """Collective appreciation of a dimension, in words, from least to most."""

    A_CONSTRUIRE = "a_construire", "À construire"
    PREMIERS_PAS = "premiers_pas", "Premiers pas"
    BIEN_ENGAGE = "bien_engage", "Bien engagé"
    ACQUIS = "acquis", "Acquis"


class Confidence(Labelled):
    """How sure the group is of its appreciation."""

    A_VERIFIER = "a_verifier", "À vérifier"
    PLUTOT_SUR = "plutot_sur", "Plutôt sûr"
    SUR = "sur", "Sûr"
