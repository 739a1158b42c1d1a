// The restitution before everyone: all the slides are here at once, the keyboard turns them, nothing waits for the network.
const SWIPE = 60;
const slideKey = (route) => `${MINE}diapo:${route}`;

/** What a key asks for, outside of what is typed: a slide, or something of the whole screen. */
const TURNS = {
  ArrowRight: (at) => at + 1,
  PageDown: (at) => at + 1,
  " ": (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  PageUp: (at) => at - 1,
  Home: () => 0,
  End: () => Infinity,
};

/** Whether a key belongs to what has the keyboard: a text being typed, a choice, a button. */
function isTaken(event) {
  const on = event.target instanceof Element ? event.target : document.body;
  if (on.matches("textarea, select, input[type=text]")) return event.key !== "Escape";
  if (on.matches("input")) return event.key.startsWith("Arrow") || event.key === " ";
  return event.key === " " && on.matches("button, summary, a");
}

/** Blocks whose drawings came apart from them. */
const drawnWith = (blocks, drawings) =>
  blocks.map((block) => (block.drawing ? { ...block, svg: drawings[block.drawing]?.svg ?? "" } : block));

function Stage({ state }) {
  const desk = useDesk();
  const slides = state.blocks ?? [];
  const last = slides.length - 1;
  const [at, setAt] = useState(() => Number(safely(() => sessionStorage.getItem(slideKey(desk.route))) ?? 0));
  const now = Math.max(0, Math.min(last, at || 0));
  const box = useRef(null);
  const touch = useRef(null);
  const [whole, setWhole] = useState(Boolean(document.fullscreenElement));
  // Two keys may come before the page is drawn again: the second one starts where the first one led.
  const here = useRef(now);
  here.current = now;
  const turn = (to) => {
    here.current = Math.max(0, Math.min(last, to));
    setAt(here.current);
  };

  useEffect(() => {
    safely(() => sessionStorage.setItem(slideKey(desk.route), String(now)));
    const slide = box.current.querySelector(".ce-slide:not([hidden])");
    if (slide) slide.scrollTop = 0;
    slide?.querySelector("h2")?.focus({ preventScroll: true });
  }, [now]);
  // A slide that is too long for the screen can be scrolled by the keyboard.
  useEffect(() => {
    const slide = box.current.querySelector(".ce-slide:not([hidden])");
    const look = () => slide && (slide.tabIndex = slide.scrollHeight > slide.clientHeight + 1 ? 0 : -1);
    look();
    window.addEventListener("resize", look);
    return () => window.removeEventListener("resize", look);
  });

  const leave = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    desk.send("act", { id: "go.restitution" });
  };
  const widen = () =>
    document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.().catch(() => {});

  useEffect(() => {
    const onKey = (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      const writes = event.target instanceof Element && event.target.matches("textarea, input, select");
      if (event.key === "Escape") {
        if (writes) box.current.querySelector(".ce-slide:not([hidden]) h2").focus();
        else leave();
      } else if (event.key.toLowerCase() === "f") widen();
      else if (TURNS[event.key]) turn(TURNS[event.key](here.current));
      else return;
      event.preventDefault();
    };
    const onWhole = () => setWhole(Boolean(document.fullscreenElement));
    window.addEventListener("keydown", onKey);
    document.addEventListener("fullscreenchange", onWhole);
    return () => {
      window.removeEventListener("keydown", onKey);
      document.removeEventListener("fullscreenchange", onWhole);
    };
  }, [last]);

  const onTouch = (event) => (touch.current = event.touches.length === 1 ? event.touches[0] : null);
  const onLift = (event) => {
    const from = touch.current;
    touch.current = null;
    if (!from || event.target.closest("input, textarea, select, .ce-scroll")) return;
    const { clientX, clientY } = event.changedTouches[0];
    const [right, down] = [clientX - from.clientX, clientY - from.clientY];
    if (Math.abs(right) > SWIPE && Math.abs(right) > 2 * Math.abs(down)) turn(here.current + (right < 0 ? 1 : -1));
  };

  const place = WORDS.slide(now + 1, slides.length);
  return html`<div class="ce-stage" ref=${box} onTouchStart=${onTouch} onTouchEnd=${onLift}>
    <main id="contenu" tabindex="-1">
      <h1 id="titre" class="ce-hidden" tabindex="-1">${state.heading?.text} · ${state.heading?.small}</h1>
      <${Problems} problems=${state.problems ?? []} />
      ${slides.map(
        (slide, rank) => html`<section
          key=${slide.id}
          class=${classes("ce-slide", slide.look && `is-${slide.look}`)}
          hidden=${rank !== now}
          aria-labelledby=${`h-${slide.id}`}
        >
          <div class="ce-slide-inside">
            ${slide.small && html`<p class="ce-slide-small">${slide.small}</p>`}
            <h2 id=${`h-${slide.id}`} tabindex="-1">${slide.legend}</h2>
            <div class="ce-slide-blocks"><${Blocks} blocks=${drawnWith(slide.blocks, desk.drawings)} level=${3} /></div>
          </div>
        </section>`,
      )}
    </main>
    <nav class="ce-stage-bar" aria-label=${state.heading?.text}>
      <${Button} action=${{ id: "leave", label: WORDS.leaveSlides, kind: "quiet" }} onPress=${leave} />
      <span class="ce-stage-middle">
        <${Turner} label=${WORDS.before} sign="←" off=${now === 0} onPress=${() => turn(here.current - 1)} />
        <span class="ce-stage-place" aria-hidden="true">${now + 1} / ${slides.length}</span>
        <${Turner} label=${WORDS.after} sign="→" off=${now === last} onPress=${() => turn(here.current + 1)} />
      </span>
      <${Button} action=${{ id: "widen", label: whole ? WORDS.narrow : WORDS.widen, kind: "quiet" }} onPress=${widen} />
    </nav>
    <p class="ce-hidden" role="status">${place}</p>
  </div>`;
}

/** What is shown while the slides are being drawn. */
const Preparing = () => html`<div class="ce-stage ce-stage-wait"><p role="status">${WORDS.preparing}</p></div>`;

const Turner = ({ label, sign, off, onPress }) =>
  html`<button type="button" class="ce-button is-move" aria-disabled=${off ? "true" : undefined} onClick=${() => !off && onPress()}>
    <span aria-hidden="true">${sign}</span><span class="ce-hidden">${label}</span>
  </button>`;
