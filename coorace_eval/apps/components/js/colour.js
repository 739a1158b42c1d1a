// A colour: its six signs, and the browser's own palette beside them.
function ColourBox({ field, typed, describedby }) {
  const known = /^#[0-9a-f]{6}$/i.test(typed.shown.trim());
  const pick = (event) => {
    typed.change(event.target.value.toUpperCase());
    if (event.type === "change") typed.commit();
  };
  return html`<span class="ce-colour">
    <${TextBox} field=${field} typed=${typed} describedby=${describedby} />
    <input
      type="color"
      class="ce-swatch"
      aria-label=${field.pick}
      disabled=${Boolean(field.readonly)}
      value=${(known ? typed.shown.trim() : field.usual).toLowerCase()}
      onInput=${pick}
      onChange=${pick}
    />
  </span>`;
}
