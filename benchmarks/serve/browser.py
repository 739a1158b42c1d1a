"""One real browser: how long a page takes to answer, the first time and then at each gesture."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from serve.people import PASSWORD, login
from serve.servers import Server

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
WITHIN = 60.0

# Clicks a button as soon as it is shown, and notes when the page answers. A click that came before the page
# listens is made again, as a person would. Some servers hide their buttons in shadow trees.
FIRST = """
(([button, answer]) => {
  const found = (window.__first = {});
  function* every(root, tag) {
    yield* root.querySelectorAll(tag);
    for (const one of root.querySelectorAll("*")) if (one.shadowRoot) yield* every(one.shadowRoot, tag);
  }
  const shown = (tag, text) => {
    for (const one of every(document, tag))
      if (one.textContent.trim().startsWith(text) && one.getBoundingClientRect().width) return one;
  };
  let clicked = 0;
  const look = () => {
    const now = performance.now();
    if (clicked && shown(answer[0], answer[1])) return void (found.answered = performance.now());
    if (!clicked || now - clicked > 1500) {
      const one = shown("button", button);
      if (one) {
        found.shown ??= now;
        clicked = now;
        one.click();
      }
    }
    setTimeout(look, 10);
  };
  setTimeout(look, 10);
})
"""

# Makes a gesture and waits until the page has changed as expected; the milliseconds between.
GESTURE = """
([act, place, text]) => new Promise((done) => {
  const start = performance.now();
  const look = () => {
    if (!document.querySelector(place)?.textContent.includes(text)) return;
    seen.disconnect();
    done(performance.now() - start);
  };
  const seen = new MutationObserver(look);
  seen.observe(document, { subtree: true, childList: true, characterData: true });
  setTimeout(() => (seen.disconnect(), done(null)), 20000);
  const named = (one) => one.textContent.trim() === act.click;
  if (act.click) return [...document.querySelectorAll("button")].find(named).click();
  const box = document.querySelector(act.box);
  box.value = act.value;
  for (const name of ["input", "change"]) box.dispatchEvent(new Event(name, { bubbles: true }));
})
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; nothing but this machine has an address in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield browser
        browser.close()


def chromium_path() -> str | None:
    """Where the system keeps Chromium; playwright's own otherwise."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Visit:
    """One page in a browser that has kept nothing, signed in where one signs in.

    Parameters
    ----------
    browser
        The browser.
    server
        The server.
    rank
        Which account signs in.
    """

    def __init__(self, browser: Browser, server: Server, rank: int = 0) -> None:
        self.server = server
        self.outside: set[str] = set()
        self.context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 1000})
        if server.is_signed_in:
            self._sign_in(rank)
        self.page: Page = self.context.new_page()
        self.page.on("request", self._note)

    def first_answer(self, button: str, tag: str, text: str) -> float:
        """Seconds from the request until the page has answered a click on its button."""
        self.context.add_init_script(f"{FIRST}([{button!r}, [{tag!r}, {text!r}]])")
        self.page.goto(self.server.url, wait_until="commit", timeout=WITHIN * 1000)
        limit = time.monotonic() + WITHIN
        while time.monotonic() < limit:
            answered = self.page.evaluate("() => window.__first?.answered ?? null")
            if answered is not None:
                return float(answered) / 1000
            time.sleep(0.1)
        return float("nan")

    def gesture(self, act: dict[str, Any], place: str, text: str) -> float | None:
        """Milliseconds from a gesture to what it changes on the page."""
        answered: float | None = self.page.evaluate(GESTURE, [act, place, text])
        return answered

    def close(self) -> None:
        """Leave the page."""
        self.page.goto("about:blank")
        self.context.close()

    def _sign_in(self, rank: int) -> None:
        address = f"{self.server.origin}/connexion"
        self.context.request.get(address)
        token = next(str(one["value"]) for one in self.context.cookies() if one["name"] == "_xsrf")
        form = {"login": login(rank), "password": PASSWORD, "_xsrf": token}
        reply = self.context.request.post(address, form=form, max_redirects=0)
        assert reply.status in (302, 303), reply.status

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.server.origin, "data:", "blob:", "about:")):
            self.outside.add(request.url)
