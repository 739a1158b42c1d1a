// What the page does around the application: it opens, it may fail, it may lose the server and find it again.
(() => {
  const PATIENCE = 8000;
  const GIVE_UP = 90000;
  const BEAT = 5000;
  const DOUBT = 1500;
  const ANSWER_WITHIN = 4000;
  const LOST = "La connexion est interrompue. Votre saisie reste à l'écran. Nouvelle tentative en cours…";
  const GONE =
    "La connexion est revenue, mais l'application a redémarré. " +
    "Rechargez la page\u00a0: ce qui n'était pas enregistré vous sera proposé à nouveau.";
  const $ = (id) => document.getElementById(id);
  const opening = () => document.querySelector("main.page-opening");
  const state = { ready: false, failed: false, misses: 0, shown: "" };

  // Voilà calls these two from its own snippets; the page needs neither.
  window.voila_heartbeat = () => undefined;
  window.display_cells = () => undefined;

  /** The application is drawn: it takes the page, out of Voilà's shell of fixed size. @param {CustomEvent} event */
  function open(event) {
    opening()?.remove();
    $("application").replaceChildren(event.detail);
    if (state.ready) return;
    state.ready = true;
    setTimeout(beat, BEAT);
  }

  function fail() {
    if (state.ready || state.failed) return;
    state.failed = true;
    const place = opening();
    place.replaceChildren($("echec").content.cloneNode(true));
    place.focus();
    document.title = "Ouverture impossible · coorace_eval";
  }

  /** Whether the server answers, and still holds this page's session. @returns {Promise<"here" | "gone" | "lost">} */
  async function ask() {
    const { baseUrl, kernelId } = JSON.parse($("jupyter-config-data").textContent);
    try {
      const reply = await fetch(`${baseUrl}sante?session=${encodeURIComponent(kernelId)}`, {
        cache: "no-store",
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      if (!reply.ok) return "lost";
      return (await reply.json()).session ? "here" : "gone";
    } catch {
      return "lost";
    }
  }

  let timer = 0;
  async function beat() {
    clearTimeout(timer);
    const answer = await ask();
    state.misses = answer === "lost" ? state.misses + 1 : 0;
    if (answer === "here") say("");
    if (answer === "gone") say(GONE, true);
    if (state.misses > 1) say(LOST);
    clearTimeout(timer);
    timer = setTimeout(beat, answer === "lost" ? DOUBT : BEAT);
  }

  /** Show a banner, or take it away. @param {string} text @param {boolean} reload whether to offer a reload */
  function say(text, reload = false) {
    if (text === state.shown) return;
    state.shown = text;
    const place = $("connexion");
    if (!text) return place.replaceChildren();
    const box = document.createElement("div");
    const words = document.createElement("p");
    words.textContent = text;
    box.append(words);
    if (reload) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Recharger" });
      button.dataset.reload = "";
      box.append(button);
    }
    place.replaceChildren(box);
  }

  window.addEventListener("coorace:ready", open);
  window.addEventListener("offline", () => state.ready && beat());
  window.addEventListener("online", () => state.ready && beat());
  document.addEventListener("visibilitychange", () => !document.hidden && state.ready && beat());
  document.addEventListener("click", (event) => {
    const on = (what) => event.target instanceof Element && event.target.closest(what);
    if (on("[data-reload]")) location.reload();
    if (!on(".page-skip")) return;
    event.preventDefault(); // the address belongs to the application
    const place = $("contenu");
    place.focus();
    place.scrollIntoView();
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (document.querySelector("[data-failure]")) fail();
  });
  setTimeout(() => {
    const words = $("ouverture-texte");
    if (words) words.textContent = "Ouverture de l'application… Encore un instant.";
  }, PATIENCE);
  setTimeout(fail, GIVE_UP);
})();
