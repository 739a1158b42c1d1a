// One box that a person types in: what is typed is never lost.
const WITH_VALUE = new Set(["", "renseigne", "estime", "non_renseigne"]);
const LIVE_DELAY = 300;

/** A date as French people write it; anything else stays as it is. @param {string} text */
const toFrench = (text) => text.replace(/^(\d{4})-(\d{2})-(\d{2})$/, "$3/$2/$1");

/** « 5/3/2025 » as 2025-03-05; anything else stays as it is, for Python to refuse. @param {string} text */
function toIso(text) {
  const found = /^\s*(\d{1,2})[/.\s-](\d{1,2})[/.\s-](\d{4})\s*$/.exec(text);
  return found ? `${found[3]}-${found[2].padStart(2, "0")}-${found[1].padStart(2, "0")}` : text;
}

/**
 * The typed text of a field, its sending and its keeping.
 * @param {{id: string, value: any, error?: string, live?: boolean}} field
 */
function useTyped(field) {
  const desk = useDesk();
  const route = desk.route;
  const value = String(field.value ?? "");
  const [draft] = useState(() => drafts.found(route, field));
  const resumed = draft?.again ? draft : null;
  const [typed, setTyped] = useState(resumed ? resumed.text : null);
  const [found, setFound] = useState(draft && !resumed ? draft.text : null);
  const box = useRef({ typed, base: resumed && resumed.base, sent: null, refused: null, held: null, timer: 0 });
  const now = box.current;
  const waiting = desk.waiting(field.id);

  const keep = (sent) => drafts.keep(route, field.id, { text: now.typed, base: now.base, sent });
  const forget = () => {
    now.held = null;
    drafts.forget(route, field.id);
    setFound(null);
  };
  const change = (text) => {
    now.base ??= value;
    now.refused = null;
    now.typed = text;
    setTyped(text);
    setFound(null);
    keep(false);
    if (field.live) {
      clearTimeout(now.timer);
      now.timer = setTimeout(commit, LIVE_DELAY);
    }
  };
  const commit = () => {
    clearTimeout(now.timer);
    if (now.typed === null || now.typed === now.sent || now.typed === now.refused) return;
    now.sent = now.typed;
    keep(true);
    desk.send("set", { id: field.id, value: field.kind === "date" ? toIso(now.typed) : now.typed });
  };
  const resume = () => {
    change(found);
    commit();
  };

  // Acknowledged: the value shown is Python's again, unless it was refused or typing went on.
  // So it is when what was refused is settled otherwise: by a status, or by keeping someone else's answer.
  useEffect(() => {
    const settled = now.refused !== null && now.refused === now.typed && !field.error;
    if (found !== null && says(field, found, value)) forget();
    const pending = desk.waiting(field.id); // at this very moment: something may have been sent since this was drawn
    if (now.held !== null && !pending && now.typed === null && !says(field, now.held, value)) forget();
    if (pending || (now.sent === null && !settled)) return;
    const same = settled || now.typed === now.sent;
    now.refused = field.error ? now.sent : null;
    now.sent = null;
    if (field.error || !same) return;
    // A field that only prepares what a button will keep is not kept yet: its draft stays as long as its text.
    if (field.saved || settled) forget();
    else now.held = now.typed;
    now.typed = now.base = null;
    setTyped(null);
  }, [waiting, field.value, field.error]);

  // The page came back by itself: what had no answer is sent again, but for a word that is still being typed.
  useEffect(() => {
    if (resumed && (resumed.sent || drafts.typing !== fieldId(field.id))) commit();
  }, []);

  // A field that leaves the page sends what it still holds.
  const last = useRef(null);
  last.current = () => {
    commit();
    if (now.held !== null) drafts.forget(route, field.id);
  };
  useEffect(() => () => last.current(), []);

  return { shown: typed ?? value, change, commit, waiting, found, resume, forget };
}

/** @param {{id: string, label: string}} field */
function NumberBox({ field, typed, describedby, label, locked }) {
  return html`<span class=${classes("ce-box", field.error && "is-wrong", (locked || field.readonly) && "is-locked")}>
    <input
      id=${fieldId(field.id)}
      type="text"
      inputmode="decimal"
      autocomplete="off"
      class="ce-number"
      value=${locked ? "" : typed.shown}
      readOnly=${Boolean(locked || field.readonly)}
      aria-label=${label}
      aria-invalid=${field.error ? "true" : undefined}
      aria-required=${field.required ? "true" : undefined}
      aria-describedby=${describedby}
      onInput=${(event) => typed.change(event.target.value)}
      onChange=${typed.commit}
      onBlur=${typed.commit}
    />
    ${field.unit && html`<span class="ce-unit" id=${`u-${field.id}`}>${field.unit}</span>`}
  </span>`;
}

/** What stands under a field: error, warning, saved, what was found again after a reload. */
function Notes({ field, typed, id }) {
  const { waiting, found } = typed;
  const saved = waiting ? WORDS[waiting] : field.saved;
  return html`<div class="ce-notes" id=${id}>
    ${field.error && html`<p class="ce-error"><span class="ce-hidden">${WORDS.error}</span>${field.error}</p>`}
    ${field.warning && html`<p class="ce-warning"><span class="ce-hidden">${WORDS.warning}</span>${field.warning}</p>`}
    <p class=${classes("ce-saved", waiting === "late" && "is-late", waiting === "saving" && "is-saving")} aria-live="polite">
      ${saved || ""}
    </p>
    ${found !== null &&
    html`<div class="ce-found">
      <p>${WORDS.found(found)}</p>
      <button type="button" class="ce-link" onClick=${typed.resume}>${WORDS.resume}</button>
      <button type="button" class="ce-link" onClick=${typed.forget}>${WORDS.forget}</button>
    </div>`}
  </div>`;
}
