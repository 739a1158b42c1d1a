// What every part of the page uses.
const { html, render, createContext, useContext, useEffect, useLayoutEffect, useRef, useState } = preact;

/** @type {any} what a part needs to speak: send, waiting, route */
const Desk = createContext(null);
const useDesk = () => useContext(Desk);

/** @param {...(string | false | null | undefined)} names */
const classes = (...names) => names.filter(Boolean).join(" ");

/** The address of another page of the server, which stands beside this one. @param {string} path */
const served = (path) => new URL(path, document.baseURI).href;

const fieldId = (id) => `f-${id}`;
const blockId = (id) => (id ? `b-${id}` : undefined);

/** Bring the keyboard to a field, a block or an element; whatever hides it opens. @param {string} id */
function focusOn(id) {
  const found =
    document.getElementById(fieldId(id)) ?? document.getElementById(blockId(id)) ?? document.getElementById(id);
  if (!found) return;
  for (let box = found.closest("details"); box; box = box.parentElement?.closest("details")) box.open = true;
  if (found.tabIndex < 0) found.tabIndex = -1;
  found.focus({ preventScroll: true });
  found.scrollIntoView({ block: "center" });
}

/** A heading of the level that its place asks for. */
function Heading({ level, children, ...rest }) {
  return html`<${`h${Math.min(level, 6)}`} class="ce-h" ...${rest}>${children}<//>`;
}

function Button({ action, item, onPress }) {
  const desk = useDesk();
  const asked = desk.asked(action.id, item);
  const act = () => desk.send("act", item === undefined ? { id: action.id } : { id: action.id, item });
  return html`<button
    type="button"
    id=${item === undefined ? blockId(action.id) : blockId(`${action.id}-${item}`)}
    class=${classes("ce-button", `is-${action.kind ?? "secondary"}`, asked && "is-asked")}
    aria-busy=${asked ? "true" : undefined}
    disabled=${Boolean(action.disabled)}
    onClick=${onPress ?? act}
  >
    ${action.label}
  </button>`;
}

const Badge = ({ label, tone }) => html`<span class=${classes("ce-badge", tone && `is-${tone}`)}>${label}</span>`;

/** Plain text; an empty line starts a new paragraph. */
const Paragraphs = ({ text }) => (text ?? "").split(/\n\s*\n/).map((part) => html`<p>${part}</p>`);

/** A link to a field of this page; the address stays as it is. */
function Jump({ target, children }) {
  const go = (event) => {
    event.preventDefault();
    focusOn(target);
  };
  return html`<a href=${`#${fieldId(target)}`} onClick=${go}>${children}</a>`;
}

function Progress({ value, max, label, id }) {
  const share = max > 0 ? Math.min(100, (100 * value) / max) : 0;
  return html`<div class="ce-progress">
    <div class="ce-track" role="progressbar" aria-labelledby=${id} aria-valuenow=${value} aria-valuemin="0" aria-valuemax=${max || 1}>
      <span style=${`width:${share}%`}></span>
    </div>
    <span id=${id} class="ce-note">${label}</span>
  </div>`;
}
