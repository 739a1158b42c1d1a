"""Pages forked from a warm template, with real processes: what they share and do not, how each ends."""

from __future__ import annotations

import ast
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from coorace_eval.server.forking import provisioner
from coorace_eval.server.forking.client import MODULE, Template
from coorace_eval.server.forking.process import ForkedProcess
from coorace_eval.server.forking.request import KERNEL, LIMIT, Refused, Request
from coorace_eval.server.kernels import MOST_MEMORY

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
SHOW = "from coorace_eval.apps.launch import auto_evaluation\n\nauto_evaluation()"
KINDS = {"fork": {"kernel_provisioner": {"provisioner_name": "coorace-fork"}}, "plain": {}}


class Page:
    """One kernel, started as the server starts it."""

    def __init__(self, folder: Path, kind: str = "fork", extra: tuple[str, ...] = (), **env: str) -> None:
        command = [*KERNEL, "-f", "{connection_file}", *extra]
        spec = KernelSpec(argv=command, display_name="Page", language="python", metadata=KINDS[kind])
        self.short = tempfile.mkdtemp(prefix="c")  # the address of a socket is at most 107 letters long
        self.manager = KernelManager(connection_file=f"{self.short}/page.json", transport="ipc")
        self.manager._kernel_spec = spec
        told = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(folder),
        }
        self.manager.start_kernel(cwd=str(folder), env=told | {"LANG": "C.UTF-8"} | env)
        self.client = self.manager.client()
        self.client.start_channels(hb=False)
        self.client.wait_for_ready(timeout=PATIENCE)

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.manager.provisioner.pid)

    def ask(self, code: str, mime: str = "text/plain") -> Any:
        """Run code, and give its last value as shown; its error is raised."""
        shown: list[Any] = []
        said = self.client.execute_interactive(code, timeout=PATIENCE, output_hook=shown.append)["content"]
        assert said["status"] == "ok", "\n".join(said.get("traceback", []))
        found = [message["content"]["data"] for message in shown if message["msg_type"] == "execute_result"]
        return found[-1][mime] if found else None

    def close(self) -> None:
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        shutil.rmtree(self.short)


@pytest.fixture(scope="module", autouse=True)
def nothing_left() -> Iterator[None]:
    """No template outlives these tests."""
    yield
    provisioner.close()


