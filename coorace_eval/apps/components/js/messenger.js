// Intents go to Python; each is sent again, under the same number, until it is acknowledged.
const RETRY_AFTER = [8000, 16000, 30000, 60000];
const OF_A_FIELD = new Set(["set", "status", "upload"]);
const ASKED_ONCE = new Set(["act", "step", "status", "upload"]);

/**
 * @typedef {{seq: number, intent: string, args: object, tries: number, late: boolean, timer: number,
 *   taken?: () => void}} Pending
 */
class Messenger {
  /** @param {object} model anywidget's model  @param {() => void} changed called when what is awaited changes */
  constructor(model, changed) {
    this.model = model;
    this.changed = changed;
    this.seq = Date.now();
    /** @type {Map<number, Pending>} */
    this.pending = new Map();
  }

  /** @param {string} intent @param {object} args @returns {number} the number of the intent */
  send(intent, args) {
    for (const waiting of this.pending.values()) {
      const replaced = waiting.intent === intent && intent === "set" && waiting.args.id === args.id;
      if (replaced) this.drop(waiting);
    }
    const message = { seq: ++this.seq, intent, args, tries: 0, late: false, timer: 0 };
    this.pending.set(message.seq, message);
    this.post(message);
    this.changed();
    return message.seq;
  }

  /** The same, and a promise of the moment when Python has taken it in. @returns {Promise<void>} */
  deliver(intent, args) {
    return new Promise((taken) => {
      this.pending.get(this.send(intent, args)).taken = taken;
    });
  }

  /** @param {Pending} message */
  post(message) {
    const { intent, args, seq } = message;
    clearTimeout(message.timer);
    this.model.send({ intent, args, seq });
    const delay = RETRY_AFTER[Math.min(message.tries, RETRY_AFTER.length - 1)];
    message.timer = setTimeout(() => {
      message.late = true;
      message.tries += 1;
      this.post(message);
      this.changed();
      window.dispatchEvent(new CustomEvent("coorace:late"));
    }, delay);
  }

  /** The server is reached again: whatever has no answer yet is sent at once, in the order in which it was asked. */
  again() {
    this.pending.forEach((message) => this.post(message));
  }

  /** Python has taken in the intent of this number. @param {number} seq */
  acknowledge(seq) {
    const message = this.pending.get(seq);
    if (message) this.drop(message);
    this.changed();
    message?.taken?.();
  }

  /** @param {Pending} message */
  drop(message) {
    clearTimeout(message.timer);
    this.pending.delete(message.seq);
  }

  /** What a field waits for. @param {string} id @returns {"" | "saving" | "late"} */
  waiting(id) {
    const mine = [...this.pending.values()].filter(
      (one) => OF_A_FIELD.has(one.intent) && one.args.id === id,
    );
    if (mine.length === 0) return "";
    return mine.some((one) => one.late) ? "late" : "saving";
  }

  /** Whether a button was pressed that has no answer yet. @param {string} id @param {string} [item] */
  asked(id, item) {
    return [...this.pending.values()].some(
      (one) => one.intent === "act" && one.args.id === id && (one.args.item ?? "") === (item ?? ""),
    );
  }

  /** Whether a room was asked for that is not there yet. @param {string} room */
  isOnTheWayTo(room) {
    return [...this.pending.values()].some(
      ({ intent, args }) =>
        (intent === "act" && args.id === `room.${room}`) || (intent === "route" && args.path.endsWith(`/${room}`)),
    );
  }

  /** Whether anything other than a field is awaited. */
  busy() {
    return [...this.pending.values()].some((one) => !OF_A_FIELD.has(one.intent));
  }

  /** Whether something is awaited that would not be asked again by itself after a reload. */
  unanswered() {
    return [...this.pending.values()].some((one) => ASKED_ONCE.has(one.intent));
  }

  close() {
    this.pending.forEach((message) => clearTimeout(message.timer));
  }
}
