"""Un JupyterHub 6 qui ouvre l'application aux entreprises, et JupyterLab à la recherche.

À copier, puis à adapter ; ``docs/jupyterhub.md`` explique chaque choix. Rien de secret n'est écrit ici : les
adresses des bases, avec leurs mots de passe, viennent de l'environnement du Hub (un ``EnvironmentFile`` de
systemd, fermé aux autres comptes).

- ``COORACE_STORE`` : la base de l'application, avec tous ses droits ; seul le service la reçoit ;
- ``COORACE_RECHERCHE`` : la même base, par le compte ``coorace_recherche`` (voir ``recherche.sql``) ; les
  serveurs de recherche ne reçoivent que celle-là.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (donné par JupyterHub)

SERVICE = "coorace"
TOLD = ("COORACE_STORE", "COORACE_REFERENTIAL", "COORACE_NOTEBOOK", "COORACE_SECRETS", "PATH", "LANG")

# --- Où l'on entre. Un serveur mandataire chiffre devant le Hub : celui-ci n'écoute que sur la machine.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.default_url = f"/services/{SERVICE}/"
# Chaque serveur de recherche a un nom à lui : ce qu'un carnet affiche ne peut rien contre l'application.
# Demande un certificat pour hub.exemple.fr et *.hub.exemple.fr.
# c.JupyterHub.public_url = "https://hub.exemple.fr"
# c.JupyterHub.subdomain_host = "https://hub.exemple.fr"

# --- Qui l'on est. À choisir parmi les authentificateurs de JupyterHub (OAuth, LDAP…).
# c.JupyterHub.authenticator_class = "generic-oauth"
# c.Authenticator.auto_login = True  # droit au service d'identité, sans la page du Hub, qui est en anglais

# --- Ce que l'on fait : un groupe dit le rôle, un autre l'entreprise (« entreprise:ateliers_du_marais »).
c.JupyterHub.load_groups = {
    "coorace-federation": {"users": []},
    "coorace-referent": {"users": []},
    "coorace-entreprise": {"users": []},
    "coorace-recherche": {"users": []},
}
c.JupyterHub.load_roles = [
    # Chaque personne atteint l'application, qui lit son nom et ses groupes, et n'a pas de serveur à elle…
    {
        "name": "user",
        "scopes": [f"access:services!service={SERVICE}", "read:users:name!user", "read:users:groups!user"],
    },
    # … sauf pour la recherche.
    {"name": "recherche", "scopes": ["self"], "groups": ["coorace-recherche"]},
]

# --- L'application : un service du Hub, qui la lance et la relance.
c.JupyterHub.services = [
    {
        "name": SERVICE,
        "url": os.environ.get("COORACE_APPLICATION", "http://127.0.0.1:8866"),
        "command": [str(Path(sys.executable).with_name("coorace-eval")), "serve", "--hub"],
        "environment": {name: os.environ[name] for name in TOLD if name in os.environ},
        "oauth_no_confirm": True,
        "display": False,
        "timeout": 120,  # secondes : une machine occupée ne fait pas renoncer le Hub
    }
]

# --- Les serveurs de recherche. D'origine, un processus sous le compte système du même nom ; mieux, un
# conteneur ou une unité par personne (DockerSpawner, SystemdSpawner).
c.Spawner.default_url = "/lab"
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.env_keep = ["PATH", "LANG"]
# JupyterLab ne demande rien au-dehors : ni nouvelles, ni mises à jour.
c.Spawner.args = [
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]
c.Spawner.environment = {"COORACE_RECHERCHE": os.environ.get("COORACE_RECHERCHE", "")}