@pytest.fixture
def open_page(tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open pages, and close them."""
    opened: list[Page] = []

    def make(kind: str = "fork", **kwargs: Any) -> Page:
        opened.append(Page(tmp_path, kind, **kwargs))
        return opened[-1]

    yield make
    for page in opened:
        page.close()


def is_forked(page: Page) -> bool:
    """Whether the parent of a page is the template, and not this process."""
    return page.process.ppid() != os.getpid()


def until(condition: Callable[[], bool]) -> bool:
    """Wait until a condition holds."""
    limit = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < limit:
        time.sleep(0.02)
    return condition()


def is_gone(pid: int) -> bool:
    """Whether a process has ended, buried or not."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


# What a page is


def test_a_forked_page_shows_the_application(open_page, tmp_path):
    page = open_page(COORACE_STORE=f"sqlite:///{tmp_path}/essai.db")
    assert page.process.ppid() == provisioner.TEMPLATE.pid
    view = page.ask(SHOW, "application/vnd.jupyter.widget-view+json")
    assert set(view) >= {"model_id", "version_major"}
    assert "jupyter.widget" in page.ask("list(get_ipython().kernel.comm_manager.targets)")
    assert (tmp_path / "essai.db").stat().st_mode & 0o077 == 0


def test_a_forked_page_imports_almost_nothing_more(open_page, tmp_path):
    url = f"sqlite:///{tmp_path}/essai.db"
    open_page(COORACE_STORE=url).ask(SHOW)  # makes the store
    page = open_page(COORACE_STORE=url)
    page.ask("import sys; known = set(sys.modules)")
    page.ask(SHOW)
    new = page.ask("sorted(name for name in set(sys.modules) - known if '.' not in name)")
    assert new == "[]", f"à ajouter à NEEDED : {new}"


def test_a_page_has_what_it_was_told_and_nothing_of_the_server(open_page, tmp_path, monkeypatch):
    monkeypatch.setenv("COORACE_SECRET", "of the server")
    page = open_page(COORACE_SESSION="abc", TZ="Pacific/Auckland", JPY_PARENT_PID="1")
    page.ask("import os, sys, stat, tempfile, time")
    assert "COORACE_SECRET" not in json.loads(page.ask("__import__('json').dumps(dict(os.environ))")[1:-1])
    told = page.ask("[os.environ[name] for name in ('HOME', 'COORACE_SESSION')]")
    assert ast.literal_eval(told) == [str(tmp_path), "abc"]
    for place in ("os.path.expanduser('~')", "os.getcwd()", "tempfile.gettempdir()"):
        assert page.ask(place) == repr(str(tmp_path))
    assert page.ask("time.tzname[0]") == "'NZST'"
    assert page.ask("oct(os.umask(0o077))") == "'0o77'"
    assert page.ask("os.path.realpath('/proc/self/fd/0')") == "'/dev/null'"
    assert page.ask("os.getsid(0) == os.getpid()") == "True"
    assert b"abc" not in Path(f"/proc/{page.process.pid}/environ").read_bytes()


def test_two_pages_never_draw_the_same_numbers(open_page):
    draw = (
        "import random, numpy, uuid, secrets, tempfile\n(random.random(), float(numpy.random.random()), "
        "str(uuid.uuid4()), secrets.token_hex(), float(numpy.random.default_rng().random()), "
        "tempfile.mktemp())"
    )
    first, second = (eval(open_page().ask(draw)) for _ in range(2))
    assert not set(first) & set(second)


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_ignores_what_this_person_set_for_their_notebooks(open_page, tmp_path, kind):
    profile = tmp_path / ".ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "startup" / "00.py").write_text("started = 1", "utf-8")
    (profile / "ipython_kernel_config.py").write_text(
        "c.IPKernelApp.exec_lines = ['configured = 1']", "utf-8"
    )
    page = open_page(kind)
    assert page.ask("[name for name in ('started', 'configured') if name in globals()]") == "[]"
    assert not list(profile.glob("history.sqlite*"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_takes_no_more_memory_than_was_said(open_page, kind):
    page = open_page(kind, extra=("--memory", str(500 << 20)))
    taken = "try:\n    bytearray({} << 20)\n    word = 'taken'\nexcept MemoryError:\n    word = 'refused'"
    assert page.ask(taken.format(700) + "\nword") == "'refused'"
    assert page.ask(taken.format(50) + "\nword") == "'taken'"


def test_a_page_draws_and_prints_within_the_memory_of_the_server(open_page):
    page = open_page(extra=("--memory", str(MOST_MEMORY)))
    page.ask("import altair, pandas, typst, vl_convert")
    page.ask("chart = altair.Chart(pandas.DataFrame({'a': [1, 2]})).mark_bar().encode(x='a:Q', y='a:Q')")
    assert page.ask("vl_convert.vegalite_to_svg(chart.to_dict())[:4]") == "'<svg'"
    assert page.ask("bytes(typst.compile(b'Bonjour'))[:4]") == "b'%PDF'"


# Its life, as Jupyter leads it


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_interrupted_and_goes_on(open_page, kind):
    page = open_page(kind)
    with ThreadPoolExecutor(1) as other:
        running = other.submit(page.client.execute_interactive, "while True: pass", timeout=PATIENCE)
        time.sleep(0.5)
        page.manager.interrupt_kernel()
        assert running.result(PATIENCE)["content"]["ename"] == "KeyboardInterrupt"
    assert page.ask("1 + 1") == "2"


@pytest.mark.parametrize("now", [True, False])
def test_a_page_ends_when_it_is_asked_to(open_page, now):
    page = open_page()
    pid = page.process.pid
    assert page.manager.is_alive() and page.manager.has_kernel
    page.manager.shutdown_kernel(now=now)
    assert not page.manager.is_alive() and not page.manager.has_kernel
    assert until(lambda: not psutil.pid_exists(pid))  # the template buried it


def test_a_page_restarts_as_another_process(open_page):
    page = open_page()
    before = page.process.pid
    page.ask("kept = 1")
    page.manager.restart_kernel(now=True)
    page.client.wait_for_ready(timeout=PATIENCE)
    assert page.process.pid != before and is_forked(page)
    assert page.ask("'kept' in globals()") == "False"


def test_a_killed_page_is_seen_dead(open_page):
    page = open_page()
    page.process.kill()
    assert until(lambda: not page.manager.is_alive())
    page.manager.provisioner.process.kill()  # no harm, nor to another process
    assert page.manager.provisioner.process.wait(1) == 0


def test_waiting_for_a_living_page_ends(open_page):
    process = open_page().manager.provisioner.process
    with pytest.raises(TimeoutError):
        process.wait(0.05)


def test_a_page_that_nobody_holds_any_more_ends(tmp_path):
    template = Template()
    try:
        process = template.fork(Request(["-f", str(tmp_path / "page.json")], dict(os.environ), str(tmp_path)))
        pid = process.pid
        assert not is_gone(pid)
        del process
        assert until(lambda: is_gone(pid))
    finally:
        template.close()


def test_twelve_pages_open_together(open_page):
    with ThreadPoolExecutor(12) as together:
        pages = list(together.map(lambda _: open_page(), range(12)))
    assert len({page.process.pid for page in pages}) == 12
    assert {page.process.ppid() for page in pages} == {provisioner.TEMPLATE.pid}
    assert [page.ask("6 * 7") for page in pages] == ["42"] * 12


def test_a_page_opens_past_the_thousandth_descriptor(open_page):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = min(most, 4096) if most > 0 else 4096
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], soft), most))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        page = open_page()
        assert is_forked(page) and page.ask("1") == "1" and page.manager.is_alive()
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


