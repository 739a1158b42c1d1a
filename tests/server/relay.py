"""A small relay between a browser and a server, which a test cuts as networks are cut."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time

from apps.browser import free_port

ABRUPTLY = struct.pack("ii", 1, 0)


class Relay:
    """Carries each connection to ``port``, until it is told not to.

    Parameters
    ----------
    port
        Where the server listens, on the loopback address.
    """

    def __init__(self, port: int) -> None:
        self.target, self.port = port, free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.passing, self.refused = True, b""
        self.pairs: list[Pair] = []
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self) -> None:
        """End every connection at once and refuse the next ones."""
        self.passing = False
        for pair in self.pairs:
            pair.end()

    def drop(self) -> None:
        """End every connection at once; the next ones pass."""
        self.cut()
        self.passing = True

    def forget(self) -> None:
        """Lose every connection without a word, as a closed laptop does; the next ones pass."""
        for pair in self.pairs:
            pair.silent = True

    def refuse(self, words: bytes) -> None:
        """Refuse the requests whose first line holds ``words``, and end those that passed."""
        self.refused = words
        for pair in self.pairs:
            if words in pair.first:
                pair.end()

    def mend(self) -> None:
        """Let everything pass again."""
        self.passing, self.refused = True, b""

    def close(self) -> None:
        """End the relay."""
        self.cut()
        self.listener.close()

    def _listen(self) -> None:
        while True:
            try:
                here, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(here,), daemon=True).start()

    def _serve(self, here: socket.socket) -> None:
        try:
            if not self.passing:
                raise ConnectionError
            there = socket.create_connection(("127.0.0.1", self.target), timeout=10)
            there.settimeout(None)
        except OSError:
            reset(here)
            return
        pair = Pair(self, here, there)
        self.pairs.append(pair)
        pair.run()
        self.pairs.remove(pair)


class Pair:
    """One connection of a browser and the one to the server that carries it."""

    def __init__(self, relay: Relay, here: socket.socket, there: socket.socket) -> None:
        self.relay, self.here, self.there = relay, here, there
        self.first, self.silent = b"", False

    def run(self) -> None:
        """Carry bytes both ways until one side ends."""
        back = threading.Thread(target=self._carry, args=(self.there, self.here), daemon=True)
        back.start()
        self._carry(self.here, self.there)
        back.join()

    def end(self) -> None:
        """End both sides abruptly."""
        for side in (self.here, self.there):
            reset(side)

    def _carry(self, source: socket.socket, goal: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if source is self.here:
                    self.first = data.split(b"\r\n", 1)[0] if data[:4] == b"GET " else self.first
                    if self.relay.refused and self.relay.refused in self.first:
                        break
                if not self.silent:
                    goal.sendall(data)
        while self.silent and self.relay.listener.fileno() >= 0:
            time.sleep(0.2)
        self.end()


def reset(side: socket.socket) -> None:
    """End a connection as a network does, without a farewell."""
    with contextlib.suppress(OSError):
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPTLY)
    with contextlib.suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()
