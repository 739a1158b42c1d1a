// Cards (one campaign each) and rows (one indicator each).
function Cards({ block, level }) {
  if (!block.items?.length) return html`<p class="ce-empty" id=${blockId(block.id)}>${block.empty}</p>`;
  return html`<ul class="ce-cards" id=${blockId(block.id)}>
    ${block.items.map((item) => html`<${Card} key=${item.id} item=${item} level=${level} />`)}
  </ul>`;
}

function Card({ item, level }) {
  return html`<li class="ce-card">
    <div class="ce-card-head">
      <${Heading} level=${level}>${item.title}<//>
      ${item.status && html`<${Badge} ...${item.status} />`}
    </div>
    ${item.meta && html`<p class="ce-help">${item.meta}</p>`}
    ${item.text && html`<${Paragraphs} text=${item.text} />`}
    ${item.progress && html`<${Progress} ...${item.progress} id=${`progress-${item.id}`} />`}
    ${item.actions?.length > 0 && html`<${ItemActions} item=${item} />`}
  </li>`;
}

/** The actions of an item; each names its item to those who do not see where it stands. */
const ItemActions = ({ item }) =>
  html`<div class="ce-item-actions">
    ${(item.actions ?? []).map(
      (action) =>
        html`<${Button}
          key=${action.id}
          item=${item.id}
          action=${{ ...action, label: html`${action.label}<span class="ce-hidden">, ${item.title}</span>` }}
        />`,
    )}
  </div>`;

function List({ block, level }) {
  const items = block.items ?? [];
  return html`<section class="ce-panel" id=${blockId(block.id)}>
    ${block.legend && html`<${Heading} level=${level}>${block.legend}<//>`}
    ${items.length === 0 && html`<p class="ce-empty">${block.empty}</p>`}
    ${items.length > 0 &&
    html`<ul class="ce-list">
      ${items.map((item) => html`<${Row} key=${item.id} item=${item} level=${block.legend ? level + 1 : level} />`)}
    </ul>`}
  </section>`;
}

function Row({ item, level }) {
  return html`<li class=${classes("ce-item", item.retired && "is-retired", item.open && "is-open")} id=${blockId(item.id)}>
    <div class="ce-item-head">
      <div class="ce-item-what">
        <${Heading} level=${level}>${item.title}<//>
        ${item.badges?.length > 0 &&
        html`<p class="ce-badges">${item.badges.map((badge) => html`<${Badge} ...${badge} />`)}</p>`}
        ${item.text && html`<div class="ce-item-text"><${Paragraphs} text=${item.text} /></div>`}
        ${item.note && html`<p class="ce-note">${item.note}</p>`}
      </div>
      ${item.actions?.length > 0 && html`<${ItemActions} item=${item} />`}
    </div>
    ${item.open &&
    item.fields?.length > 0 &&
    html`<div class="ce-item-fields">${item.fields.map((field) => html`<${Field} key=${field.id} field=${field} />`)}</div>`}
  </li>`;
}
