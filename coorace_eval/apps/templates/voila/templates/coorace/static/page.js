// What the page does around the application: it opens, it may fail, it may lose the server, it comes back by itself.
(() => {
  const PATIENCE = 8000;
  const GIVE_UP = 90000;
  const BEAT = 5000;
  const DOUBT = 1500;
  const ANSWER_WITHIN = 4000;
  /** A clock that jumps by so much has slept: the laptop was closed. */
  const SLEPT = 15000;
  /** No key for so long: the person has paused. */
  const PAUSE = 1500;
  /** What the page waits, having said so, before each reload of its own within a while; after these it asks. */
  const WAITS = [2000, 4000, 10000, 30000];
  const WHILE = 180000;
  /** After a restart every page comes back; they do not all come at once. */
  const SPREAD = 2500;
  const RECONNECTIONS = 4;
  const WORKS_FOR = 60000;
  const BACK_STAYS = 10000;
  const TRIED = "coorace-essais";
  const NB = "\u00a0";
  const FRENCH = {
    lost: "La connexion est interrompue. Votre saisie reste à l'écran. Nouvelle tentative en cours…",
    away: "La connexion est interrompue. Nouvelle tentative en cours…",
    partie: `L'application a redémarré. La page va se recharger d'elle-même${NB}; votre saisie est gardée.`,
    remplacee:
      "Vous avez ouvert l'application ailleurs, et cette page a été mise en pause. " +
      "Votre saisie est gardée et ce qui était enregistré l'est toujours.",
    connexion:
      "Vous n'êtes plus connecté-e. Reconnectez-vous pour continuer" +
      `${NB}: ce qui n'était pas enregistré vous sera proposé à nouveau.`,
    stuck:
      "La page s'est rechargée plusieurs fois sans y parvenir. Ce qui était enregistré l'est toujours. " +
      "Attendez un instant, puis rechargez la page.",
    back: "La page s'est rechargée d'elle-même. Ce qui était enregistré est là.",
    unanswered:
      "La page s'est rechargée d'elle-même. Ce qui était enregistré est là, mais votre dernière action n'a " +
      `peut-être pas abouti${NB}: vérifiez à l'écran, puis recommencez si besoin.`,
    retry: "Nouvel essai dans un instant…",
    reload: "Recharger",
    here: "Reprendre ici",
    close: "Fermer",
    signIn: "Se reconnecter",
    unopened: "Ouverture impossible",
    still: "Ouverture de l'application… Encore un instant.",
  };
  const ENGLISH = {
    lost: "The connection is interrupted. What you typed stays on screen. Trying again…",
    away: "The connection is interrupted. Trying again…",
    partie: "The application has restarted. The page will reload by itself; what you typed is kept.",
    remplacee:
      "You opened the application elsewhere, and this page was put on hold. " +
      "What you typed is kept and what was saved still is.",
    connexion: "You are no longer signed in. Sign in again to go on: what was not saved will be offered to you again.",
    stuck:
      "The page reloaded several times without success. What was saved still is. " +
      "Wait a moment, then reload the page.",
    back: "The page reloaded by itself. What was saved is there.",
    unanswered:
      "The page reloaded by itself. What was saved is there, but your last action may not have gone through: " +
      "check on screen, then try again if need be.",
    retry: "Trying again in a moment…",
    reload: "Reload",
    here: "Resume here",
    close: "Close",
    signIn: "Sign in again",
    unopened: "Cannot open",
    still: "Opening the application… A moment more.",
  };
  /** The words of the page, in the language in which it stands. */
  const words = () => (document.documentElement.lang === "en" ? ENGLISH : FRENCH);

  const $ = (id) => document.getElementById(id);
  const opening = () => document.querySelector("main.page-opening");
  /** Where the application stands, from this very script's address. */
  const base = new URL(document.currentScript.src).pathname.replace(/coorace\/static\/.*$/, "");
  /** The name of this page's session, once the server has given it. */
  const session = () => JSON.parse($("jupyter-config-data")?.textContent ?? "null")?.kernelId ?? "";
  const pause = (delay) => new Promise((done) => setTimeout(done, delay));
  const state = {
    ready: false,
    failed: false,
    misses: 0,
    outage: false,
    doubt: false,
    tries: 0,
    leaving: null,
    typed: 0,
    heard: 0,
    shown: "",
  };

  /** The link to the person's session, once its script is there. */
  const link = () => window.coorace?.link;

  const announce = (name) => window.dispatchEvent(new CustomEvent(name));

  /** What an address of ours says, or nothing when the server does not answer. @param {string} address */
  async function get(address) {
    try {
      const reply = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN) });
      return reply.ok ? await reply.json() : null;
    } catch {
      return null;
    }
  }

  /**
   * Whether the server answers, and still holds this page's session.
   * @returns {Promise<"lost" | "here" | "partie" | "remplacee" | "connexion">}
   */
  async function ask() {
    const told = await get(`${base}sante?session=${encodeURIComponent(session())}`);
    if (!told) return "lost";
    return told.session ? "here" : told.raison || "partie";
  }

  // One question at a time; what asks meanwhile is answered by the next one.
  let timer = 0;
  let asking = false;
  let expected = 0;
  async function beat() {
    if (asking || state.failed) return;
    asking = true;
    clearTimeout(timer);
    state.doubt ||= expected > 0 && Date.now() - expected > SLEPT;
    let answer = "lost";
    try {
      answer = await ask();
      await heed(answer);
    } finally {
      asking = false;
      const delay = answer === "lost" || state.doubt ? DOUBT : BEAT;
      expected = Date.now() + delay;
      clearTimeout(timer);
      timer = setTimeout(beat, delay);
    }
  }

  /** Do what an answer asks for. @param {string} answer */
  async function heed(answer) {
    state.misses = answer === "lost" && !isHeard() ? state.misses + 1 : 0;
    if (answer === "lost") {
      if (state.misses < 2) return;
      state.leaving = null;
      state.outage = state.doubt = true;
      say(state.ready ? words().lost : words().away);
    } else if (answer === "here") {
      await tend();
    } else if (answer === "remplacee") {
      say(words().remplacee, { label: words().here });
    } else if (answer === "connexion") {
      say(words().connexion, { label: words().signIn, to: signIn() });
    } else {
      comeBack();
    }
  }

  /** The session lives: see that its messages pass, and open their way anew when they do not. */
  async function tend() {
    if (!state.ready || !link()) return say("");
    if (link().dead) return comeBack();
    if (link().open && (!state.doubt || (await link().answers()) || isWorking())) {
      if (state.doubt) announce("coorace:again");
      state.doubt = state.outage = false;
      state.tries = 0;
      return say("");
    }
    state.doubt = true;
    state.tries += 1;
    if (state.tries > RECONNECTIONS) return comeBack();
    if (state.tries > 1) say(words().lost);
    link().reconnect();
    await pause(DOUBT);
  }

  /** An intent waits: when its way is broken without a word, as after a sleep, another one is opened. */
  async function suspect() {
    state.doubt = true;
    const suspected = link()?.socket;
    if (link()?.open && !(await link().answers()) && !isWorking() && link().socket === suspected) link().reconnect();
    beat();
  }

  /** Whether the session has just been heard, whatever becomes of other requests. */
  const isHeard = () => link()?.open && Date.now() - state.heard < ANSWER_WITHIN;

  /** A session at work does not answer; that it is at work is believed for a while. */
  const isWorking = () => link().busy && Date.now() - state.heard < WORKS_FOR;

  /** When this page reloaded by itself lately. @returns {number[]} */
  function tried() {
    try {
      return JSON.parse(sessionStorage.getItem(TRIED) ?? "[]").filter((at) => Date.now() - at < WHILE);
    } catch {
      return [];
    }
  }

  /** Reload, when the person pauses and the server is there; never more than a few times in a while. */
  async function comeBack() {
    if (state.leaving) return;
    const before = tried();
    if (before.length >= WAITS.length) return say(words().stuck, { label: words().reload });
    const leaving = (state.leaving = {});
    say(words().partie, { label: words().reload });
    await pause(WAITS[before.length] + (state.outage ? Math.random() * SPREAD : 0));
    while (Date.now() - state.typed < PAUSE) await pause(PAUSE - (Date.now() - state.typed));
    // A reload without a server would end on the browser's own page, from which nothing comes back.
    const lost = (await ask()) === "lost";
    if (state.leaving !== leaving) return;
    if (lost) state.leaving = null;
    else leave([...before, Date.now()]);
  }

  /** @param {number[]} times the reloads to remember */
  function leave(times) {
    announce("coorace:leaving");
    try {
      sessionStorage.setItem(TRIED, JSON.stringify(times));
    } catch {
      // Without a memory it could reload for ever.
      if (times.length) return say(words().stuck, { label: words().reload });
    }
    location.reload();
  }

  /** Where to sign in, and come back to this very page. */
  function signIn() {
    const here = location.pathname + location.search + location.hash;
    return `${base}connexion?next=${encodeURIComponent(here)}`;
  }

  /**
   * Show a banner, or take it away.
   * @param {string} text @param {{label: string, to?: string, close?: boolean}} [offer] what the person may do
   */
  function say(text, offer) {
    if (text === state.shown) return;
    state.shown = text;
    fill($("connexion"), text, offer);
  }

  /** @param {HTMLElement} place @param {string} text @param {{label: string, to?: string, close?: boolean}} [offer] */
  function fill(place, text, offer) {
    if (!text) return place.replaceChildren();
    const box = document.createElement("div");
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
    if (offer) {
      const does = document.createElement(offer.to ? "a" : "button");
      does.textContent = offer.label;
      if (offer.to) does.href = offer.to;
      else does.type = "button";
      does.dataset[offer.to ? "signin" : offer.close ? "close" : "reload"] = "";
      box.append(does);
    }
    place.replaceChildren(box);
  }

  /** The application is drawn: it takes the page. @param {CustomEvent} event */
  function open(event) {
    opening()?.remove();
    $("application").replaceChildren(event.detail);
    if (state.ready) return;
    state.ready = true;
    link()?.addEventListener("heard", () => (state.heard = Date.now()));
    link()?.addEventListener("open", ({ detail }) => detail.again && announce("coorace:again"));
    link()?.addEventListener("closed", beat);
  }

  /** Say that the page came back by itself. @param {CustomEvent} event */
  function returned(event) {
    const { unanswered } = event.detail;
    const place = $("reprise");
    fill(place, unanswered ? words().unanswered : words().back, unanswered ? { label: words().close, close: true } : undefined);
    if (!unanswered) setTimeout(() => place.replaceChildren(), BACK_STAYS);
  }

  /** The page did not open; one that was coming back by itself, or was cut short, tries again. @param {boolean} cut */
  async function fail(cut = false) {
    if (state.ready || state.failed) return;
    state.failed = true;
    const place = opening();
    place.replaceChildren($("echec").content.cloneNode(true));
    place.focus();
    document.title = `${words().unopened} · coorace_eval`;
    const before = tried();
    if ((!cut && before.length === 0) || before.length >= WAITS.length) return;
    place.querySelector("[role=status]").textContent = words().retry;
    await pause(Math.max(WAITS[before.length], PAUSE) + Math.random() * SPREAD);
    while ((await ask()) === "lost") await pause(DOUBT);
    leave([...before, Date.now()]);
  }

  function opened() {
    if (!opening()) return;
    if (document.querySelector("[data-failure]")) fail();
    else if (!session()) fail(true);
    else timer = setTimeout(beat, BEAT);
  }

  window.addEventListener("coorace:ready", open);
  window.addEventListener("coorace:back", returned);
  window.addEventListener("coorace:late", suspect);
  const wake = () => !document.hidden && session() && beat();
  for (const name of ["offline", "online", "pageshow", "focus"]) window.addEventListener(name, wake);
  document.addEventListener("visibilitychange", wake);
  // A page that closes ends its session; one that the browser may bring back keeps it.
  window.addEventListener("pagehide", ({ persisted }) => {
    if (!persisted && session()) navigator.sendBeacon(`${base}voila/api/shutdown/${encodeURIComponent(session())}`);
  });
  for (const name of ["input", "keydown"]) document.addEventListener(name, () => (state.typed = Date.now()), true);
  document.addEventListener("click", (event) => {
    const on = (what) => event.target instanceof Element && event.target.closest(what);
    if (on("[data-reload]")) leave([]);
    if (on("[data-signin]")) announce("coorace:leaving");
    if (on("[data-close]")) on(".page-banner").replaceChildren();
    if (!on(".page-skip")) return;
    event.preventDefault(); // the address belongs to the application
    const place = $("contenu");
    place.focus();
    place.scrollIntoView();
  });
  // Whoever signs out leaves nothing typed behind.
  document.addEventListener("submit", ({ target }) => {
    if (!/\/deconnexion$/.test(new URL(target.action).pathname)) return;
    Object.keys(sessionStorage).forEach((key) => key.startsWith("coorace") && sessionStorage.removeItem(key));
  });
  document.addEventListener("DOMContentLoaded", opened);
  setTimeout(() => {
    const line = $("ouverture-texte");
    if (line) line.textContent = words().still;
  }, PATIENCE);
  setTimeout(fail, GIVE_UP);
})();
