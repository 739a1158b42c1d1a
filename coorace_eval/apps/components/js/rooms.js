// The rooms of a restitution: the doors that lead there, and the sections of a document put in order.
function Doors({ block, level }) {
  return html`<ul class="ce-doors" id=${blockId(block.id)}>
    ${block.items.map(
      (item) => html`<li class="ce-door" key=${item.action.id}>
        <${Heading} level=${level}><${Button} action=${{ ...item.action, kind: "door" }} /><//>
        <p class="ce-help">${item.text}</p>
      </li>`,
    )}
  </ul>`;
}

/** Things that a person puts in order; the keyboard stays on what moves. */
function Arrange({ block, level }) {
  return html`<section class="ce-panel" id=${blockId(block.id)}>
    <${Heading} level=${level}>${block.legend}<//>
    <ol class="ce-arrange">
      ${block.items.map(
        (item, rank) => html`<${Arranged} key=${item.id} item=${item} rank=${rank + 1} hidden=${block.hidden} level=${level + 1} />`,
      )}
    </ol>
  </section>`;
}

function Arranged({ item, rank, hidden, level }) {
  const named = (action, sign) => ({
    ...action,
    kind: "move",
    label: html`<span aria-hidden="true">${sign}</span><span class="ce-hidden">${action.label}, ${item.title}</span>`,
  });
  return html`<li class=${classes("ce-arranged", !item.shown && "is-out")} id=${blockId(item.id)}>
    <span class="ce-arranged-rank" aria-hidden="true">${rank}</span>
    <div class="ce-arranged-what">
      <${Heading} level=${level}>${item.title}${!item.shown && html` <${Badge} label=${hidden} tone="retired" />`}<//>
      ${item.note && html`<p class="ce-note">${item.note}</p>`}
      <div class="ce-arranged-choices">
        ${item.check && html`<${Field} field=${item.check} />`}
        ${item.comment &&
        html`<details class="ce-more" open=${Boolean(item.comment.value || item.comment.error)}>
          <summary>${item.comment_label}<span class="ce-hidden">, ${item.title}</span></summary>
          <${Field} field=${item.comment} />
        </details>`}
      </div>
    </div>
    <div class="ce-arranged-moves">
      <${Button} action=${named(item.up, "↑")} item=${item.id} />
      <${Button} action=${named(item.down, "↓")} item=${item.id} />
    </div>
  </li>`;
}

/** The way of a figure, from what was said to what is written: each thing leads to the next one. */
function Thread({ block, level }) {
  return html`<ol class="ce-thread" id=${blockId(block.id)}>
    ${block.items.map(
      (item) => html`<li class=${classes("ce-thread-one", item.key && "is-key")}>
        <p class="ce-thread-kind">${item.kind}</p>
        <${Heading} level=${level}>${item.title}<//>
        ${item.text && html`<p class="ce-note">${item.text}</p>`}
      </li>`,
    )}
  </ol>`;
}
