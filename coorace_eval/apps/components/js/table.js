// A table that scrolls inside its own box when the page is narrow.
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
  return html`<div class="ce-scroll" ref=${box} id=${blockId(block.id)} ...${region}>
    <table class="ce-table">
      ${block.caption && html`<caption>${block.caption}</caption>`}
      <thead>
        <tr>
          ${columns.map((column) =>
            column.label ? html`<th scope="col" class=${column.numeric && "is-numeric"}>${column.label}</th>` : html`<td></td>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.length === 0 &&
        html`<tr><td colspan=${columns.length} class="ce-empty">${block.empty || "–"}</td></tr>`}
        ${rows.map((row) => html`<tr>${row.map((cell, rank) => Cell(cell, rank, columns[rank], block.row_headers))}</tr>`)}
      </tbody>
    </table>
  </div>`;
}

function Cell(cell, rank, column, rowHeaders) {
  const content = typeof cell === "object" && cell !== null ? cell : { text: String(cell ?? "") };
  const shown = html`${content.tone ? html`<${Badge} label=${content.text} tone=${content.tone} />` : content.text}
  ${content.action &&
  html`<${Button} action=${{ kind: "quiet", ...content.action }} item=${content.action.item} />`}`;
  const name = column?.numeric ? "is-numeric" : undefined;
  return rank === 0 && rowHeaders
    ? html`<th scope="row" class=${name}>${shown}</th>`
    : html`<td class=${name}>${shown}</td>`;
}
