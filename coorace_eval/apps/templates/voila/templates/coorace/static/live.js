// The link between this page and its session: a message goes as soon as it can, the state comes back, a cut is mended.
(() => {
  /** What is waited before each new attempt. */
  const DELAYS = [500, 1000, 2000, 4000, 8000, 15000];
  /** The server says by these codes that no attempt will help: signed out, or the session of this page has gone. */
  const FINAL = new Set([4401, 4404]);
  const ASK = { ask: "state" };
  const ANSWER_WITHIN = 4000;

  /**
   * It gives two events: "open" (detail: {again}) and "closed" (detail: {code, reason}).
   * What is sent before the first opening waits for it; what is sent during a later cut is lost: whoever wants it to
   * arrive sends it again at the next "open".
   */
  class Link extends EventTarget {
    /** @param {{baseUrl: string, kernelId: string}} settings */
    constructor({ baseUrl, kernelId }) {
      super();
      this.session = crypto.getRandomValues(new Uint32Array(4)).join("-");
      this.url = new URL(`${baseUrl}api/kernels/${kernelId}/channels?session_id=${this.session}`, location.href);
      this.url.protocol = this.url.protocol.replace("http", "ws");
      this.count = 0;
      this.tries = 0;
      this.opened = false;
      /** Whether the session has ended for good. */
      this.dead = false;
      /** Whether the session says that it is at work. */
      this.busy = false;
      /** @type {string[]} */
      this.early = [];
      /** Called with what a widget says: its name, the message and its files. */
      this.receive = (_comm, _data, _files) => undefined;
      this.reconnect();
    }

    /** Whether messages pass, as far as the browser knows. */
    get open() {
      return this.socket?.readyState === WebSocket.OPEN;
    }

    /** Leave the socket there is, if any, and open another one. */
    reconnect() {
      clearTimeout(this.timer);
      const left = this.socket;
      const socket = new WebSocket(this.url);
      this.socket = socket;
      socket.binaryType = "arraybuffer";
      socket.onopen = () => this.socket === socket && this.#opens();
      socket.onmessage = (event) => this.socket === socket && this.#hear(event.data);
      socket.onclose = (event) => this.socket === socket && this.#closes(event);
      left?.close();
    }

    /** @param {string} comm the widget @param {object} data */
    send(comm, data) {
      const header = { msg_id: `${this.session}-${++this.count}`, msg_type: "comm_msg", session: this.session };
      Object.assign(header, { username: "", version: "5.3", date: new Date().toISOString() });
      const content = { comm_id: comm, data };
      const parts = { header, parent_header: {}, metadata: {}, content, channel: "shell", buffers: [] };
      const text = JSON.stringify(parts);
      if (this.open) this.socket.send(text);
      else if (!this.opened) this.early.push(text);
    }

    /** Whether the session answers, or says that it is at work. @returns {Promise<boolean>} */
    answers() {
      if (!this.open) return Promise.resolve(false);
      return new Promise((done) => {
        const answer = (said) => {
          clearTimeout(timer);
          this.removeEventListener("heard", heard);
          done(said);
        };
        const heard = () => answer(true);
        const timer = setTimeout(() => answer(false), ANSWER_WITHIN);
        this.addEventListener("heard", heard);
        page.ask();
      });
    }

    #opens() {
      const again = this.opened;
      this.opened = true;
      this.tries = 0;
      this.early.splice(0).forEach((text) => this.socket.send(text));
      this.#tell("open", { again });
      page.ask();
    }

    /** @param {CloseEvent} event */
    #closes({ code, reason }) {
      this.dead ||= FINAL.has(code);
      if (!this.dead) this.timer = setTimeout(() => this.reconnect(), DELAYS[Math.min(this.tries, DELAYS.length - 1)]);
      this.tries += 1;
      this.#tell("closed", { code, reason });
    }

    /** @param {string | ArrayBuffer} received */
    #hear(received) {
      const [message, files] = typeof received === "string" ? [JSON.parse(received), []] : apart(received);
      const { header, content } = message;
      if (header.msg_type === "status") {
        this.busy = content.execution_state === "busy";
        this.dead ||= content.execution_state === "dead";
      }
      this.#tell("heard");
      if (header.msg_type === "comm_msg") this.receive(content.comm_id, content.data, files);
    }

    /** @param {string} name @param {object} [detail] */
    #tell(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { detail }));
    }
  }

  /** A message that carries files: their count and places, the message, then each file. @param {ArrayBuffer} received */
  function apart(received) {
    const view = new DataView(received);
    const places = Array.from({ length: view.getUint32(0) }, (_, rank) => view.getUint32(4 * (rank + 1)));
    const parts = places.map((start, rank) => new DataView(received, start, (places[rank + 1] ?? received.byteLength) - start));
    return [JSON.parse(new TextDecoder().decode(parts[0])), parts.slice(1)];
  }

  /** The one widget of the page, as the component knows it. */
  const page = {
    comm: "",
    state: {},
    /** @type {Map<string, Set<Function>>} */
    listeners: new Map(),
    get: (name) => (name === "state" ? page.state : undefined),
    on: (name, listener) => page.listeners.set(name, (page.listeners.get(name) ?? new Set()).add(listener)),
    off: (name, listener) => page.listeners.get(name)?.delete(listener),
    send: (content) => link.send(page.comm, { method: "custom", content }),
    tell: (name, ...said) => page.listeners.get(name)?.forEach((listener) => listener(...said)),
    /** Have the session say what it shows now. */
    ask: () => page.comm && link.open && page.send(ASK),
    take(comm, data, files) {
      if (comm !== page.comm) return;
      if (data.method === "custom") page.tell("msg:custom", data.content, files);
      if (data.method !== "update" || !data.state.state) return;
      page.state = data.state.state;
      page.tell("change:state");
    },
  };

  /** Draw what the session showed first; the page carries it, so that nothing has to be asked. */
  async function start() {
    const given = document.querySelector("script[data-screen]");
    if (!given) return;
    page.comm = given.dataset.screen;
    page.state = JSON.parse(given.textContent);
    link.receive = page.take;
    const { default: screen } = await import(document.querySelector("link[rel=modulepreload]").href);
    screen.render({ model: page, el: document.createElement("div") });
    page.ask(); // a later cell may have changed what the first one shows
  }

  const link = new Link(JSON.parse(document.getElementById("jupyter-config-data").textContent));
  window.coorace = { link };
  window.addEventListener("online", () => !link.dead && link.reconnect());
  document.addEventListener("visibilitychange", () => !document.hidden && !link.open && !link.dead && link.reconnect());
  document.addEventListener("DOMContentLoaded", start);
})();