# The template


def test_the_template_holds_nothing_that_cannot_be_shared():
    code = """
import gc, json, os, sys
from coorace_eval.server.forking.template import warm, check_alone
warm()
check_alone()
import asyncio, zmq
from IPython.core.interactiveshell import InteractiveShell
from ipykernel import ipkernel
from ipywidgets.widgets.widget import _instances
from sqlalchemy import Connection, Engine
kinds = (asyncio.AbstractEventLoop, zmq.Context, zmq.Socket, Connection, Engine)
asyncio_loop = asyncio._get_running_loop()
print(json.dumps({
    "loaded": [name for name in ("vl_convert", "typst", "jedi", "debugpy") if sys.modules.get(name)],
    "held": [type(one).__name__ for one in gc.get_objects() if isinstance(one, kinds)],
    "shell": InteractiveShell.initialized(), "comms": ipkernel._comm_manager is not None,
    "widgets": len(_instances), "frozen": gc.get_freeze_count() > 100_000,
    "open": sorted(os.readlink(f"/proc/self/fd/{fd}").split(":")[0] for fd in os.listdir("/proc/self/fd")
                   if int(fd) > 2 and os.path.exists(f"/proc/self/fd/{fd}")),
}))
"""
    env = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], env=env, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "loaded": [], "held": [], "shell": False, "comms": False, "widgets": 0, "frozen": True, "open": [],
    }  # fmt: skip


def test_the_living_template_has_one_thread_and_one_nameless_socket(open_page):
    page = open_page()
    pid = provisioner.TEMPLATE.pid
    assert len(os.listdir(f"/proc/{pid}/task")) == 1
    links = [os.readlink(f"/proc/{pid}/fd/{number}") for number in os.listdir(f"/proc/{pid}/fd")]
    sockets = [link[len("socket:[") : -1] for link in links if link.startswith("socket:[")]
    own = [number for number in sockets if number == os.readlink(f"/proc/{pid}/fd/0")[len("socket:[") : -1]]
    assert own and all(number in own for number in sockets)
    rows = [row.split() for row in Path("/proc/net/unix").read_text().splitlines()]
    assert [len(row) for row in rows if row[6] == own[0]] == [7]  # no eighth column: no name to connect to
    assert is_forked(page)


