// What a page is made of, one small part per kind of block.
function Blocks({ blocks, level = 2 }) {
  return (blocks ?? []).map((block, rank) => {
    const Part = BLOCKS[block.type];
    return Part && html`<${Part} key=${block.id ?? `${block.type}-${rank}`} block=${block} level=${level} />`;
  });
}

function Notice({ block, level }) {
  const kind = block.kind ?? "info";
  return html`<div class=${classes("ce-notice", `is-${kind}`)} id=${blockId(block.id)} role=${kind === "error" ? "alert" : undefined}>
    ${block.title && html`<${Heading} level=${level}>${block.title}<//>`}
    <${Paragraphs} text=${block.text} />
    ${block.items?.length > 0 &&
    html`<ul>
      ${block.items.map((item) => html`<li>${item.target ? html`<${Jump} target=${item.target}>${item.text}<//>` : item.text}</li>`)}
    </ul>`}
  </div>`;
}

function Fields({ block, level }) {
  return html`<fieldset class=${classes("ce-panel ce-fields", block.inline && "is-inline")} id=${blockId(block.id)}>
    ${block.legend && html`<legend><${Heading} level=${level}>${block.legend}<//></legend>`}
    ${block.help && html`<p class="ce-help">${block.help}</p>`}
    ${(block.fields ?? []).map((field) => html`<${Field} key=${field.id} field=${field} />`)}
    ${block.actions?.length > 0 && html`<${Buttons} block=${block} />`}
  </fieldset>`;
}

function Meter({ block }) {
  const id = block.id ?? "budget";
  const share = block.max > 0 ? Math.min(100, (100 * block.value) / block.max) : 0;
  return html`<div class=${classes("ce-meter", block.tone && `is-${block.tone}`)} id=${blockId(id)}>
    <span class="ce-meter-label" id=${`m-${id}`}>${block.label}</span>
    <span class="ce-meter-text">${block.text}</span>
    <div
      class="ce-track"
      role="meter"
      aria-labelledby=${`m-${id}`}
      aria-valuenow=${block.value}
      aria-valuemin="0"
      aria-valuemax=${block.max || 1}
      aria-valuetext=${block.text}
    >
      <span style=${`width:${share}%`}></span>
    </div>
    <span class="ce-hidden" aria-live="polite">${block.label} ${block.text}</span>
  </div>`;
}

function Quote({ block }) {
  return html`<figure class="ce-quote" id=${blockId(block.id)}>
    <blockquote><${Paragraphs} text=${block.text} /></blockquote>
    ${block.who && html`<figcaption>${block.who}</figcaption>`}
  </figure>`;
}

function Facts({ block }) {
  return html`<dl class=${classes("ce-facts", block.compact && "is-compact")} id=${blockId(block.id)}>
    ${(block.items ?? []).map(
      (item) => html`<div class="ce-fact">
        <dt>${item.label}</dt>
        <dd class="ce-figure-value">${item.value}${item.unit && html`<span class="ce-fact-unit">${NB}${item.unit}</span>`}</dd>
        ${item.change && html`<dd class="ce-change">${item.change}</dd>`}
        ${item.target && html`<dd class="ce-target">${item.target}</dd>`}
        ${item.note && html`<dd class="ce-note">${item.note}</dd>`}
      </div>`,
    )}
  </dl>`;
}

function Group({ block, level }) {
  return html`<section class="ce-group" id=${blockId(block.id)}>
    ${block.legend && html`<${Heading} level=${level}>${block.legend}<//>`}
    <${Blocks} blocks=${block.blocks} level=${block.legend ? level + 1 : level} />
  </section>`;
}

function Columns({ block, level }) {
  return html`<div class="ce-columns" id=${blockId(block.id)}>
    <div><${Blocks} blocks=${block.left} level=${level} /></div>
    <div><${Blocks} blocks=${block.right} level=${level} /></div>
  </div>`;
}

/** Actions that belong to what stands just above them. */
function Buttons({ block }) {
  return html`<div class="ce-item-actions ce-buttons">
    ${(block.actions ?? []).map((action) => html`<${Button} key=${action.id} action=${action} />`)}
  </div>`;
}

function Download({ block }) {
  return html`<div class="ce-download" id=${block.note ? blockId(`${block.id}-box`) : undefined}>
    <${Button} action=${{ id: block.id, label: block.label, kind: block.kind ?? "secondary" }} />
    ${block.note && html`<p class="ce-note">${block.note}</p>`}
  </div>`;
}

/** A picture that Python made: nothing else than a picture is shown, and nothing is fetched. */
function Picture({ block }) {
  if (!/^data:image\/(png|jpeg);base64,[\w+/=]+$/.test(block.src)) return null;
  return html`<figure class=${classes("ce-picture", block.page && "is-page")} id=${blockId(block.id)}>
    <img src=${block.src} alt=${block.alt} width=${block.width} height=${block.height} />
    ${block.caption && html`<figcaption class="ce-note">${block.caption}</figcaption>`}
  </figure>`;
}

/** A way out of the application, to a page of the same server. */
const Way = ({ block }) =>
  html`<p id=${blockId(block.id)}><a class="ce-button is-primary" href=${served(block.path)}>${block.label}</a></p>`;

/** An address to hand to someone: whole, read-only, copied by a button or by hand. */
function Share({ block }) {
  const panel = useRef(null);
  const box = useRef(null);
  const [said, setSaid] = useState("");
  const address = served(block.path);
  useEffect(() => {
    setSaid("");
    panel.current.focus();
  }, [address]);
  const copy = async () => {
    box.current.select();
    try {
      await navigator.clipboard.writeText(address);
      setSaid(WORDS.copied);
    } catch {
      setSaid(document.execCommand("copy") ? WORDS.copied : WORDS.notCopied);
    }
  };
  const id = fieldId(block.id);
  return html`<div
    class="ce-panel ce-share"
    id=${blockId(block.id)}
    ref=${panel}
    tabindex="-1"
    role="group"
    aria-labelledby=${`l-${block.id}`}
  >
    <label class="ce-label" id=${`l-${block.id}`} for=${id}>${block.label}</label>
    ${block.text && html`<div class="ce-help" id=${`h-${block.id}`}><${Paragraphs} text=${block.text} /></div>`}
    <div class="ce-share-row">
      <input
        id=${id}
        class="ce-input"
        type="text"
        readonly
        value=${address}
        ref=${box}
        aria-describedby=${block.text ? `h-${block.id}` : undefined}
        onFocus=${(event) => event.target.select()}
      />
      <${Button} action=${{ id: `copy-${block.id}`, label: WORDS.copy, kind: "primary" }} onPress=${copy} />
    </div>
    <p class="ce-saved" role="status">${said}</p>
  </div>`;
}

const BLOCKS = {
  text: ({ block }) => html`<div class="ce-text" id=${blockId(block.id)}><${Paragraphs} text=${block.text} /></div>`,
  notice: Notice,
  cards: Cards,
  fields: Fields,
  table: ({ block }) => html`<div class="ce-panel"><${Table} block=${block} /></div>`,
  figure: Figure,
  meter: Meter,
  list: List,
  quote: Quote,
  facts: Facts,
  group: Group,
  columns: Columns,
  download: Download,
  doors: Doors,
  arrange: Arrange,
  thread: Thread,
  picture: Picture,
  way: Way,
  share: Share,
  buttons: Buttons,
};
