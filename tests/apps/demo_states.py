"""Every block and every kind of field, as pages that an enterprise could have met."""

from __future__ import annotations

from typing import Any

State = dict[str, Any]

STATUSES = [
    {"id": "renseigne", "label": "Renseigné"},
    {"id": "estime", "label": "Estimé"},
    {"id": "non_pertinent", "label": "Non pertinent"},
    {"id": "non_disponible", "label": "Non disponible"},
    {"id": "confidentiel", "label": "Confidentiel"},
]
STEPS = ["Cadrage", "Exploration", "Référentiel", "Collecte", "Analyse", "Restitution", "Suivi"]
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="640" height="220" viewBox="0 0 640 220">
<defs><clipPath id="clip0"><rect width="640" height="220"/></clipPath></defs>
<g clip-path="url(#clip0)" font-family="Inter" font-size="13"><rect x="60" y="90" width="90"
height="90" fill="#9cc3df"/>
<rect x="230" y="60" width="90" height="120" fill="#5b9bc7"/><rect x="400" y="40" width="90"
height="140" fill="#0063a6"/>
<text x="90" y="200">2023</text><text x="260" y="200">2024</text><text x="430"
y="200">2025</text></g></svg>"""
HOSTILE = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
width="100" height="40"
onload="window.hacked=1"><script>window.hacked=1</script><foreignObject><p>x</p></foreignObject>
<style>*{background:url(https://example.org/a)}</style><image href="https://example.org/b"/>
<rect id="safe" width="100" height="40" fill="url(https://example.org/c)" onclick="window.hacked=1"
style="fill:red"/>
<a href="javascript:window.hacked=1"><text>lien</text></a><use
xlink:href="https://example.org/d#e"/></svg>"""


def stepper(current: int) -> State:
    """The seven steps: those before ``current`` are done, the next one is open, the others are not yet."""
    states = ["done"] * current + ["current", "todo", *["off"] * 5]
    steps = [{"id": s.lower(), "label": s, "state": state} for s, state in zip(STEPS, states, strict=False)]
    return {"label": "Étapes de l'auto-évaluation", "steps": steps}


def page(step: int, lead: str, **more: Any) -> State:
    """A page of the campaign at a step."""
    label = STEPS[step]
    return {
        "title": f"{label} · Les Ateliers du Marais 2025",
        "route": f"campagne/ateliers_du_marais/2025/{label.lower()}",
        "bar": {
            "label": "coorace_eval",
            "links": [{"id": "page.accueil", "label": "Mes campagnes", "current": False}],
            "context": "Les Ateliers du Marais · 2025",
            "saved": "Enregistré à 18 h 04",
            "person": None,
        },
        "stepper": stepper(step),
        "heading": {"small": f"Étape {step + 1} sur 7", "text": label, "lead": lead},
        "problems": [],
        "tabs": None,
        "blocks": [],
        "actions": [
            {"id": "back", "label": "Précédent", "kind": "secondary"},
            {"id": "next", "label": "Continuer", "kind": "primary"},
        ],
        "toast": "",
    } | more


def number(id: str, label: str, value: str = "", **more: Any) -> State:
    """A number with its status."""
    status = {"value": "renseigne", "options": STATUSES}
    return {
        "id": id,
        "kind": "number",
        "label": label,
        "value": value,
        "unit": "personnes",
        "status": status,
    } | more


HOME: State = {
    "title": "Mes campagnes",
    "route": "accueil",
    "bar": {"label": "coorace_eval", "links": [], "context": "", "saved": "", "person": None},
    "stepper": None,
    "heading": {
        "small": "",
        "text": "Mes campagnes",
        "lead": "Reprenez une auto-évaluation là où vous l'avez laissée.",
    },
    "problems": [],
    "tabs": None,
    "blocks": [
        {
            "type": "cards",
            "items": [
                {
                    "id": "marais",
                    "title": "Les Ateliers du Marais",
                    "meta": "ACI, EI · Bretagne · exercice 2025",
                    "status": {"label": "Collecte", "tone": "doing"},
                    "progress": {"value": 42, "max": 75, "label": "42 données sur 75"},
                    "actions": [{"id": "open", "label": "Reprendre", "kind": "primary"}],
                },
                {
                    "id": "relais",
                    "title": "Relais Services",
                    "meta": "AI · Centre-Val de Loire · exercice 2025",
                    "status": {"label": "Restitution prête", "tone": "done"},
                    "progress": {"value": 70, "max": 70, "label": "70 données sur 70"},
                    "actions": [{"id": "open", "label": "Ouvrir", "kind": "secondary"}],
                },
                {
                    "id": "tempo",
                    "title": "Tempo Intérim d'insertion de la vallée de la Vienne",
                    "meta": "ETTI · Nouvelle-Aquitaine · exercice 2025",
                    "status": {"label": "À commencer", "tone": "todo"},
                    "progress": {"value": 0, "max": 75, "label": "Aucune donnée"},
                    "actions": [{"id": "open", "label": "Commencer", "kind": "secondary"}],
                },
            ],
        },
        {
            "type": "group",
            "legend": "Campagnes closes",
            "blocks": [{"type": "cards", "items": [], "empty": "Aucune campagne close pour le moment."}],
        },
    ],
    "actions": [{"id": "create", "label": "Ouvrir une campagne", "kind": "primary"}],
    "toast": "",
}

