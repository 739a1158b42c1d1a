// What surrounds the blocks: bar, steps, heading, problems, tabs, actions.
function Bar({ bar }) {
  const desk = useDesk();
  const links = bar.links ?? [];
  return html`<header class="ce-bar">
    <div class="ce-inner">
      <span class="ce-product"><span class="ce-mark" aria-hidden="true"></span>${bar.label}</span>
      ${links.length > 0 &&
      html`<nav class="ce-links" aria-label=${WORDS.pages}>
        ${links.map(
          (link) => html`<button
            type="button"
            key=${link.id}
            class="ce-home"
            aria-current=${link.current ? "page" : undefined}
            onClick=${() => desk.send("act", { id: link.id })}
          >
            ${link.label}
          </button>`,
        )}
      </nav>`}
      ${bar.context && html`<span class="ce-context">${bar.context}</span>`}
      <span class="ce-state" role="status">${desk.busy ? WORDS.working : bar.saved || ""}</span>
      <${Languages} languages=${bar.languages ?? []} />
      ${bar.person && html`<${Person} person=${bar.person} />`}
    </div>
  </header>`;
}

/** The other languages, each by its own name. */
function Languages({ languages }) {
  const desk = useDesk();
  const choose = (id) => {
    choice.keep(id);
    desk.send("language", { id });
  };
  return languages.map(
    ({ id, label }) => html`<button type="button" key=${id} class="ce-language" lang=${id} onClick=${() => choose(id)}>
      ${label}
    </button>`,
  );
}

/** Who is connected, and what concerns them alone. */
function Person({ person }) {
  const box = useRef(null);
  const close = (event) => {
    const left = event.type === "focusout" && !box.current.contains(event.relatedTarget);
    if (!left && event.key !== "Escape") return;
    const inside = box.current.contains(document.activeElement);
    box.current.open = false;
    if (event.key === "Escape" && inside) box.current.querySelector("summary").focus();
  };
  useEffect(() => {
    const elsewhere = (event) => {
      if (!box.current.contains(event.target)) box.current.open = false;
    };
    document.addEventListener("pointerdown", elsewhere);
    return () => document.removeEventListener("pointerdown", elsewhere);
  }, []);
  return html`<details class="ce-person" ref=${box} onKeyDown=${close} onFocusOut=${close}>
    <summary><span class="ce-person-name">${person.name}</span><span class="ce-person-role">${person.role}</span></summary>
    <div class="ce-person-menu">
      <p class="ce-note">${person.name}<br />${person.role}</p>
      <a href=${served("compte")}>${WORDS.account}</a>
      <form method="post" action=${served("deconnexion")} onSubmit=${signed}>
        <input type="hidden" name="_xsrf" value="" />
        <button type="submit">${WORDS.leave}</button>
      </form>
    </div>
  </details>`;
}

/** A form that changes something carries the token that the server gave this browser. */
function signed(event) {
  const found = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie);
  event.currentTarget.elements._xsrf.value = found ? decodeURIComponent(found[1]) : "";
}

function Stepper({ stepper }) {
  const steps = stepper.steps ?? [];
  const rank = steps.findIndex((step) => step.state === "current");
  const items = steps.map((step, place) => html`<${Step} key=${step.id} step=${step} rank=${place + 1} />`);
  return html`<nav class="ce-stepper" aria-label=${stepper.label}>
    <ol class="ce-steps">${items}</ol>
    <details class="ce-steps-narrow">
      <summary>${WORDS.step(rank + 1, steps.length, steps[rank]?.label ?? "")}</summary>
      <ol>${items}</ol>
    </details>
    <div class="ce-line" aria-hidden="true"><span style=${`width:${(100 * (rank + 1)) / (steps.length || 1)}%`}></span></div>
  </nav>`;
}

function Step({ step, rank }) {
  const desk = useDesk();
  const open = step.state !== "off";
  const inside = html`<span class="ce-rank" aria-hidden="true">${step.state === "done" ? "✓" : rank}</span>
    <span class="ce-step-label">
      ${step.label}
      ${step.state === "done" && html`<span class="ce-hidden"> (${WORDS.done})</span>`}
      ${step.note && html`<span class="ce-step-note">${step.note}</span>`}
    </span>`;
  return html`<li class=${`is-${step.state}`} aria-current=${step.state === "current" && !open ? "step" : undefined}>
    ${open
      ? html`<button type="button" aria-current=${step.state === "current" ? "step" : undefined} onClick=${() => desk.send("step", { id: step.id })}>
          ${inside}
        </button>`
      : html`<span class="ce-step-off">${inside}</span>`}
  </li>`;
}

const Title = ({ heading }) =>
  html`<div class="ce-heading">
    ${heading.small && html`<p class="ce-small">${heading.small}</p>`}
    <h1 id="titre" tabindex="-1">${heading.text}</h1>
    ${heading.lead && html`<p class="ce-lead">${heading.lead}</p>`}
  </div>`;

/** The error summary; it takes the keyboard when it appears. */
function Problems({ problems }) {
  const box = useRef(null);
  const any = problems.length > 0;
  useEffect(() => {
    if (any) box.current.focus();
  }, [any]);
  if (!any) return null;
  return html`<div class="ce-problems" ref=${box} tabindex="-1" role="group" aria-labelledby="problemes">
    <h2 id="problemes">${WORDS.problems(problems.length)}</h2>
    <ul>
      ${problems.map((one) => html`<li>${one.id ? html`<${Jump} target=${one.id}>${one.text}<//>` : one.text}</li>`)}
    </ul>
  </div>`;
}

const tabId = (id) => `t-${id}`;

/** Arrows move among the tabs; Enter or space opens one, because opening asks the server. */
function Tabs({ tabs }) {
  const desk = useDesk();
  const current = tabs.items.findIndex((item) => item.current);
  const list = useRef(null);
  useEffect(() => {
    list.current.children[current]?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [current]);
  const move = (event) => {
    const all = [...list.current.querySelectorAll("[role=tab]")];
    const here = all.indexOf(document.activeElement);
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length].focus();
  };
  return html`<div class="ce-tabs" role="tablist" aria-label=${tabs.label} ref=${list} onKeyDown=${move}>
    ${tabs.items.map(
      (item, rank) => html`<button
        type="button"
        role="tab"
        key=${item.id}
        id=${tabId(item.id)}
        aria-selected=${item.current ? "true" : "false"}
        aria-controls="volet"
        tabindex=${rank === Math.max(0, current) ? 0 : -1}
        onClick=${() => desk.send("tab", { id: item.id })}
      >
        <span>${item.label}</span>${item.note && html`<span class="ce-tab-note">${item.note}</span>`}
      </button>`,
    )}
  </div>`;
}

function Actions({ actions }) {
  if (!actions?.length) return null;
  const forward = actions.filter((action) => action.kind === "primary");
  const back = actions.filter((action) => action.kind !== "primary");
  const draw = (some) => some.map((action) => html`<${Button} key=${action.id} action=${action} />`);
  return html`<div class="ce-actions"><div>${draw(back)}</div><div>${draw(forward)}</div></div>`;
}

const TOAST_STAYS = 6000;

function Toast({ text }) {
  const [shown, setShown] = useState(text);
  useEffect(() => {
    setShown(text);
    const timer = setTimeout(() => setShown(""), TOAST_STAYS);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<div class="ce-toast" role="status">${shown && html`<p>${shown}</p>`}</div>`;
}
