// The kinds of controls, but for numbers. Each takes a field and how its text is kept.

/** Attributes that every control carries. */
const control = (field, describedby) => ({
  id: fieldId(field.id),
  "aria-invalid": field.error ? "true" : undefined,
  "aria-required": field.required ? "true" : undefined,
  "aria-describedby": describedby,
  readOnly: Boolean(field.readonly),
});

function TextBox({ field, typed, describedby }) {
  const date = field.kind === "date"; // never type=date: the browser would show its own language
  return html`<input
    ...${control(field, describedby)}
    type="text"
    inputmode=${date ? "numeric" : undefined}
    placeholder=${date ? WORDS.date : undefined}
    autocomplete="off"
    class="ce-input"
    maxlength=${field.max || undefined}
    value=${date ? toFrench(typed.shown) : typed.shown}
    onInput=${(event) => typed.change(event.target.value)}
    onChange=${typed.commit}
    onBlur=${typed.commit}
  />`;
}

function TextArea({ field, typed, describedby }) {
  const left = field.max ? field.max - typed.shown.length : Infinity;
  return html`<textarea
      ...${control(field, describedby)}
      class="ce-input"
      rows=${field.rows ?? 4}
      maxlength=${field.max || undefined}
      value=${typed.shown}
      onInput=${(event) => typed.change(event.target.value)}
      onChange=${typed.commit}
      onBlur=${typed.commit}
    ></textarea>
    ${left < (field.max ?? 0) * 0.2 && html`<p class="ce-note">${WORDS.left(left)}</p>`}`;
}

function Select({ field, typed, describedby }) {
  const pick = (event) => {
    typed.change(event.target.value);
    typed.commit();
  };
  const options = field.options ?? [];
  const open = !options.some((option) => option.id === "");
  return html`<span class="ce-select">
    <select ...${control(field, describedby)} disabled=${Boolean(field.readonly)} class="ce-input" value=${typed.shown} onChange=${pick}>
      ${open && html`<option value="" selected=${typed.shown === ""}>${WORDS.choose}</option>`}
      ${options.map(
        (option) => html`<option value=${option.id} selected=${option.id === typed.shown}>${option.label}</option>`,
      )}
    </select>
  </span>`;
}

/** Worded levels, one of which is chosen; each is a large target with its explanation. */
function Choice({ field, typed, describedby }) {
  const pick = (id) => {
    typed.change(id);
    typed.commit();
  };
  const options = field.options ?? [];
  return html`<fieldset class="ce-choice" aria-describedby=${describedby}>
    <legend class="ce-label"><${Label} field=${field} /></legend>
    ${field.help && html`<p class="ce-help" id=${`h-${field.id}`}>${field.help}</p>`}
    <div class=${classes("ce-options", field.inline && "is-inline")}>
      ${options.map((option, rank) => {
        const id = rank === 0 ? fieldId(field.id) : `${fieldId(field.id)}-${option.id}`;
        const chosen = option.id === typed.shown;
        return html`<div class=${classes("ce-option", chosen && "is-chosen")} key=${option.id}>
          <input
            type="radio"
            disabled=${Boolean(field.readonly)}
            id=${id}
            name=${fieldId(field.id)}
            value=${option.id}
            checked=${chosen}
            aria-describedby=${option.help ? `${id}-h` : undefined}
            onChange=${() => pick(option.id)}
          />
          <label for=${id}>${option.label}</label>
          ${option.help && html`<span class="ce-help" id=${`${id}-h`}>${option.help}</span>`}
        </div>`;
      })}
    </div>
  </fieldset>`;
}

function Check({ field, describedby }) {
  const desk = useDesk();
  const { route } = desk;
  const [draft] = useState(() => drafts.found(route, field));
  const [ticked, setTicked] = useState(null); // as the person left it, until Python has taken it in
  const waiting = desk.waiting(field.id);
  const tick = (value) => {
    setTicked(value);
    drafts.keep(route, field.id, { text: String(value), base: String(field.value ?? ""), sent: true });
    desk.send("set", { id: field.id, value });
  };
  useEffect(() => {
    if (desk.waiting(field.id)) return;
    setTicked(null);
    if (field.saved) drafts.forget(route, field.id);
  }, [waiting]);
  useEffect(() => {
    if (draft?.again) tick(draft.text === "true");
    return () => drafts.forget(route, field.id);
  }, []);
  const checked = ticked ?? (field.value === true || field.value === "true");
  return html`<span class="ce-check">
    <input
      ...${control(field, describedby)}
      type="checkbox"
      disabled=${Boolean(field.readonly)}
      checked=${checked}
      onChange=${(event) => tick(event.target.checked)}
    />
    <label for=${fieldId(field.id)}>${field.label}</label>
  </span>`;
}

const Label = ({ field }) =>
  html`${field.label}${field.required && html` <span class="ce-required">(${WORDS.required})</span>`}`;
