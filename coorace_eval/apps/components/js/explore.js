// A chart that answers: drawn in the browser by a file of ours, which travels only when someone asks for it.
const ENGINE = /^https?:/.test(import.meta.url) ? new URL("graphiques.js", import.meta.url).href : "";
const MOVES = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/** The words of a mark, beside it. */
class Tip {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.box = Object.assign(document.createElement("div"), { className: "ce-tip", hidden: true });
    this.box.setAttribute("aria-hidden", "true");
    place.append(this.box);
  }

  /** @param {Element} mark @param {unknown} text nothing hides it */
  show(mark, text) {
    this.box.hidden = text == null || text === "";
    if (this.box.hidden) return;
    this.box.textContent = String(text);
    const room = this.place.getBoundingClientRect();
    const at = mark.getBoundingClientRect();
    const left = at.left + at.width / 2 - room.left - this.box.offsetWidth / 2;
    this.box.style.left = `${Math.max(0, Math.min(left, room.width - this.box.offsetWidth))}px`;
    const above = at.top - room.top - this.box.offsetHeight - 6;
    this.box.style.top = `${above < 0 ? at.bottom - room.top + 6 : above}px`;
  }
}

/** Let the keyboard go from mark to mark: one stop for them all, then the arrows. @param {HTMLElement} place */
function walkable(place, tip) {
  for (const part of place.querySelectorAll("[aria-roledescription]")) {
    for (const name of ["role", "aria-roledescription", "aria-label", "tabindex"]) part.removeAttribute(name);
  }
  const marks = [...place.querySelectorAll("svg .role-mark > *")].filter((one) => one.__data__?.tooltip);
  marks.forEach((mark, rank) => {
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", String(mark.__data__.tooltip));
    mark.setAttribute("tabindex", rank ? "-1" : "0");
    mark.addEventListener("focus", () => tip.show(mark, mark.__data__.tooltip));
    mark.addEventListener("blur", () => tip.show(mark, ""));
  });
  place.addEventListener("keydown", (event) => {
    const here = marks.indexOf(document.activeElement);
    if (event.key === "Escape") tip.show(place, "");
    if (here < 0 || !(event.key in MOVES)) return;
    event.preventDefault();
    const next = marks[Math.max(0, Math.min(marks.length - 1, here + MOVES[event.key]))];
    marks[here].setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
}

/** @param {{spec: object, label: string, onFault: () => void}} props */
function Live({ spec, label, onFault }) {
  const place = useRef(null);
  useEffect(() => {
    let view = null;
    let gone = false;
    const begin = async () => {
      const { draw } = await import(ENGINE);
      if (gone) return;
      const inner = place.current.appendChild(document.createElement("div"));
      const tip = new Tip(place.current);
      view = await draw(inner, spec, (_, event, item, text) => tip.show(item?._svg ?? event?.target, text));
      if (gone) view.finalize();
      else walkable(place.current, tip);
    };
    begin().catch(() => gone || onFault());
    return () => {
      gone = true;
      view?.finalize();
    };
  }, [spec]);
  return html`<div class="ce-drawing ce-live" role="group" aria-label=${label} ref=${place}></div>`;
}
