// A field: its label, its control, its status, its parts, what is said about it.
const CONTROLS = { text: TextBox, date: TextBox, textarea: TextArea, select: Select, choice: Choice, check: Check, colour: ColourBox };

function Field({ field }) {
  const typed = useTyped(field);
  const described = classes(
    field.help && `h-${field.id}`,
    field.previous && `p-${field.id}`,
    `n-${field.id}`,
  );
  const body = { number: NumberField, boxes: Boxes, file: FileField }[field.kind] ?? PlainField;
  return html`<div class=${classes("ce-field", `is-${field.kind}`, `is-${field.width ?? "normal"}`, field.error && "has-error")}>
    <${body} field=${field} typed=${typed} described=${described} />
    ${field.parts?.length > 0 && html`<${Parts} field=${field} />`}
    ${field.meta?.length > 0 &&
    html`<details class="ce-more" open=${Boolean(field.meta_open)}>
      <summary>${field.meta_label}<span class="ce-hidden">, ${field.label}</span></summary>
      <div class="ce-meta">${field.meta.map((one) => html`<${Field} key=${one.id} field=${one} />`)}</div>
    </details>`}
  </div>`;
}

/** Boxes to tick under one label; a long list may stay folded. */
function Boxes({ field, typed }) {
  const boxes = html`<fieldset class="ce-choice ce-boxes" id=${fieldId(field.id)} tabindex="-1" aria-describedby=${`n-${field.id}`}>
    <legend class=${field.folded ? "ce-hidden" : "ce-label"}><${Label} field=${field} /></legend>
    ${field.help && html`<p class="ce-help">${field.help}</p>`}
    <${Notes} field=${field} typed=${typed} id=${`n-${field.id}`} />
    <div class="ce-boxes-list">
      ${field.boxes.map((one) => html`<${Box} key=${one.id} field=${one} />`)}
    </div>
  </fieldset>`;
  const faulty = field.boxes.some((one) => one.error);
  return field.folded ? html`<details class="ce-more" open=${faulty}><summary>${field.folded}</summary>${boxes}</details>` : boxes;
}

function Box({ field }) {
  const typed = useTyped(field);
  return html`<div class=${classes("ce-boxes-one", field.error && "has-error")}>
    <${Check} field=${field} describedby=${`n-${field.id}`} />
    <${Notes} field=${field} typed=${typed} id=${`n-${field.id}`} />
  </div>`;
}

function NumberField({ field, typed, described }) {
  const status = field.status;
  const chosen = status?.options.find((option) => option.id === status.value);
  const locked = Boolean(status) && !WITH_VALUE.has(status.value ?? "");
  const box = classes(described, field.unit && `u-${field.id}`, locked && `l-${field.id}`);
  return html`<div class="ce-row">
    <div class="ce-ask">
      <label class="ce-label" for=${fieldId(field.id)}><${Label} field=${field} /></label>
      ${field.help && html`<p class="ce-help" id=${`h-${field.id}`}>${field.help}</p>`}
    </div>
    <div class="ce-reply">
      <${NumberBox} field=${field} typed=${typed} describedby=${box} locked=${locked} />
      ${field.previous && html`<p class="ce-previous" id=${`p-${field.id}`}>${field.previous}</p>`}
      ${locked && html`<p class="ce-reason" id=${`l-${field.id}`}>${WORDS.noValue(chosen?.label ?? "")}</p>`}
      <${Notes} field=${field} typed=${typed} id=${`n-${field.id}`} />
      <${Verdict} field=${field} />
    </div>
    ${status && html`<${Status} field=${field} />`}
  </div>`;
}

function Status({ field }) {
  const desk = useDesk();
  const { value, options } = field.status;
  return html`<span class="ce-select ce-status">
    <select
      id=${`s-${field.id}`}
      class="ce-input"
      aria-label=${WORDS.statusOf(field.label)}
      disabled=${Boolean(field.readonly)}
      value=${value}
      onChange=${(event) => desk.send("status", { id: field.id, value: event.target.value })}
    >
      ${options.map((one) => html`<option value=${one.id} selected=${one.id === value}>${one.label}</option>`)}
    </select>
  </span>`;
}

function PlainField({ field, typed, described }) {
  const Control = CONTROLS[field.kind] ?? TextBox;
  const own = field.kind === "choice" || field.kind === "check";
  return html`<div class="ce-stack">
    ${!own && html`<label class="ce-label" for=${fieldId(field.id)}><${Label} field=${field} /></label>`}
    ${field.kind !== "choice" && field.kind !== "check" && field.help && html`<p class="ce-help" id=${`h-${field.id}`}>${field.help}</p>`}
    <${Control} field=${field} typed=${typed} describedby=${described} />
    ${field.kind === "check" && field.help && html`<p class="ce-help" id=${`h-${field.id}`}>${field.help}</p>`}
    ${field.previous && html`<p class="ce-previous" id=${`p-${field.id}`}>${field.previous}</p>`}
    <${Notes} field=${field} typed=${typed} id=${`n-${field.id}`} />
    <${Verdict} field=${field} />
  </div>`;
}

/** A breakdown of the field, such as women and men; each part is a small number of its own. */
function Parts({ field }) {
  return html`<details class="ce-more" open=${Boolean(field.parts_open)}>
    <summary>${field.parts_label}<span class="ce-hidden">, ${field.label}</span></summary>
    <div class="ce-parts">
      ${field.parts.map((part) => html`<${Part} key=${part.id} part=${{ ...part, unit: field.unit }} />`)}
    </div>
  </details>`;
}

function Part({ part }) {
  const typed = useTyped(part);
  return html`<div class="ce-part">
    <label for=${fieldId(part.id)}>${part.label}</label>
    <${NumberBox} field=${part} typed=${typed} describedby=${`n-${part.id}`} />
    <${Notes} field=${part} typed=${typed} id=${`n-${part.id}`} />
  </div>`;
}

/** What is said of a text while it is typed, such as a formula. */
const Verdict = ({ field }) =>
  field.live || field.check
    ? html`<p class=${classes("ce-verdict", field.check && `is-${field.check.tone}`)} aria-live="polite">
        ${field.check?.text ?? ""}
      </p>`
    : null;
