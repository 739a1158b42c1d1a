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
  const [typed, setTyped] = useState(null);
  const [found, setFound] = useState(() => {
    const kept = drafts.read(route, field.id);
    return kept !== null && kept !== String(field.value ?? "") ? kept : null;
  });
  const box = useRef({ typed: null, sent: null, refused: null, timer: 0 });
  const now = box.current;
  const waiting = desk.waiting(field.id);

  const change = (text) => {
    now.typed = text;
    setTyped(text);
    setFound(null);
    drafts.keep(route, field.id, text);
    if (field.live) {
      clearTimeout(now.timer);
      now.timer = setTimeout(commit, LIVE_DELAY);
    }
  };
  const commit = () => {
    clearTimeout(now.timer);
    if (now.typed === null || now.typed === now.sent) return;
    now.sent = now.typed;
    desk.send("set", { id: field.id, value: field.kind === "date" ? toIso(now.typed) : now.typed });
  };

  // Acknowledged: the value shown is Python's again, unless it was refused or typing went on.
  // So it is when what was refused is settled otherwise: by a status, or by keeping someone else's answer.
  useEffect(() => {
    const settled = now.refused !== null && now.refused === now.typed && !field.error;
    if (waiting || (now.sent === null && !settled)) return;
    const same = settled || now.typed === now.sent;
    now.refused = field.error ? now.sent : null;
    now.sent = null;
    if (field.error || !same) return;
    now.typed = null;
    setTyped(null);
    drafts.forget(route, field.id);
  }, [waiting, field.value, field.error]);

  // A field that leaves the page sends what it still holds.
  const last = useRef(commit);
  last.current = commit;
  useEffect(() => () => last.current(), []);

  const forget = () => {
    drafts.forget(route, field.id);
    setFound(null);
  };
  const resume = () => {
    change(found);
    commit();
  };
  return { shown: typed ?? String(field.value ?? ""), change, commit, waiting, found, resume, forget };
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