def test_the_template_may_die_and_its_pages_live_on(open_page):
    page = open_page()
    page.ask("kept = 1")
    before = provisioner.TEMPLATE.pid
    os.kill(before, signal.SIGKILL)
    assert page.ask("kept") == "1" and page.manager.is_alive()
    other = open_page()
    assert provisioner.TEMPLATE.pid not in (None, before)
    assert other.process.ppid() == provisioner.TEMPLATE.pid
    page.manager.shutdown_kernel(now=True)
    assert not page.manager.is_alive()


def test_the_template_refuses_nonsense_and_goes_on(tmp_path):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    env = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with ours:
        with theirs:
            child = subprocess.Popen([sys.executable, "-P", "-m", MODULE], stdin=theirs.fileno(), env=env)
        ours.settimeout(PATIENCE)
        assert json.loads(ours.recv(LIMIT)) == {"ready": child.pid}
        for packet in (b"nonsense", b"[]", b"x" * (LIMIT + 100), b'{"arguments": [], "env": {}, "cwd": "/"}'):
            ours.send(packet)  # the last one brings no lifeline
            assert "refused" in json.loads(ours.recv(LIMIT)), packet[:40]
        assert child.poll() is None and not psutil.Process(child.pid).children()
    assert child.wait(PATIENCE) == 0  # the server is gone


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"{", "JSON"),
        (b'{"cwd": "/"}', "champs"),
        (b'{"arguments": {}, "env": {}, "cwd": "/"}', "forme"),
        (b'{"arguments": [1], "env": {}, "cwd": "/"}', "textes"),
        (b'{"arguments": [], "env": {"A": null}, "cwd": "/"}', "textes"),
        (b'{"arguments": [], "env": {"A": "\\u0000"}, "cwd": "/"}', "textes"),
        (b'{"arguments": [], "env": {"A=B": "c"}, "cwd": "/"}', "mal nomm"),
        (b'{"arguments": [], "env": {}, "cwd": "/", "uid": 0}', "champs"),
    ],
)
def test_a_request_of_another_shape_is_refused(packet, reason):
    with pytest.raises(Refused, match=reason):
        Request.read(packet)


def test_a_request_is_read_as_it_was_written():
    request = Request(["-f", "é.json"], {"COORACE_STORE": "sqlite:///é.db"}, "/srv")
    assert Request.read(request.packet()) == request


# The death of the server

SERVER = """
import os, signal, sys, time
from coorace_eval.server.forking.client import Template
from coorace_eval.server.forking.request import Request
template = Template()
pages = [template.fork(Request(["-f", f"{sys.argv[1]}/page-{n}.json"], dict(os.environ), sys.argv[1]))
         for n in range(2)]
print(template.pid, *(page.pid for page in pages), flush=True)
time.sleep(600)
"""


@pytest.fixture
def server(tmp_path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process with a template and two pages."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SERVER, str(tmp_path)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        pids = [int(word) for word in process.stdout.readline().split()]
        assert len(pids) == 3
        yield process, pids
        process.kill()
        for pid in pids:
            if not is_gone(pid):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_dies_and_all_its_processes_with_it(server, ending):
    process, pids = server
    process.send_signal(ending)
    assert until(lambda: all(map(is_gone, pids)))


def test_the_server_dies_after_its_template_and_the_pages_end_too(server):
    process, (template, *pages) = server
    os.kill(template, signal.SIGKILL)
    time.sleep(0.2)
    assert not any(map(is_gone, pages))
    process.kill()
    assert until(lambda: all(map(is_gone, pages)))


def test_a_page_forked_after_the_death_of_its_server_ends_at_once():
    code = "import os\nfrom coorace_eval.server.forking.child import hold\nend, held = os.pipe()\n"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    alive = subprocess.run(
        [sys.executable, "-c", code + "hold(end)\nprint('lives')"], env=env, capture_output=True
    )
    late = subprocess.run([sys.executable, "-c", code + "os.close(held)\nhold(end)\nprint('lives')"], env=env)
    assert (alive.stdout, late.returncode) == (b"lives\n", 1)


# When it cannot be


@pytest.fixture
def fresh(monkeypatch) -> Iterator[Template]:
    """A template of this test alone, not started yet."""
    template = Template()
    monkeypatch.setattr(provisioner, "TEMPLATE", template)
    yield template
    template.close()


def opens_plainly(page: Page, caplog: pytest.LogCaptureFixture, *words: str) -> bool:
    """Whether the page works, is no fork, and the log says why."""
    said = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert any(all(word in line for word in words) for line in said), said
    return not is_forked(page) and page.ask("1 + 1") == "2"


@pytest.fixture
def on_the_way(tmp_path, monkeypatch) -> Callable[[str, str], None]:
    """Put a module before all others on the way of the template."""

    def put(name: str, text: str) -> None:
        folder = tmp_path / "before"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(text, "utf-8")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))

    return put


