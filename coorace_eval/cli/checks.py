"""What ``doctor`` looks at, one thing after the other; each says what it found and what to do."""

from __future__ import annotations

import importlib.metadata
import json
import locale
import os
import re
import socket
import ssl
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

from coorace_eval.formatting import format_number, format_size
from coorace_eval.problems import CooraceError

LEAST_ROOM = 500 << 20
OLDEST_BACKUP = timedelta(hours=36)
CERTIFICATE_LEFT = timedelta(days=14)
OLDEST_CLOCK = datetime(2026, 11, 1, tzinfo=UTC)


class Level(Enum):
    """How it is: a sign and words, never a colour alone."""

    GOOD = "✓ bien"
    NOTE = "! à voir"
    WRONG = "✗ à corriger"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at."""

    name: str
    level: Level
    said: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is going to be served, and where; see the options of ``serve``."""

    store: str
    shared: bool
    address: str
    port: int
    base_url: str
    behind_proxy: bool
    has_certificate: bool
    secrets: Path | None
    backups: Path | None
    site: str


def look(setting: Setting) -> Iterator[Found]:
    """Look at everything; a check that fails says so, and the others go on."""
    for name, check in CHECKS.items():
        try:
            yield from check(name, setting)
        except CooraceError as error:
            for problem in error.problems:
                said = problem.cause[:1].lower() + problem.cause[1:]
                yield Found(name, Level.WRONG, said, problem.hint or problem.remedy)
        except Exception as error:
            said = f"le contrôle n'a pas abouti ({type(error).__name__})."
            yield Found(name, Level.WRONG, said, "Signalez-le avec ce message.")


def _python(name: str, _: Setting) -> Iterator[Found]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Found(name, Level.GOOD, f"{version}, {sys.executable}.")


def _packages(name: str, _: Setting) -> Iterator[Found]:
    asked = importlib.metadata.requires("coorace_eval") or []
    names = [re.match(r"[\w.-]+", line)[0] for line in asked if "extra ==" not in line]  # type: ignore[index]
    pinned = _pinned()
    absent, other = [], []
    for package in names:
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            absent.append(package)
            continue
        if pinned and pinned.get(_plain(package), version) != version:
            other.append(f"{package} {version} au lieu de {pinned[_plain(package)]}")
    renew = "Réinstallez : pip install -c constraints.txt -e ."
    if absent:
        yield Found(name, Level.WRONG, f"il manque {', '.join(absent)}.", renew)
    elif other:
        yield Found(name, Level.NOTE, f"versions non essayées ensemble : {', '.join(other)}.", renew)
    else:
        tried = "aux versions essayées ensemble" if pinned else "présents"
        yield Found(name, Level.GOOD, f"{len(names)} paquets, {tried}.")


def _pinned() -> dict[str, str]:
    file = Path(__file__).parents[2] / "constraints.txt"
    if not file.is_file():
        return {}
    lines = [line for line in file.read_text("utf-8").splitlines() if "==" in line and line[0] != "#"]
    return {_plain(package): version for package, _, version in (line.partition("==") for line in lines)}


