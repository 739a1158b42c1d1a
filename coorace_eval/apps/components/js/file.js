// A file that a person chooses: photos are made smaller here, then it leaves in pieces, one after the other.
const PIECE = 36000; // bytes; in base64 a message stays under 64 KB
const LONGEST_SIDE = 1600;
const QUALITY = 0.86;

/**
 * A picture no larger than needed, upright, without what a camera writes beside it.
 * @param {Blob} file @param {string} mime @returns {Promise<Blob>}
 */
async function smaller(file, mime) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  if (mime === "image/jpeg") {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const made = await new Promise((done) => canvas.toBlob(done, mime, QUALITY));
  if (!made) throw new Error("the picture was not written");
  return made;
}

/** @param {Uint8Array} bytes */
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** Whether a file is one of those that a field accepts, by its ending or its kind. */
const accepts = (field, file) =>
  !field.accept?.length ||
  field.accept.some((kind) => (kind.startsWith(".") ? file.name.toLowerCase().endsWith(kind) : file.type === kind));

function FileField({ field, described }) {
  const desk = useDesk();
  const box = useRef(null);
  const button = useRef(null);
  const now = useRef({}).current;
  const [share, setShare] = useState(null); // between 0 and 1 while it leaves
  const [said, setSaid] = useState("");
  const [fault, setFault] = useState("");
  now.error = field.error;
  useEffect(() => () => void (now.gone = true), []);

  const send = async (content, name) => {
    const bytes = new Uint8Array(await content.arrayBuffer());
    const of = Math.max(1, Math.ceil(bytes.length / PIECE));
    const before = now.error;
    for (let part = 1; part <= of; part += 1) {
      const data = base64(bytes.subarray((part - 1) * PIECE, part * PIECE));
      await desk.deliver("upload", { id: field.id, name, part, of, data });
      if (now.gone || (now.error && (now.error !== before || part > 1))) return;
      setShare(part / of);
      if (part === Math.ceil(of / 2) && of > 9) setSaid(WORDS.halfSent);
    }
  };
  const take = async (file) => {
    if (!file || share !== null || field.readonly) return;
    setFault("");
    if (!accepts(field, file)) return setFault(WORDS.wrongFile(field.kinds ?? ""));
    setShare(0);
    setSaid(WORDS.sending(file.name));
    try {
      const raster = file.type.startsWith("image/") && file.type !== "image/svg+xml";
      const content = field.shrink && raster ? await smaller(file, field.shrink) : file;
      if (field.most && content.size > field.most) setFault(WORDS.tooBig(Math.floor(field.most / 1048576)));
      else await send(content, file.name);
    } catch {
      setFault(WORDS.unreadable);
    }
    if (now.gone) return;
    setShare(null);
    setSaid("");
    button.current?.focus();
  };
  const drop = (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  };

  const typed = { waiting: desk.waiting(field.id) === "late" ? "late" : "", found: null };
  const busy = share !== null;
  return html`<div
    class=${classes("ce-stack ce-file", busy && "is-busy")}
    onDragOver=${(event) => event.preventDefault()}
    onDrop=${drop}
  >
    <span class="ce-label" id=${`l-${field.id}`}><${Label} field=${field} /></span>
    ${field.help && html`<p class="ce-help" id=${`h-${field.id}`}>${field.help}</p>`}
    ${field.value && html`<p class="ce-file-kept"><span class="ce-file-name">${field.value}</span></p>`}
    <div class="ce-file-row">
      <button
        type="button"
        ref=${button}
        id=${fieldId(field.id)}
        class="ce-button is-secondary"
        aria-labelledby=${`${fieldId(field.id)} l-${field.id}`}
        aria-describedby=${described}
        disabled=${Boolean(field.readonly)}
        onClick=${() => !busy && box.current.click()}
      >
        ${field.choose ?? WORDS.chooseFile}
      </button>
      ${!busy && (field.actions ?? []).map((action) => html`<${Button} key=${action.id} action=${action} item=${action.item} />`)}
    </div>
    <input
      type="file"
      hidden
      ref=${box}
      accept=${field.accept?.join(",")}
      onChange=${(event) => {
        take(event.target.files[0]);
        event.target.value = "";
      }}
    />
    ${busy && html`<${Progress} value=${Math.round(share * 100)} max=${100} label=${WORDS.sent(share)} id=${`q-${field.id}`} />`}
    <p class="ce-hidden" role="status">${said}</p>
    <${Notes} field=${busy ? { ...field, error: "", saved: "" } : { ...field, error: fault || field.error }} typed=${typed} id=${`n-${field.id}`} />
  </div>`;
}
