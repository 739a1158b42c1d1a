// The page: draws the state, keeps the address, listens to Python, comes back where it was.
const RETURN_WITHIN = 30000;
/** Whether the whole page is ours, and no cell of a notebook. */
const OWN_PAGE = "account" in (document.body?.dataset ?? {});

/** The address of this page, without its leading sign. */
const address = () => decodeURIComponent(location.hash.slice(1));

/** Keeps the state's route and the browser's address in step. */
class Address {
  constructor(send) {
    this.send = send;
    this.route = null;
    this.asked = address() || null;
    this.onPop = () => address() !== this.route && this.send("route", { path: address() });
    window.addEventListener("popstate", this.onPop);
  }

  /** @param {string} route what Python shows now @returns {boolean} whether the page changed */
  follow(route) {
    if (this.route === null && this.asked && this.asked !== route) {
      this.route = route;
      this.send("route", { path: this.asked });
      return false;
    }
    const first = this.route === null || this.asked !== null;
    const moved = this.route !== null && this.route !== route;
    this.asked = null;
    this.route = route;
    if (route && address() !== route) {
      const target = `#${encodeURI(route)}`;
      if (first) history.replaceState(null, "", target);
      else history.pushState(null, "", target);
    }
    return moved;
  }

  close() {
    window.removeEventListener("popstate", this.onPop);
  }
}

/** Brings the person back to the tab and the field where the page left them. */
class Return {
  constructor(send) {
    this.send = send;
    this.here = place.take();
    this.unanswered = Boolean(this.here?.unanswered);
    if (this.here) this.timer = setTimeout(() => this.close(), RETURN_WITHIN);
  }

  /** @param {object} state what Python shows now */
  follow(state) {
    const { here } = this;
    if (!here || (state.route ?? "") !== here.route) return;
    const tab = state.tabs?.items.find((item) => item.id === here.tab);
    if (tab && !tab.current) {
      if (!here.asked) this.send("tab", { id: tab.id });
      here.asked = true;
      return;
    }
    setTimeout(() => settle(here));
    this.close();
  }

  /** What to keep of this page, so that the next one comes back to it. @param {object} state */
  keep(state, unanswered) {
    const field = document.activeElement;
    const tab = state.tabs?.items.find((item) => item.current)?.id ?? "";
    const now = { route: state.route ?? "", tab, focus: field?.id ?? "", top: window.scrollY };
    const caret = safely(() => [field.selectionStart, field.selectionEnd]);
    place.keep({ ...now, caret, ...this.here, asked: false, unanswered: unanswered || Boolean(this.here && this.unanswered) });
  }

  /** Nothing is left to come back to: the page says that it came back. */
  close() {
    clearTimeout(this.timer);
    if (this.here) setTimeout(() => window.dispatchEvent(new CustomEvent("coorace:back", { detail: this })));
    this.here = null;
  }
}

/** @param {{focus: string, caret: [number, number] | null, top: number}} here */
function settle(here) {
  window.scrollTo(0, here.top);
  const field = here.focus && document.getElementById(here.focus);
  if (!field) return;
  focusOn(here.focus);
  if (here.caret?.[0] != null) safely(() => field.setSelectionRange(...here.caret));
}

function Page({ state, desk }) {
  const current = state.tabs?.items.find((item) => item.current);
  const panel = current ? { id: "volet", role: "tabpanel", "aria-labelledby": tabId(current.id) } : {};
  if (state.stage) return html`<${Desk.Provider} value=${desk}><${Stage} key=${state.route} state=${state} /><//>`;
  return html`<${Desk.Provider} value=${desk}>
    ${desk.preparing && html`<${Preparing} />`}
    <div class="ce-page">
      ${state.bar && html`<${Bar} bar=${state.bar} />`}
      <main id="contenu" class="ce-inner" tabindex="-1" aria-busy=${desk.busy ? "true" : undefined}>
        ${state.stepper && html`<${Stepper} stepper=${state.stepper} />`}
        ${state.heading && html`<${Title} heading=${state.heading} />`}
        <${Problems} problems=${state.problems ?? []} />
        ${state.tabs && html`<${Tabs} tabs=${state.tabs} />`}
        <div class="ce-blocks" key=${`${state.route}|${current?.id ?? ""}`} ...${panel}>
          <${Blocks} blocks=${state.blocks} />
        </div>
        <${Actions} actions=${state.actions} />
      </main>
      <${Toast} text=${state.toast ?? ""} />
    </div>
  <//>`;
}

