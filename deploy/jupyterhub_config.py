"""Un JupyterHub 6 qui ouvre l'application aux entreprises, et JupyterLab aux chercheurs et chercheuses.

À copier, puis à adapter ; ``docs/jupyterhub.md`` explique chaque choix. Rien de secret n'est écrit ici : les adresses
des bases, avec leurs mots de passe, viennent de l'environnement du Hub (fichier ``EnvironmentFile`` de systemd, 0600).

- ``COORACE_STORE`` : la base de l'application, avec tous ses droits ; seul le service la reçoit ;
- ``COORACE_RECHERCHE`` : la même base, par le compte ``coorace_recherche`` (voir ``recherche.sql``) ; les serveurs de
  recherche ne reçoivent que celle-là.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (donné par JupyterHub)

SERVICE = "coorace"
APPLICATION = os.environ.get("COORACE_APPLICATION", "http://127.0.0.1:8866")

# --- Où l'on entre. Un serveur mandataire chiffre devant le Hub (voir nginx.conf) : rien d'autre n'est en clair.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.default_url = f"/services/{SERVICE}/"
# Le carnet d'une personne est une page de plein droit : sous un nom à elle, il ne peut rien contre l'application.
# Demande un certificat pour *.hub.exemple.fr.
# c.JupyterHub.public_url = "https://hub.exemple.fr"
# c.JupyterHub.subdomain_host = "https://hub.exemple.fr"

# --- Qui l'on est. À choisir parmi les authentificateurs de JupyterHub (OAuth, LDAP…) ; sans choix, personne n'entre.
# c.JupyterHub.authenticator_class = "generic-oauth"

# --- Ce que l'on fait : les groupes disent le rôle, et de quelle entreprise (« entreprise:ateliers_du_marais »).
c.JupyterHub.load_groups = {
    "coorace-federation": {"users": []},
    "coorace-referent": {"users": []},
    "coorace-entreprise": {"users": []},
    "coorace-recherche": {"users": []},
}
c.JupyterHub.load_roles = [
    # Chacun-e atteint l'application, qui lit son nom et ses groupes, et n'a pas de serveur à soi…
    {
        "name": "user",
        "scopes": [f"access:services!service={SERVICE}", "read:users:name!user", "read:users:groups!user"],
    },
    # … sauf pour la recherche.
    {"name": "recherche", "scopes": ["self"], "groups": ["coorace-recherche"]},
]

# --- L'application : un service du Hub, que le Hub lance et relance.
c.JupyterHub.services = [
    {
        "name": SERVICE,
        "url": APPLICATION,
        "command": [str(Path(sys.executable).with_name("coorace-eval")), "serve", "--hub"],
        "environment": {
            name: os.environ[name]
            for name in ("COORACE_STORE", "COORACE_REFERENTIAL", "PATH", "LANG")
            if name in os.environ
        },
        "oauth_no_confirm": True,
        "display": False,
    }
]

# --- Les serveurs de recherche. En production, un conteneur ou une unité systemd par personne (DockerSpawner,
# SystemdSpawner) : le réglage d'origine lance un processus sous le compte système du même nom.
c.Spawner.default_url = "/lab"
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.env_keep = ["PATH", "LANG"]
c.Spawner.environment = {"COORACE_RECHERCHE": os.environ.get("COORACE_RECHERCHE", "")}
