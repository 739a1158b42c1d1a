// A table that scrolls inside its own box when the page is narrow, or whose rows then stand as small lists.
function Table({ block }) {
  const box = useRef(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const look = () => box.current && setScrolls(box.current.scrollWidth > box.current.clientWidth + 1);
    const watch = new ResizeObserver(look);
    watch.observe(box.current);
    look();
    return () => watch.disconnect();
  }, []);
  const { columns = [], rows = [] } = block;
  const region = scrolls ? { tabIndex: 0, role: "region", "aria-label": block.caption || WORDS.figures } : {};
  // Roles are written out where rows may be drawn as lists: a drawing must not take the table away.
  const role = (name) => (block.stacked ? { role: name } : {});
  return html`<div class=${classes("ce-scroll", block.stacked && "is-stacked")} ref=${box} id=${blockId(block.id)} ...${region}>
    <table class="ce-table" ...${role("table")}>
      ${block.caption && html`<caption>${block.caption}</caption>`}
      <thead ...${role("rowgroup")}>
        <tr ...${role("row")}>
          ${columns.map((column) =>
            column.label
              ? html`<th scope="col" class=${column.numeric && "is-numeric"} ...${role("columnheader")}>${column.label}</th>`
              : html`<td ...${role("cell")}></td>`,
          )}
        </tr>
      </thead>
      <tbody ...${role("rowgroup")}>
        ${rows.length === 0 &&
        html`<tr ...${role("row")}><td colspan=${columns.length} class="ce-empty" ...${role("cell")}>${block.empty || "–"}</td></tr>`}
        ${rows.map(
          (row) => html`<tr ...${role("row")}>
            ${row.map((cell, rank) => Cell(cell, rank, columns[rank], block))}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function Cell(cell, rank, column, block) {
  const content = typeof cell === "object" && cell !== null ? cell : { text: String(cell ?? "") };
  const said = content.quiet ? html`<span class="ce-note">${content.text}</span>` : content.text;
  const shown = html`${content.tone ? html`<${Badge} label=${content.text} tone=${content.tone} />` : said}
  ${content.action &&
  html`<${Button} action=${{ kind: "quiet", ...content.action, label: Told(content.action) }} item=${content.action.item} />`}`;
  const heads = rank === 0 && block.row_headers;
  const role = block.stacked ? { role: heads ? "rowheader" : "cell", "data-label": column?.label || undefined } : {};
  const missing = content.text === "–";
  const name = classes(column?.numeric && "is-numeric", missing && "is-missing", content.action && "has-action");
  return heads
    ? html`<th scope="row" class=${name} ...${role}>${shown}</th>`
    : html`<td class=${name} ...${role}>${shown}</td>`;
}

/** The name of a button that stands in a row; what it bears on is told to those who do not see the row. */
const Told = (action) =>
  action.about ? html`${action.label}<span class="ce-hidden">, ${action.about}</span>` : action.label;