COLLECT = page(
    3,
    "Renseignez les données de l'exercice 2025. Chaque valeur est enregistrée aussitôt.",
    tabs={
        "label": "Dimensions",
        "items": [
            {"id": "emploi", "label": "Vers un emploi durable", "note": "8 sur 12", "current": True},
            {
                "id": "parcours",
                "label": "Parcours et montée en compétences",
                "note": "0 sur 15",
                "current": False,
            },
            {"id": "territoire", "label": "Ancrage dans le territoire", "note": "3 sur 9", "current": False},
            {"id": "environnement", "label": "Environnement", "note": "4 sur 4", "current": False},
        ],
    },
    blocks=[
        {
            "type": "fields",
            "legend": "Sorties de l'exercice",
            "help": "Comptez les personnes sorties entre le 1er janvier et le 31 décembre 2025.",
            "fields": [
                number(
                    "sorties_total",
                    "Combien de salarié-e-s en parcours sont sorti-e-s cette année\u00a0?",
                    "1\u202f234",
                    help="Toutes sorties confondues, hors périodes d'essai.",
                    previous="2024\u00a0: 1\u202f180",
                    saved="enregistré",
                    required=True,
                    parts=[
                        {
                            "id": "sorties_total.sexe:F",
                            "label": "Femmes",
                            "value": "600",
                            "error": "",
                            "saved": "enregistré",
                        },
                        {
                            "id": "sorties_total.sexe:M",
                            "label": "Hommes",
                            "value": "700",
                            "error": "Les parts dépassent le total.",
                            "saved": "",
                        },
                    ],
                    parts_label="Femmes / hommes",
                    parts_open=True,
                    meta=[
                        {
                            "id": "sorties_total.source",
                            "kind": "text",
                            "label": "Source",
                            "value": "Extranet ASP",
                            "width": "full",
                        },
                        {
                            "id": "sorties_total.comment",
                            "kind": "textarea",
                            "label": "Commentaire",
                            "value": "",
                            "max": 500,
                            "width": "full",
                        },
                    ],
                    meta_label="Source, commentaire",
                    meta_open=False,
                ),
                number(
                    "sorties_dynamiques",
                    "Sorties dynamiques",
                    "130",
                    error="Ce nombre dépasse le total des sorties.",
                    previous="2024\u00a0: 710",
                ),
                number(
                    "sorties_inconnues",
                    "Sorties sans nouvelles",
                    status={"value": "non_disponible", "options": STATUSES},
                ),
                number(
                    "achats",
                    "Achats auprès de fournisseurs locaux",
                    "48\u202f000",
                    unit="€",
                    warning="C'est trois fois la valeur de 2024.",
                    status={"value": "estime", "options": STATUSES},
                ),
                number("heures", "Heures de formation", "", unit="h par personne", status=None),
            ],
        }
    ],
)

EMPTY = page(
    3,
    "Cette page n'a encore rien à montrer.",
    tabs=None,
    blocks=[
        {"type": "cards", "items": [], "empty": "Aucune campagne. Ouvrez la première ci-dessous."},
        {
            "type": "list",
            "legend": "Indicateurs",
            "items": [],
            "empty": "Aucun indicateur dans cette dimension.",
        },
        {
            "type": "table",
            "caption": "Données manquantes",
            "columns": [{"label": "Donnée", "numeric": False}, {"label": "Valeur", "numeric": True}],
            "rows": [],
            "empty": "Il ne manque rien.",
        },
        {"type": "figure", "svg": "ceci n'est pas un dessin", "alt": "Rien", "caption": "Évolution"},
        {"type": "text", "text": "Une phrase.\n\nUn second paragraphe."},
    ],
    actions=[{"id": "next", "label": "Continuer", "kind": "primary", "disabled": True}],
)

