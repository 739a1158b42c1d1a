// A drawing comes as text; only what draws is kept of it.
const SVG = "http://www.w3.org/2000/svg";
const DRAWS = new Set(
  ("svg g path rect circle ellipse line polyline polygon text tspan defs clipPath mask linearGradient " +
    "radialGradient stop title desc marker pattern symbol use").split(" "),
);
const ATTRIBUTES = new Set(
  ("id class x y x1 y1 x2 y2 cx cy r rx ry dx dy d points width height viewBox preserveAspectRatio transform " +
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset " +
    "stroke-linecap stroke-linejoin stroke-miterlimit opacity clip-path clip-rule mask color offset stop-color " +
    "stop-opacity gradientUnits gradientTransform patternUnits patternTransform clipPathUnits maskUnits fx fy " +
    "markerWidth markerHeight refX refY orient marker-start marker-mid marker-end text-anchor dominant-baseline " +
    "alignment-baseline baseline-shift font-family font-size font-weight font-style letter-spacing text-decoration " +
    "textLength lengthAdjust visibility display href version").split(" "),
);
let figures = 0;

/**
 * A drawing without anything that could run, load or leave the page.
 * @param {string} text
 * @returns {SVGElement | null} null when the text is no drawing
 */
function cleanSvg(text) {
  const parsed = new DOMParser().parseFromString(text ?? "", "image/svg+xml");
  const source = parsed.documentElement;
  if (source.namespaceURI !== SVG || source.localName !== "svg" || parsed.querySelector("parsererror")) return null;
  return copyDrawing(source, `fig${++figures}-`, 0);
}

/** Copy what draws; ids get a prefix of their own, so that two figures never share one. */
function copyDrawing(source, prefix, depth) {
  const copy = document.createElementNS(SVG, source.localName);
  for (const { localName, name, value } of source.attributes) {
    const known = name === "xlink:href" ? "href" : name;
    if (!ATTRIBUTES.has(known) || localName.startsWith("on")) continue;
    const kept = innerReference(known, value, prefix);
    if (kept !== null) copy.setAttribute(known, kept);
  }
  for (const child of source.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.data);
    const draws = child.nodeType === Node.ELEMENT_NODE && child.namespaceURI === SVG && DRAWS.has(child.localName);
    if (draws && depth < 60) copy.append(copyDrawing(child, prefix, depth + 1));
  }
  return copy;
}

/** The value of an attribute, or null when it points outside the drawing. */
function innerReference(name, value, prefix) {
  if (name === "id") return prefix + value;
  if (name === "href") return value.startsWith("#") ? `#${prefix}${value.slice(1)}` : null;
  if (!/url\s*\(|\\|javascript:/i.test(value)) return value;
  const inner = /^\s*url\(\s*["']?#([\w.-]+)["']?\s*\)\s*$/.exec(value);
  return inner ? `url(#${prefix}${inner[1]})` : null;
}

function Figure({ block }) {
  const desk = useDesk();
  const place = useRef(null);
  const [drawn, setDrawn] = useState(true);
  const [asked, setAsked] = useState(null);
  const [failed, setFailed] = useState(false);
  useLayoutEffect(() => {
    const drawing = cleanSvg(block.svg);
    setDrawn(Boolean(drawing));
    setAsked(null);
    if (!drawing) return;
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", block.alt ?? block.caption ?? "");
    if (!drawing.hasAttribute("viewBox") && drawing.hasAttribute("width")) {
      drawing.setAttribute("viewBox", `0 0 ${drawing.getAttribute("width")} ${drawing.getAttribute("height")}`);
    }
    place.current.replaceChildren(drawing);
  }, [block.svg, block.alt]);
  const came = desk.charts?.[block.id];
  const chart = asked && came !== asked.before ? came : null;
  const explore = () => {
    setFailed(false);
    setAsked(asked ? null : { before: came });
    if (!asked) desk.send("explore", { id: block.id });
  };
  const fault = () => {
    setFailed(true);
    setAsked(null);
  };
  return html`<figure class="ce-figure" id=${blockId(block.id)}>
    ${block.caption && html`<figcaption>${block.caption}</figcaption>`}
    ${!drawn && html`<p class="ce-empty">${WORDS.noFigure}</p>`}
    <div class="ce-drawing" ref=${place} hidden=${Boolean(chart)}></div>
    ${chart && html`<${Live} spec=${chart} label=${block.alt} onFault=${fault} />`}
    ${block.explore &&
    ENGINE &&
    html`<div class="ce-explore">
      <button type="button" class="ce-button is-quiet" aria-pressed=${asked ? "true" : "false"} onClick=${explore}>
        ${WORDS.explore}<span class="ce-hidden">, ${block.table?.caption ?? block.caption}</span>
      </button>
      <span role="status">${chart ? WORDS.exploring : failed ? WORDS.notLive : ""}</span>
    </div>`}
    ${block.table &&
    html`<details class="ce-more">
      <summary>${WORDS.figures}<span class="ce-hidden">, ${block.caption}</span></summary>
      <${Table} block=${block.table} />
    </details>`}
  </figure>`;
}