/** @param {string} name @param {string} mime @param {DataView} content */
function save(name, mime, content) {
  const url = URL.createObjectURL(new Blob([content], { type: mime }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

export default {
  render({ model, el }) {
    const whole = Object.assign(document.createElement("div"), { className: "ce-root" });
    const voice = Object.assign(document.createElement("div"), { className: "ce-hidden" });
    voice.setAttribute("role", "status");
    const root = document.createElement("div");
    whole.append(root, voice);
    el.append(whole);

    let drawings = {};
    let charts = {};
    const draw = () => {
      const state = model.get("state") ?? {};
      const desk = {
        route: state.route ?? "",
        busy: messenger.busy(),
        send,
        drawings,
        preparing: messenger.isOnTheWayTo("presentation"),
        charts,
        asked: (id, item) => messenger.asked(id, item),
        deliver: (intent, args) => messenger.deliver(intent, args),
        waiting: (id) => messenger.waiting(id),
      };
      render(html`<${Page} state=${state} desk=${desk} />`, root);
    };
    // A field that leaves the page sends what it holds while the page is being drawn: drawing waits its turn.
    let due = false;
    const drawSoon = () => {
      if (due) return;
      due = true;
      queueMicrotask(() => {
        due = false;
        if (whole.isConnected) draw();
      });
    };
    const messenger = new Messenger(model, drawSoon);
    const send = (intent, args) => messenger.send(intent, args);
    const chosen = choice.read();
    if (chosen in TEXTS && chosen !== ((model.get("state") ?? {}).language ?? "fr")) send("language", { id: chosen });
    const shown = new Address(send);
    const back = new Return(send);

    const onState = () => {
      const state = model.get("state") ?? {};
      if (state.title) document.title = state.title;
      speak(state.language);
      whole.lang = spoken;
      if (OWN_PAGE) document.documentElement.lang = spoken;
      const moved = shown.follow(state.route ?? "");
      draw();
      if (moved) {
        window.scrollTo(0, 0);
        if (!(state.problems ?? []).length) document.getElementById("titre")?.focus({ preventScroll: true });
      }
      back.follow(state);
    };
    const onMessage = (message, buffers) => {
      if (message?.type === "taken") messenger.acknowledge(message.seq);
      if (message?.type === "file" && buffers?.[0]) save(message.name, message.mime, buffers[0]);
      if (message?.type === "chart") {
        charts = { ...charts, [message.id]: message.spec };
        drawSoon();
      }
      if (message?.type === "drawings") {
        drawings = message.drawings;
        drawSoon();
      }
      if (message?.type === "focus") setTimeout(() => focusOn(message.id));
      if (message?.type === "announce") voice.textContent = message.text;
    };
    model.on("change:state", onState);
    model.on("msg:custom", onMessage);
    const onAgain = () => messenger.again();
    const onLeaving = () => back.keep(model.get("state") ?? {}, messenger.unanswered());
    window.addEventListener("coorace:again", onAgain);
    window.addEventListener("coorace:leaving", onLeaving);
    onState();
    window.dispatchEvent(new CustomEvent("coorace:ready", { detail: whole }));

    return () => {
      model.off("change:state", onState);
      model.off("msg:custom", onMessage);
      window.removeEventListener("coorace:again", onAgain);
      window.removeEventListener("coorace:leaving", onLeaving);
      messenger.close();
      shown.close();
      clearTimeout(back.timer);
      render(null, root);
      whole.remove();
    };
  },
};