ERRORS = page(
    0,
    "Dites pourquoi vous vous évaluez, et avec qui.",
    problems=[
        {"id": "purpose", "text": "Objet de l'évaluation\u00a0: ce texte est attendu."},
        {"id": "start", "text": "Date de début\u00a0: écrivez une date."},
        {"id": "", "text": "La campagne ne peut pas encore avancer."},
    ],
    blocks=[
        {
            "type": "notice",
            "kind": "error",
            "title": "Enregistrement impossible",
            "text": "La base de données est occupée. Votre saisie est restée à l'écran.",
            "items": [{"text": "Objet de l'évaluation", "target": "purpose"}],
        },
        {
            "type": "fields",
            "legend": "La démarche",
            "fields": [
                {
                    "id": "purpose",
                    "kind": "textarea",
                    "label": "Objet de l'évaluation",
                    "help": "Trois ou quatre phrases suffisent.",
                    "value": "",
                    "required": True,
                    "error": "Ce texte est attendu.",
                    "max": 5000,
                    "width": "full",
                },
                {
                    "id": "name",
                    "kind": "text",
                    "label": "Nom court de la démarche",
                    "value": "Utilité sociale 2025",
                    "saved": "enregistré",
                },
                {
                    "id": "start",
                    "kind": "date",
                    "label": "Date de début",
                    "value": "",
                    "error": "Écrivez une date.",
                    "width": "short",
                },
                {
                    "id": "type",
                    "kind": "select",
                    "label": "Conventionnement",
                    "value": "",
                    "options": [
                        {"id": "aci", "label": "Atelier et chantier d'insertion"},
                        {"id": "ei", "label": "Entreprise d'insertion"},
                    ],
                    "error": "Choisissez une réponse.",
                },
                {
                    "id": "consent",
                    "kind": "check",
                    "label": "Les partenaires sont prévenu-e-s",
                    "help": "Une date de réunion suffit.",
                    "value": True,
                },
                {
                    "id": "formula",
                    "kind": "text",
                    "label": "Formule de l'indicateur",
                    "value": "sorties_dynamique / sorties_total",
                    "live": True,
                    "width": "full",
                    "check": {
                        "tone": "error",
                        "text": "Vouliez-vous dire «\u00a0sorties_dynamiques\u00a0»\u00a0?",
                    },
                },
            ],
        },
    ],
)

REFERENTIAL = page(
    2,
    "Choisissez les indicateurs qui vous ressemblent.",
    blocks=[
        {
            "type": "meter",
            "id": "budget",
            "label": "Temps de collecte estimé",
            "value": 200,
            "max": 480,
            "text": "3 h 20 par an",
            "tone": "ok",
        },
        {
            "type": "notice",
            "kind": "warn",
            "title": "Un indicateur retiré reste visible",
            "text": "Dites pourquoi\u00a0: le réseau doit pouvoir le comprendre.",
        },
        {
            "type": "list",
            "legend": "Faciliter l'accès à l'emploi",
            "items": [
                {
                    "id": "taux",
                    "title": "Taux de sorties dynamiques",
                    "badges": [{"label": "Socle", "tone": "info"}, {"label": "Résultat", "tone": ""}],
                    "text": "Part des sorties vers un emploi, une formation ou une suite positive.",
                    "note": "10 min par an",
                    "open": False,
                    "actions": [{"id": "target", "label": "Fixer une cible", "kind": "quiet"}],
                },
                {
                    "id": "benevolat",
                    "title": "Heures de bénévolat",
                    "badges": [{"label": "Retiré", "tone": "warn"}],
                    "text": "Nous n'accueillons pas de bénévoles.",
                    "note": "",
                    "retired": True,
                    "open": False,
                    "actions": [{"id": "restore", "label": "Rétablir", "kind": "quiet"}],
                },
                {
                    "id": "local",
                    "title": "Personnes accompagnées vers le permis",
                    "badges": [{"label": "À nous", "tone": "ok"}],
                    "text": "",
                    "note": "20 min par an",
                    "open": True,
                    "actions": [
                        {"id": "close", "label": "Refermer", "kind": "quiet"},
                        {"id": "remove", "label": "Retirer", "kind": "quiet"},
                    ],
                    "fields": [
                        {
                            "id": "local.label",
                            "kind": "text",
                            "label": "Nom affiché",
                            "value": "Personnes accompagnées vers le permis",
                            "width": "full",
                        },
                        number("local.target", "Cible", "25", status=None),
                    ],
                },
            ],
            "empty": "",
        },
    ],
)

