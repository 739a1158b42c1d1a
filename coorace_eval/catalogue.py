"""Every code that a problem may carry, with the remedy that goes with it.

One entry a line, grouped by what the person was doing. ``docs/erreurs.md`` is written from this
table by ``coorace-eval errors``; a test checks that each code in the package stands here.
"""

from __future__ import annotations

from typing import NamedTuple

from coorace_eval.language import mark
from coorace_eval.vocabulary import Severity


class Entry(NamedTuple):
    """What the catalogue knows of one code."""

    title: str
    remedy: str
    severity: Severity = Severity.ERREUR


_ALERTE = Severity.ALERTE

CATALOGUE: dict[str, Entry] = {
    # Reading a YAML file
    "YAM-001": Entry("Fichier illisible", mark("Vérifiez le nom du fichier et vos droits de lecture.")),
    "YAM-002": Entry(
        "Écriture YAML incorrecte",
        mark("Vérifiez l'alignement, les deux-points et les guillemets de cette ligne."),
    ),
    "YAM-003": Entry("Clé écrite deux fois", mark("Gardez une seule des deux lignes.")),
    "YAM-004": Entry("Tabulation", mark("Remplacez chaque tabulation par des espaces.")),
    "YAM-005": Entry(
        "Alias ou ancre",
        mark("Écrivez la valeur en toutes lettres : les ancres « & » et les alias « * » ne sont pas admis."),
    ),
    "YAM-006": Entry("Fichier trop gros", mark("Découpez le fichier ; la limite est de 2 Mo.")),
    "YAM-007": Entry(
        "Imbrication trop profonde",
        mark("Un référentiel compte au plus vingt niveaux : vérifiez les parenthèses et l'alignement."),
    ),
    "YAM-008": Entry("Texte qui n'est pas en UTF-8", mark("Enregistrez le fichier en UTF-8.")),
    "YAM-009": Entry("Fichier vide", mark("Partez du modèle donné dans la documentation.")),
    # The shape of a référentiel
    "REF-001": Entry("Champ obligatoire absent", mark("Ajoutez ce champ.")),
    "REF-002": Entry("Champ inconnu", mark("Retirez ce champ ou corrigez son nom.")),
    "REF-003": Entry("Valeur hors liste", mark("Choisissez une des valeurs admises.")),
    "REF-004": Entry(
        "Identifiant mal écrit", mark("Un identifiant s'écrit en minuscules sans accent : a-z, 0-9 et _.")
    ),
    "REF-005": Entry(
        "Valeur mal écrite",
        mark("Corrigez la valeur ; un nombre s'écrit avec un point décimal, sans espace."),
    ),
    "REF-006": Entry(
        "Texte trop long ou vide",
        mark("Écrivez entre 1 et 300 caractères pour un libellé, 5 000 au plus pour un texte."),
    ),
    "REF-007": Entry(
        "Identifiant employé deux fois", mark("Donnez un identifiant différent à l'un des deux.")
    ),
    "REF-008": Entry("Renvoi vers un élément absent", mark("Corrigez le nom ou ajoutez l'élément.")),
    "REF-009": Entry("Nombre non fini", mark("Écrivez un nombre ordinaire.")),
    "REF-010": Entry(
        "Variable qui ne sert pas",
        mark("Retirez-la, ou employez-la dans un indicateur ou une règle."),
        _ALERTE,
    ),
    "REF-011": Entry("Trop d'indicateurs de socle", mark("Gardez au plus quinze indicateurs de socle.")),
    "REF-012": Entry(
        "Agrégation impossible",
        mark("Écrivez la formule comme un rapport, ou choisissez une autre agrégation."),
    ),
    "REF-013": Entry(
        "Contenu changé sans nouvelle version", mark("Donnez un nouveau numéro de version au référentiel.")
    ),
    "REF-014": Entry("Version non enregistrée", mark("Enregistrez-la avec « coorace-eval check --record ».")),
    "REF-015": Entry("Équilibre sans valeur", mark("Ajoutez « balance » : la valeur d'équilibre visée.")),
    # Formulas
    "FOR-001": Entry("Formule mal écrite", mark("Vérifiez les opérateurs et les parenthèses.")),
    "FOR-002": Entry(
        "Élément interdit dans une formule",
        mark("Une formule emploie des noms, des nombres, + - * / et les fonctions du guide."),
    ),
    "FOR-003": Entry("Formule trop longue", mark("Découpez-la en plusieurs indicateurs.")),
    "FOR-004": Entry("Nom inconnu", mark("Corrigez le nom, ou ajoutez la variable.")),
    "FOR-005": Entry("Formules qui tournent en rond", mark("Retirez un des renvois de la boucle.")),
    "FOR-006": Entry(
        "Unités incompatibles", mark("Vérifiez que l'on additionne et compare des grandeurs de même unité.")
    ),
    "FOR-007": Entry(
        "Unité inconnue", mark("Choisissez une unité de la liste ou ajoutez-la dans « counted ».")
    ),
    "FOR-008": Entry("Puissance interdite", mark("L'exposant est un nombre entier de 1 à 4.")),
    "FOR-009": Entry(
        "Nombre trop grand", mark("Un nombre d'une formule reste sous un milliard de milliards.")
    ),
    "FOR-010": Entry("Condition mal placée", mark("Employez « si(condition, alors, sinon) ».")),
    "FOR-011": Entry(
        "Fonction mal employée", mark("Vérifiez le nom et le nombre d'arguments dans le guide.")
    ),
    # Overlays
    "OVL-001": Entry("Élément à retirer introuvable", mark("Vérifiez l'identifiant dans le référentiel.")),
    "OVL-002": Entry(
        "Formule partagée redéfinie",
        mark("Ajoutez un indicateur local et dites sa relation avec l'indicateur partagé."),
    ),
    "OVL-003": Entry("Deux adaptations pour un même nom", mark("Gardez-en une seule.")),
    "OVL-004": Entry(
        "Autre référentiel", mark("Reprenez l'adaptation à partir du bon référentiel et de la bonne version.")
    ),
    "OVL-005": Entry("Donnée encore nécessaire", mark("Retirez aussi l'indicateur qui l'emploie.")),
    "OVL-006": Entry("Élément à adapter introuvable", mark("Vérifiez l'identifiant dans le référentiel.")),
    # Answers
    "REP-001": Entry("Ce n'est pas un nombre", mark("Écrivez un nombre, par exemple 1 234,5.")),
    "REP-002": Entry("Valeur trop petite", mark("Vérifiez le nombre et son unité.")),
    "REP-003": Entry("Valeur trop grande", mark("Vérifiez le nombre et son unité.")),
    "REP-004": Entry("Nombre entier attendu", mark("Écrivez un nombre sans décimale.")),
    "REP-005": Entry(
        "Pourcentage au lieu d'un nombre", mark("Écrivez le nombre lui-même ; le taux est calculé pour vous.")
    ),
    "REP-006": Entry("Formule au lieu d'un nombre", mark("Écrivez le résultat du calcul.")),
    "REP-008": Entry("Règle de cohérence", mark("Vérifiez les nombres cités.")),
    "REP-009": Entry("Les parts ne font pas le total", mark("Corrigez une des parts ou le total.")),
    "REP-010": Entry(
        "Statut et valeur se contredisent", mark("Une donnée sans valeur ne porte pas de nombre.")
    ),
    "REP-011": Entry(
        "Règle de cohérence à vérifier",
        mark("Vérifiez les nombres cités ; l'écart peut être normal."),
        _ALERTE,
    ),
    "REP-012": Entry("Texte trop long", mark("Raccourcissez le texte.")),
    "REP-013": Entry(
        "Donnée modifiée entre-temps", mark("Comparez les deux valeurs et choisissez celle qui convient.")
    ),
    "REP-014": Entry("Ligne en double", mark("Gardez une seule ligne par entreprise et par exercice.")),
    # Campaigns
    "CAM-001": Entry("Étape inaccessible", mark("Passez par les étapes dans l'ordre.")),
    "CAM-002": Entry("Campagne close", mark("Ouvrez la campagne d'un autre exercice.")),
    "CAM-003": Entry("Campagne introuvable", mark("Revenez à l'accueil et choisissez une campagne.")),
    "CAM-004": Entry("Action inconnue", mark("Rechargez la page.")),
    "CAM-005": Entry("Saisie refusée", mark("Corrigez les champs signalés.")),
    "CAM-006": Entry("Campagne déjà ouverte", mark("Reprenez la campagne existante depuis l'accueil.")),
    # Storage
    "STO-001": Entry(
        "Base de données occupée",
        mark("Patientez quelques secondes puis recommencez ; votre saisie est restée à l'écran."),
    ),
    "STO-002": Entry(
        "Base de données en lecture seule",
        mark("Donnez à ce compte le droit d'écrire dans le fichier et son dossier."),
    ),
    "STO-003": Entry("Base de données plus récente que le logiciel", mark("Mettez le logiciel à jour.")),
    "STO-004": Entry("Base de données introuvable ou illisible", mark("Vérifiez l'adresse et les droits.")),
    "STO-005": Entry("Donnée absente de la base", mark("Vérifiez l'identifiant.")),
    "STO-006": Entry(
        "Base de données à mettre à niveau",
        mark("Ouvrez-la une fois avec l'application ; la mise à niveau se fait toute seule."),
    ),
    # Backups
    "SAV-001": Entry(
        "Sauvegarde impossible à écrire",
        mark("Vérifiez le dossier, vos droits et la place qui reste, puis recommencez."),
    ),
    "SAV-002": Entry("Sauvegarde illisible ou abîmée", mark("Choisissez une autre sauvegarde.")),
    "SAV-003": Entry("Base de données en service", mark("Arrêtez le serveur, puis recommencez.")),
    "SAV-004": Entry(
        "Programme de PostgreSQL absent ou en échec",
        mark("Corrigez ce que le programme a répondu, puis recommencez."),
    ),
    "SAV-005": Entry(
        "Base d'arrivée qui ne convient pas",
        mark("Créez une base vide du même genre et indiquez son adresse."),
    ),
    # The example federation
    "EXE-001": Entry(
        "Exemple introuvable",
        mark("Indiquez son dossier avec « --folder », ou lancez la commande dans le projet."),
    ),
    "EXE-002": Entry(
        "Ligne de réponses illisible",
        mark("Corrigez cette ligne du fichier ; un nombre s'écrit avec un point décimal."),
    ),
    # The local application
    "ACC-001": Entry("Accès refusé", mark("Demandez l'accès à votre référent-e.")),
    "ACC-002": Entry("Session terminée", mark("Reconnectez-vous ; ce qui est enregistré l'est toujours.")),
    "ACC-003": Entry("Identifiant ou mot de passe inconnu", mark("Vérifiez les deux, puis recommencez.")),
    "ACC-004": Entry("Trop d'essais", mark("Attendez un peu, puis recommencez.")),
    "ACC-005": Entry("Mot de passe trop faible", mark("Choisissez une phrase de douze signes au moins.")),
    "ACC-006": Entry("Lien inconnu ou déjà utilisé", mark("Demandez un nouveau lien à votre référent-e.")),
    "ACC-007": Entry("Compte mal décrit", mark("Corrigez ce qui est signalé.")),
    "ACC-008": Entry("Compte introuvable", mark("Vérifiez l'identifiant.")),
    "ACC-009": Entry(
        "Base partagée ouverte sans compte", mark("Servez cette base avec l'option « --accounts ».")
    ),
    "SRV-003": Entry("Serveur complet", mark("Attendez quelques minutes ; la page se rouvrira d'elle-même.")),
    "SRV-001": Entry(
        "Port indisponible", mark("Fermez l'autre application, ou choisissez un autre port avec « --port ».")
    ),
    "SRV-002": Entry("Carnet introuvable", mark("Vérifiez le chemin du carnet.")),
    "SRV-004": Entry(
        "Service ouvert au réseau sans protection",
        mark("Servez avec des comptes, et avec un certificat ou derrière un serveur mandataire qui chiffre."),
    ),
    "SRV-006": Entry(
        "Service lancé hors d'un JupyterHub",
        mark("Déclarez l'application parmi les services du Hub, qui la lance lui-même (docs/jupyterhub.md)."),
    ),
    "SRV-005": Entry(
        "Secret lisible par d'autres",
        mark("Fermez-le : « chmod 700 » sur le dossier, « chmod 600 » sur le fichier, au compte du service."),
    ),
    # Reports
    "RAP-001": Entry(
        "Document impossible à écrire", mark("Vérifiez le dossier de destination, puis recommencez.")
    ),
    "RAP-002": Entry(
        "Document impossible à composer", mark("Recommencez ; si cela dure, signalez-le avec ce code.")
    ),
    "RAP-003": Entry(
        "Modèle Word refusé", mark("Corrigez le modèle dans votre traitement de texte, puis renvoyez-le.")
    ),
    "RAP-004": Entry("Image refusée", mark("Choisissez une image PNG, JPEG ou SVG.")),
    "RAP-005": Entry("Couleur mal écrite", mark("Écrivez la couleur avec six signes, comme #0B5C8F.")),
    "RAP-006": Entry("Section inconnue", mark("Choisissez parmi les sections proposées.")),
    "RAP-007": Entry(
        "Référence de chiffre inconnue", mark("Vérifiez les signes de la référence, puis recommencez.")
    ),
    "RAP-008": Entry(
        "Lot de documents incomplet", mark("Corrigez ce qui est dit, puis relancez la même commande.")
    ),
    "RAP-009": Entry(
        "Fichier incomplet ou trop gros", mark("Choisissez un fichier plus petit, puis recommencez.")
    ),
    "RAP-010": Entry("Plaquette mal composée", mark("Corrigez ce qui est signalé.")),
}