def _plain(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def _store(name: str, setting: Setting) -> Iterator[Found]:
    from coorace_eval.storage.inspection import RESTORE, examine

    state = examine(setting.store)
    if state.faults:
        yield Found(name, Level.WRONG, f"{state.kind} : {' ; '.join(state.faults)}.", RESTORE)
    else:
        said = f"{state.kind}, {format_size(state.size)}, entière et à jour."
        yield Found(name, Level.GOOD, said)
    if not state.is_writable:
        remedy = "Donnez à ce compte le droit d'écrire dans la base et son dossier."
        yield Found(name, Level.WRONG, "ce compte ne peut pas y écrire.", remedy)
    if not state.is_private:
        remedy = f"Fermez-la : chmod 600 {state.file}*"
        yield Found(name, Level.WRONG, "d'autres comptes de la machine peuvent la lire.", remedy)
    if state.file is not None and state.file.stat().st_uid != os.geteuid():
        remedy = "Lancez cette commande par le compte du service, par exemple avec sudo -u."
        yield Found(name, Level.NOTE, "elle appartient à un autre compte que le vôtre.", remedy)
    yield from _managers("Comptes", setting, state.accounts, state.managers)


def _managers(name: str, setting: Setting, accounts: int, managers: int) -> Iterator[Found]:
    first = "Créez-en un : coorace-eval users add … --role federation"
    if managers:
        yield Found(name, Level.GOOD, f"{accounts} en tout, dont {managers} pour la fédération.")
    elif accounts or setting.shared:
        said = "aucun compte de la fédération n'a encore choisi son mot de passe."
        yield Found(name, Level.WRONG, said, first)
    else:
        yield Found(name, Level.NOTE, "aucun : cette base est celle d'une seule personne.", first)


def _room(name: str, setting: Setting) -> Iterator[Found]:
    from coorace_eval.storage.inspection import room_beside

    folder, room = room_beside(setting.store)
    if room < LEAST_ROOM:
        remedy = "Libérez de la place, ou retirez d'anciennes sauvegardes."
        yield Found(name, Level.WRONG, f"il ne reste que {format_size(room)} dans {folder}.", remedy)
    else:
        yield Found(name, Level.GOOD, f"il reste {format_size(room)} dans {folder}.")


def _backups(name: str, setting: Setting) -> Iterator[Found]:
    from coorace_eval.storage.backup import backups, made_at, usual_folder, usual_stem

    folder = setting.backups or usual_folder(setting.store)
    found = backups(folder, usual_stem(setting.store)) if folder.is_dir() else []
    last = made_at(found[0]) if found else None
    remedy = "Sauvegardez maintenant (coorace-eval backup), puis chaque nuit."
    level = Level.WRONG if setting.shared else Level.NOTE
    if last is None:
        yield Found(name, level, f"aucune dans {folder}.", remedy)
    elif (age := datetime.now(UTC) - last) > OLDEST_BACKUP:
        yield Found(name, level, f"la dernière a {_length(age)}.", remedy)
    else:
        yield Found(name, Level.GOOD, f"{len(found)}, la dernière il y a {_length(age)}.")


def _secrets(name: str, setting: Setting) -> Iterator[Found]:
    from coorace_eval.storage.inspection import is_private

    folder = setting.secrets
    if folder is None:
        said = "aucun dossier : la clé change à chaque démarrage."
        level = Level.NOTE if setting.shared else Level.GOOD
        yield Found(name, level, said, "Indiquez-en un avec « --secrets »." if setting.shared else "")
        return
    if not folder.exists():
        yield Found(name, Level.NOTE, f"{folder} sera créé au premier démarrage.")
        return
    loose = [path for path in (folder, *folder.iterdir()) if not is_private(path)]
    if loose:
        remedy = f"Fermez le dossier et ses fichiers : chmod -R go= {folder}"
        yield Found(name, Level.WRONG, f"d'autres comptes peuvent lire {loose[0]}.", remedy)
    else:
        yield Found(name, Level.GOOD, f"{folder} est fermé aux autres comptes.")


def _pages(name: str, _: Setting) -> Iterator[Found]:
    from coorace_eval.server.limits import is_short_of_memory, most_pages

    said = f"assez pour {most_pages()} pages ouvertes à la fois."
    if is_short_of_memory():
        remedy = "Fermez d'autres programmes, ou prenez une machine plus grande."
        yield Found(name, Level.WRONG, f"{said[:-1]}, mais presque tout est pris en ce moment.", remedy)
    else:
        yield Found(name, Level.GOOD, said)


def _kernels(name: str, _: Setting) -> Iterator[Found]:
    from coorace_eval.server.forking.client import Template
    from coorace_eval.server.forking.request import Refused

    template = Template(patience=60)
    began = time.monotonic()
    try:
        template.start()
    except Refused as reason:
        said = f"sans modèle : {reason}. Chaque page s'ouvre plus lentement et prend plus de mémoire."
        yield Found(name, Level.NOTE, said)
    else:
        seconds = format_number(round(time.monotonic() - began, 1))
        yield Found(name, Level.GOOD, f"le modèle des pages est prêt en {seconds} s.")
    finally:
        template.close()


def _port(name: str, setting: Setting) -> Iterator[Found]:
    where = f"{setting.address}:{setting.port}"
    scheme = "https" if setting.has_certificate else "http"
    state = _health(f"{scheme}://{where}{setting.base_url.rstrip('/')}/sante", verify=False)
    if state == "pret":
        yield Found(name, Level.GOOD, f"le serveur répond sur {where}.")
        return
    family = socket.AF_INET6 if ":" in setting.address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((setting.address, setting.port))
        except OSError:
            remedy = "Arrêtez l'autre programme, ou choisissez un autre port avec « --port »."
            yield Found(name, Level.WRONG, f"{where} est pris par un autre programme.", remedy)
            return
    yield Found(name, Level.GOOD, f"{where} est libre : le serveur ne tourne pas encore.")


def _health(url: str, *, verify: bool) -> str:
    """What the health page says; empty when nobody of ours answers."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    direct = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with direct.open(url, timeout=5) as reply:
            return str(json.loads(reply.read(10_000)).get("etat", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def _site(name: str, setting: Setting) -> Iterator[Found]:
    loopback = setting.address in ("127.0.0.1", "localhost", "::1")
    if setting.site:
        yield from _certificate(name, setting.site)
    elif setting.behind_proxy or setting.has_certificate:
        yield Found(name, Level.NOTE, "certificat non vérifié.", "Indiquez « --site https://… ».")
    elif not loopback:
        remedy = "Mettez nginx devant (deploy/nginx.conf), avec « --behind-proxy »."
        yield Found(name, Level.WRONG, "les mots de passe passeraient en clair sur le réseau.", remedy)
    elif setting.shared:
        remedy = "Pour ouvrir aux autres : nginx devant (deploy/nginx.conf) et « --behind-proxy »."
        yield Found(name, Level.NOTE, "joignable de cette machine seulement.", remedy)
    else:
        yield Found(name, Level.GOOD, "joignable de cette machine seulement.")


def _certificate(name: str, site: str) -> Iterator[Found]:
    parts = urlsplit(site)
    renew = "Renouvelez le certificat (certbot renew), puis rechargez nginx."
    if parts.scheme != "https" or not parts.hostname:
        yield Found(
            name, Level.WRONG, f"{site} n'est pas une adresse en https.", "Chiffrez le site avec TLS."
        )
        return
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 443), timeout=5) as link,
            ssl.create_default_context().wrap_socket(link, server_hostname=parts.hostname) as secure,
        ):
            end = str((secure.getpeercert() or {}).get("notAfter", ""))
    except ssl.SSLError:
        yield Found(name, Level.WRONG, f"le certificat de {parts.hostname} n'est pas valable.", renew)
        return
    except OSError:
        remedy = "Vérifiez nginx, le nom du site et le pare-feu."
        yield Found(name, Level.WRONG, f"{parts.hostname} ne répond pas.", remedy)
        return
    left = datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC) - datetime.now(UTC)
    level = Level.GOOD if left > CERTIFICATE_LEFT else Level.WRONG
    yield Found(
        name, level, f"le certificat vaut encore {_length(left)}.", "" if left > CERTIFICATE_LEFT else renew
    )
    if _health(f"{site.rstrip('/')}/sante", verify=True) != "pret":
        remedy = "Vérifiez que le service tourne et que nginx lui parle."
        yield Found(name, Level.WRONG, f"{site} ne mène pas à l'application.", remedy)


def _documents(name: str, _: Setting) -> Iterator[Found]:
    """Draw a chart, compose a page around it with the fonts shipped here, and write it."""
    from coorace_eval.charts.drawing import blank
    from coorace_eval.reports.content import Figure, Paragraph, Report, Section

    blocks = Paragraph("Accents : éèçœ"), Figure.from_chart(blank("Un graphique"))
    page = Report("Contrôle", "Machine", 2026, (), (Section("Essai", blocks),))
    with tempfile.TemporaryDirectory(prefix="coorace_") as folder:
        file = Path(folder) / "controle.pdf"
        page.to_pdf(file)
        yield Found(
            name, Level.GOOD, f"un PDF avec un graphique s'écrit ({format_size(file.stat().st_size)})."
        )


def _clock(name: str, _: Setting) -> Iterator[Found]:
    now = datetime.now().astimezone()
    if now < OLDEST_CLOCK:
        remedy = "Réglez l'heure : timedatectl set-ntp true"
        yield Found(name, Level.WRONG, f"la machine se croit le {now:%d/%m/%Y}.", remedy)
    else:
        yield Found(name, Level.GOOD, f"{now:%d/%m/%Y %H:%M} ({now:%Z}).")


def _letters(name: str, _: Setting) -> Iterator[Found]:
    used = {locale.getpreferredencoding(False).lower(), sys.getfilesystemencoding().lower()}
    if used <= {"utf-8", "utf8"}:
        yield Found(name, Level.GOOD, "les accents s'écrivent en UTF-8.")
    else:
        remedy = "Posez LANG=C.UTF-8 dans l'environnement du service."
        yield Found(name, Level.WRONG, f"la machine écrit en {', '.join(sorted(used))}.", remedy)


def _length(time: timedelta) -> str:
    days, hours = time.days, time.seconds // 3600
    if days > 1:
        return f"{days} jours"
    return f"{24 * days + hours} h" if days or hours else f"{time.seconds // 60} min"


CHECKS: dict[str, Callable[[str, Setting], Iterator[Found]]] = {
    "Python": _python,
    "Paquets": _packages,
    "Base de données": _store,
    "Place sur le disque": _room,
    "Sauvegardes": _backups,
    "Clé du serveur": _secrets,
    "Mémoire": _pages,
    "Processus des pages": _kernels,
    "Port": _port,
    "Chiffrement": _site,
    "Documents": _documents,
    "Horloge": _clock,
    "Langue": _letters,
}
