// What outlives a reload of the page: in this tab only, for this account only, until it is kept or dropped.
const ACCOUNT = document.body?.dataset.account ?? "";
const PREFIX = "coorace:";
const MINE = `${PREFIX}${ACCOUNT}:`;
const PLACE = `${MINE}reprise`;
const PLACE_HOLDS = 3600000;

/** A browser may refuse its storage; the page works without. @template T @param {() => T} action */
function safely(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

/** Whether what was typed says the value that Python shows. @param {{kind?: string}} field */
function says(field, text, value) {
  if (field.kind === "date") return toIso(text) === value;
  if (field.kind === "choice" || field.kind === "select") return text === value;
  const grouping = spoken === "en" ? /[\s,]/g : /\s/g;
  const bare = (words) => words.replace(grouping, "").replace(".", ",");
  return text === value || (bare(text) === bare(value) && /^[\s\d.,-]+$/.test(text));
}

/**
 * What was typed and not yet kept, by page and field: `text`, the value `base` that stood there, and whether it was
 * `sent`.
 * @typedef {{text: string, base: string, sent: boolean}} Draft
 */
const drafts = {
  /** The drafts that were here when the page came back by itself; each is taken up once. @type {Set<string>} */
  resuming: new Set(),
  /** Where the person was typing when the page left. */
  typing: "",
  key: (route, id) => `${MINE}saisie:${route}|${id}`,
  keep: (route, id, draft) => safely(() => sessionStorage.setItem(drafts.key(route, id), JSON.stringify(draft))),
  forget: (route, id) => safely(() => sessionStorage.removeItem(drafts.key(route, id))),
  /** @returns {Draft | null} */
  read: (route, id) => safely(() => JSON.parse(sessionStorage.getItem(drafts.key(route, id)) ?? "null")),

  /**
   * The draft of a field that appears. It is taken up `again` by itself when the page came back by itself and nobody
   * has written there since; otherwise the person is asked.
   * @returns {(Draft & {again: boolean}) | null}
   */
  found(route, field) {
    const draft = drafts.read(route, field.id);
    if (!draft) return null;
    const value = String(field.value ?? "");
    if (says(field, draft.text, value)) {
      drafts.forget(route, field.id);
      return null;
    }
    return { ...draft, again: drafts.resuming.delete(drafts.key(route, field.id)) && draft.base === value && !field.readonly };
  },
};

/** The language that was chosen in this browser; the pages around the application read the same cookie. */
const choice = {
  NAME: "coorace_langue",
  keep(code) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    const path = new URL(".", document.baseURI).pathname;
    safely(() => (document.cookie = `${choice.NAME}=${code}; path=${path}; max-age=31536000; samesite=lax${secure}`));
  },
  read: () => safely(() => new RegExp(`(?:^|;\\s*)${choice.NAME}=(\\w+)`).exec(document.cookie)?.[1]) ?? "",
};

/** Every key of ours in this tab. */
const keys = () => safely(() => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX))) ?? [];

/** Where the person was when the page left by itself, and whether something asked for had no answer. */
const place = {
  keep: (here) => safely(() => sessionStorage.setItem(PLACE, JSON.stringify({ at: Date.now(), ...here }))),
  /** The place to come back to, once. */
  take() {
    const here = safely(() => JSON.parse(sessionStorage.getItem(PLACE) ?? "null"));
    safely(() => sessionStorage.removeItem(PLACE));
    if (!here || Date.now() - here.at > PLACE_HOLDS) return null;
    drafts.resuming = new Set(keys().filter((key) => key.startsWith(`${MINE}saisie:`)));
    drafts.typing = here.focus;
    return here;
  },
};

// Nobody finds here what another account has typed.
for (const key of keys()) if (!key.startsWith(MINE)) safely(() => sessionStorage.removeItem(key));