ANALYSIS = page(
    4,
    "Mettez les faits et votre appréciation côte à côte.",
    blocks=[
        {
            "type": "facts",
            "items": [
                {
                    "label": "Taux de sorties dynamiques",
                    "value": "62,5",
                    "unit": "%",
                    "change": "+ 4 points sur un an",
                    "target": "Cible 2027\u00a0: 60\u00a0%, atteinte",
                    "note": "Renseigné",
                },
                {
                    "label": "Heures de formation",
                    "value": "38,2",
                    "unit": "h par personne",
                    "change": "– 2 h sur un an",
                    "target": "",
                    "note": "Estimé",
                },
                {
                    "label": "Achats locaux",
                    "value": "–",
                    "unit": "",
                    "change": "",
                    "target": "",
                    "note": "Donnée non disponible",
                },
            ],
        },
        {
            "type": "columns",
            "left": [
                {
                    "type": "figure",
                    "svg": DRAWING,
                    "alt": "De 2023 à 2025, le taux passe de 52 à 62,5 %.",
                    "caption": "Sorties dynamiques",
                    "table": {
                        "type": "table",
                        "caption": "Sorties dynamiques par exercice",
                        "columns": [
                            {"label": "Exercice", "numeric": False},
                            {"label": "Taux", "numeric": True},
                        ],
                        "rows": [["2023", "52\u00a0%"], ["2024", "58,5\u00a0%"], ["2025", "62,5\u00a0%"]],
                        "row_headers": True,
                    },
                },
                {
                    "type": "quote",
                    "text": "J'ai repris confiance, et j'ai trouvé un logement.",
                    "who": "Une salariée en parcours, 2025",
                },
            ],
            "right": [
                {
                    "type": "fields",
                    "legend": "Notre appréciation",
                    "fields": [
                        {
                            "id": "level",
                            "kind": "choice",
                            "label": "Où en sommes-nous\u00a0?",
                            "help": "Décidez ensemble.",
                            "value": "avance",
                            "options": [
                                {
                                    "id": "debut",
                                    "label": "Nous débutons",
                                    "help": "Quelques actions isolées.",
                                },
                                {
                                    "id": "avance",
                                    "label": "Nous avançons",
                                    "help": "Des actions régulières, des effets visibles.",
                                },
                                {
                                    "id": "acquis",
                                    "label": "C'est acquis",
                                    "help": "L'équipe et les partenaires le disent.",
                                },
                            ],
                            "saved": "enregistré",
                        },
                        {
                            "id": "why",
                            "kind": "textarea",
                            "label": "Pourquoi\u00a0?",
                            "value": "Les partenariats ont doublé.",
                            "max": 60,
                            "width": "full",
                        },
                    ],
                },
            ],
        },
        {
            "type": "table",
            "caption": "Comparaison avec l'exercice précédent",
            "row_headers": True,
            "columns": [
                {"label": "Indicateur", "numeric": False},
                {"label": "2024", "numeric": True},
                {"label": "2025", "numeric": True},
                {"label": "Cible", "numeric": True},
                {"label": "Écart", "numeric": True},
                {"label": "État", "numeric": False},
                {"label": "", "numeric": False},
            ],
            "rows": [
                [
                    "Taux de sorties dynamiques",
                    "58,5\u00a0%",
                    "62,5\u00a0%",
                    "60\u00a0%",
                    "+ 2,5 points",
                    {"text": "Atteinte", "tone": "ok"},
                    {"text": "", "action": {"id": "explain", "label": "Détail du calcul", "item": "taux"}},
                ],
                [
                    "Heures de formation par salarié-e en parcours",
                    "40,2 h",
                    "38,2 h",
                    "45 h",
                    "– 6,8 h",
                    {"text": "À suivre", "tone": "warn"},
                    "–",
                ],
            ],
        },
    ],
)

RESTITUTION = page(
    5,
    "Votre document est prêt à partager.",
    blocks=[
        {
            "type": "notice",
            "kind": "ok",
            "title": "Tout est renseigné",
            "text": "Vous pouvez créer le document.",
        },
        {
            "type": "notice",
            "kind": "info",
            "title": "",
            "text": "Les témoignages sans accord ne sont pas repris.",
        },
        {
            "type": "group",
            "legend": "Documents",
            "blocks": [
                {
                    "type": "download",
                    "id": "pdf",
                    "label": "Télécharger la restitution (PDF)",
                    "note": "Douze pages environ",
                }
            ],
        },
        {"type": "buttons", "actions": [{"id": "again", "label": "Recommencer", "kind": "danger"}]},
    ],
    toast="Document créé.",
)

STATES: dict[str, State] = {
    "home": HOME,
    "collect": COLLECT,
    "empty": EMPTY,
    "errors": ERRORS,
    "referential": REFERENTIAL,
    "analysis": ANALYSIS,
    "restitution": RESTITUTION,
}