def test_a_second_thread_forbids_the_fork(fresh, open_page, on_the_way, caplog):
    on_the_way("anywidget_hook", "")
    on_the_way("sitecustomize", "import threading, time\n"
               "threading.Thread(target=time.sleep, args=(600,), daemon=True).start()")  # fmt: skip
    assert opens_plainly(open_page(), caplog, "2 fils d'exécution au lieu d'un")
    assert fresh.pid is None


def test_a_module_that_does_not_load_is_said(fresh, open_page, on_the_way, caplog):
    on_the_way("anywidget", "raise RuntimeError('installation incomplète')")
    assert opens_plainly(open_page(), caplog, "n'a pas démarré", "installation incomplète")


def test_a_template_that_fails_is_not_tried_at_each_page(fresh, open_page, on_the_way, tmp_path, caplog):
    on_the_way("anywidget", f"open({str(tmp_path / 'tries')!r}, 'a').write('x'); raise RuntimeError('non')")
    assert opens_plainly(open_page(), caplog, "non") and opens_plainly(open_page(), caplog, "non")
    assert (tmp_path / "tries").read_text() == "x"


def test_a_template_that_does_not_answer_is_ended(fresh, open_page, caplog):
    fresh.start()
    fresh.reply = 0.5
    stopped = fresh.pid
    os.kill(stopped, signal.SIGSTOP)
    assert opens_plainly(open_page(), caplog, "ne répond pas")
    assert is_gone(stopped)
    fresh.reply = 10
    assert is_forked(open_page())


def test_a_template_too_slow_to_start_is_ended(fresh, open_page, on_the_way, caplog):
    fresh.patience = 0.5
    on_the_way("anywidget", "import time; time.sleep(600)")
    assert opens_plainly(open_page(), caplog, "ne répond pas")
    assert fresh.pid is None


def test_a_request_too_long_is_not_sent(open_page, caplog):
    assert opens_plainly(open_page(COORACE_NOTE="x" * (LIMIT + 1)), caplog, "octets")


def test_a_system_without_process_descriptors_opens_plain_pages(fresh, open_page, monkeypatch, caplog):
    monkeypatch.delattr(os, "pidfd_open")  # as on macOS
    assert opens_plainly(open_page(), caplog, "ce système")


def test_another_kernel_is_started_as_usual():
    with pytest.raises(Refused, match="noyau des pages"):
        Request.of_launch([sys.executable, "-m", "ipykernel_launcher", "-f", "x"], {"env": {}})
    with pytest.raises(Refused, match="autre chose"):
        Request.of_launch([*KERNEL, "-f", "x"], {"env": {}, "independent": True})


def test_warming_up_says_whether_it_did(fresh, on_the_way):
    assert provisioner.warm_up().result(PATIENCE) is True
    assert fresh.pid
    fresh.close()
    on_the_way("anywidget", "raise RuntimeError('non')")
    assert provisioner.warm_up().result(PATIENCE) is False


def test_a_process_descriptor_is_closed_once(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    end, held = os.pipe()
    handle = os.pidfd_open(child.pid)
    process = ForkedProcess(child.pid, handle, held)
    assert process.wait(PATIENCE) == 0 and process.poll() == 0
    for descriptor in (handle, held):
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)
    os.close(end)
    child.wait()
