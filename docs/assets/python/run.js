// Turns a listing into an editor with Run, Stop and Reset, and shows what the program
// printed and drew. Loaded when a reader first asks to run a program. Python is in a
// worker: the page stays free, and ending the worker ends any program.

const FILES = "./"; // `make site` names the folder
const LIMIT = 30; // seconds, as in the build
const PAINTED = 50_000; // characters; more would make typing slow
const DIFFERENT = 30; // lines of a difference
const folder = new URL(FILES, import.meta.url);
const OTHERWISE = "Python runs in WebAssembly here: its last digits may differ, and it gives no floating-point warnings.";

await new Promise((done) => {
  const href = new URL("run.css", import.meta.url).href;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: done, onerror: done }));
});

// --- The worker, one for the page -----------------------------------------------

let worker, current, count = 0;
const waiting = [];

const boot = () => {
  // The theme's own workers are started later by another class (early.js).
  worker = new (Worker.Native ?? Worker)(new URL("worker.mjs", folder), { type: "module" });
  worker.onmessage = ({ data }) => current?.receive(data);
  worker.onerror = (event) => {
    event.preventDefault();
    current?.receive({ type: "broken", error: "its files could not be fetched. Are you online?" });
  };
};

const next = () => {
  current = waiting.shift();
  if (!current) return;
  if (!worker) boot();
  current.begin();
  worker.postMessage(current.order);
};

const stop = (job, message) => {
  const place = waiting.indexOf(job);
  if (place >= 0) waiting.splice(place, 1);
  else {
    worker?.terminate();
    worker = undefined; // the next run starts another
  }
  job.end(message);
  if (job === current) next();
};

addEventListener("pagehide", () => {
  waiting.splice(0).forEach((job) => job.end("Stopped."));
  if (current) stop(current, "Stopped: you left the page.");
  worker?.terminate();
  worker = undefined;
});

// --- What is typed, in the colours of the listings -----------------------------------

const KEYWORDS = "and as assert async await break class continue def del elif else except False finally for global if in is lambda None nonlocal not or pass raise return True try while with yield";
const BUILTINS = "abs all any bool dict enumerate filter float int isinstance len list map max min open print range repr reversed round set sorted str sum tuple type zip";
const words = (text) => `\\b(?:${text.replaceAll(" ", "|")})\\b`;
const TOKENS = new RegExp([
  /(?<c1>#.*)/.source,
  /(?<s2>[rbfu]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/.source,
  `(?<kn>${words("from import")})`,
  /(?<nn>(?<=(?:^|\n)(?:from|import) )[\w.]+)/.source,
  `(?<k>${words(KEYWORDS)})`,
  `(?<nb>${words(BUILTINS)})`,
  /(?<mf>\b\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?j?|\.\d+(?:[eE][+-]?\d+)?)/.source,
  /\w+/.source,
].join("|"), "g");

const paint = (code, text) => {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    if (!kind) continue;
    parts.push(text.slice(end, match.index), make("span", { className: kind }, match[0]));
    end = match.index + match[0].length;
  }
  code.replaceChildren(...parts, text.slice(end), "\n");
};

// --- Elements ----------------------------------------------------------------------

const make = (tag, properties = {}, ...children) => {
  const { attributes = {}, ...own } = properties;
  const element = Object.assign(document.createElement(tag), own);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const button = (text, onclick) => make("button", { type: "button", className: "run-button", onclick }, text);
const block = (kind, code) => make("div", { className: `language-text no-copy ${kind} highlight` }, make("pre", {}, code));

// The lines in which two texts differ, without those that both begin or end with.
const difference = (before, after) => {
  const [a, b] = [before, after].map((text) => text.replace(/\n$/, "").split("\n"));
  while (a.length && b.length && a[0] === b[0]) [a, b].forEach((lines) => lines.shift());
  while (a.length && b.length && a.at(-1) === b.at(-1)) [a, b].forEach((lines) => lines.pop());
  const marked = (lines, mark) => [
    ...lines.slice(0, DIFFERENT).map((line) => `${mark} ${line}`),
    ...(lines.length > DIFFERENT ? [`${mark} … ${lines.length - DIFFERENT} more lines`] : []),
  ];
  return [...marked(a, "−"), ...marked(b, "+")].join("\n");
};

// --- Keys of an editor ---------------------------------------------------------------

const indent = (event, area) => {
  if (event.ctrlKey || event.metaKey) return;
  const line = area.value.slice(0, area.selectionStart).split("\n").pop();
  if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
    const blanks = line.match(/^ */)[0] + (/:\s*(#.*)?$/.test(line) ? "    " : "");
    if (!blanks) return;
    event.preventDefault();
    document.execCommand("insertText", false, `\n${blanks}`); // can be undone
  } else if (event.key === "Backspace" && area.selectionStart === area.selectionEnd) {
    if (!line || line.trim() || line.length % 4) return;
    event.preventDefault();
    area.setSelectionRange(area.selectionStart - 4, area.selectionEnd);
    document.execCommand("delete");
  }
};

const editor = (source, id) => {
  const code = make("code");
  const under = make("pre", { attributes: { "aria-hidden": "true" } }, code);
  const area = make("textarea", {
    value: source, spellcheck: false, autocapitalize: "off", autocomplete: "off", wrap: "off",
    attributes: { "aria-label": "The program", "aria-describedby": `${id}-keys` },
  });
  const refresh = () => {
    const long = area.value.length > PAINTED; // then it shows its own letters
    box.classList.toggle("run-long", long);
    paint(code, long ? "" : area.value);
    own.refresh();
  };
  area.addEventListener("input", refresh);
  area.addEventListener("scroll", () => {
    under.scrollLeft = area.scrollLeft;
    under.scrollTop = area.scrollTop;
  });
  area.addEventListener("keydown", (event) => indent(event, area));
  const box = make("div", { className: "run-editor language-python highlight" }, under, area);
  const own = numbers(area, id, refresh);
  return { area, refresh, parts: [box, own.box] };
};

// A program with data = """…""" has a box for the reader's own, beside its Run button:
// between the quotes they are hard to place, on a phone above all.
const DATA = /^(data = """\n)([^]*?)(\n""")$/m;
const numbers = (area, id, refresh) => {
  const data = () => area.value.match(DATA)?.[2];
  const page = data();
  const field = make("textarea", {
    id: `${id}-data`, rows: 8, spellcheck: false, autocapitalize: "off", autocomplete: "off", wrap: "off",
  });
  field.addEventListener("input", () => {
    const own = field.value.replace(/["\\]/g, ""); // either would break the program
    area.value = area.value.replace(DATA, (_, begin, old, end) => begin + own + end);
    refresh();
  });
  // So that what is pasted replaces it; a click takes the selection of its focus away.
  for (const event of ["focus", "click"])
    field.addEventListener(event, () => field.value === page && field.select(), { once: true });
  const box = make("div", { className: "run-data" }, make("label", { htmlFor: field.id }, "Your data"), field);
  return { box, refresh() {
    box.hidden = data() === undefined;
    if (field !== document.activeElement) field.value = data() ?? "";
  } };
};

// --- One program ---------------------------------------------------------------------

// What the page shows of a program: text that a run is compared with.
const known = async (program, shown) => {
  const name = program.dataset.expects; // what became a table or the like
  if (name) return (await fetch(new URL(`printed/${name}`, folder))).text();
  const texts = shown.filter((part) => part.matches(".output, .error"));
  return texts.map((part) => part.querySelector("code").textContent).join("");
};

const verdict = (program, expected, data, printed) => {
  const got = printed + (data.exception && `${data.exception}\n`);
  if (!expected) return [];
  if (got === expected) return ["It printed what the page shows."];
  const why = program.dataset.differs ?? OTHERWISE;
  const lines = make("code", {}, difference(expected, got));
  return [`It did not print what the page shows. ${why}`, make("div", { className: "run-difference" },
    make("p", {}, "Only on the page (−), only here (+):"), block("output", lines))];
};

const editors = new WeakMap();

// Opens the listing's editor, with the page's program or with another.
export const open = (listing, opener, other) => {
  if (!editors.has(listing)) editors.set(listing, create(listing, opener));
  editors.get(listing)(other);
};

const create = (listing, opener) => {
  const source = listing.querySelector("pre > code").textContent.replace(/\n$/, "");
  const program = listing.closest(".program");
  const shown = [...program.children].filter((part) => part !== opener && !part.contains(listing));
  const id = `run-${++count}`;
  let job;

  const state = make("span", { className: "run-state", attributes: { role: "status" } });
  const bar = make("progress", { attributes: { "aria-label": "Python fetched so far" }, hidden: true });
  const runs = button("Run", () => start());
  const stops = button("Stop", () => stop(job, "Stopped."));
  const resets = button("Reset", () => close());
  const keys = make("span", { id: `${id}-keys`, className: "run-keys" }, "Ctrl+Enter runs, Tab leaves the program.");
  const output = make("div", { className: "run-output", attributes: {
    role: "group", "aria-label": "What your run printed and drew", "aria-live": "polite",
  } });
  const { area, refresh, parts } = editor(source, id);
  const box = make("div", { className: "run" }, ...parts,
    make("div", { className: "run-bar" }, runs, stops, resets, bar, keys, state));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!job) start();
  });

  const busy = (yes) => {
    // A focused button must not vanish under the fingers: one takes the place of the other.
    const had = document.activeElement === (yes ? runs : stops);
    runs.hidden = yes;
    stops.hidden = !yes;
    if (had) (yes ? stops : runs).focus();
    output.setAttribute("aria-busy", String(yes));
  };

  const start = () => {
    // The room of what was shown stays until the run has ended: nothing jumps.
    const room = output.offsetHeight || shown.reduce((sum, part) => sum + part.offsetHeight, 0);
    output.style.minHeight = `${room}px`;
    output.replaceChildren();
    shown.forEach((part) => { part.hidden = true; });
    const text = make("code");
    let printed = "", timer;
    const unchanged = area.value === source;
    const packages = unchanged ? program.dataset.run.split(" ").slice(1) : [];
    const finish = async (own, data) => {
      const broken = data.traceback && !(unchanged && shown.some((part) => part.matches(".error")));
      for (const svg of data.figures)
        output.append(document.adoptNode(new DOMParser().parseFromString(svg, "text/html").body.firstElementChild));
      if (data.exception) output.append(block("error", make("code", {}, broken ? data.traceback : `${data.exception}\n`)));
      const notes = [`${data.seconds.toFixed(2)} s, ${data.versions}.`];
      if (data.cut) notes.push("The rest of what it printed is left out.");
      else if (!printed && !data.exception && !data.figures.length) notes.push("It printed nothing.");
      if (unchanged) {
        const [said, shows] = verdict(program, await known(program, shown).catch(() => ""), data, printed);
        if (said) notes.push(said);
        if (shows) output.append(shows);
      }
      if (current !== own) return; // it was stopped meanwhile
      own.end(notes.join(" "));
      next();
    };
    job = {
      order: { source: area.value, packages },
      begin() { state.textContent = "Starting Python…"; },
      receive(data) {
        if (data.type === "state") state.textContent = data.text;
        else if (data.type === "progress") {
          const size = `Fetching Python: ${(data.expected / 1e6).toFixed(1)} MB, once.`;
          if (state.textContent !== size) state.textContent = size;
          Object.assign(bar, { hidden: false, max: data.expected, value: data.fetched });
        } else if (data.type === "start") {
          bar.hidden = true;
          state.textContent = "Running…";
          timer = setTimeout(() => stop(job, `Stopped: it ran for ${LIMIT} s.`), LIMIT * 1000);
        } else if (data.type === "text") {
          if (!printed) output.prepend(block("output", text));
          printed += data.text;
          text.append(data.text);
        } else if (data.type === "end") {
          clearTimeout(timer);
          finish(job, data);
        } else stop(job, `Python could not be loaded: ${data.error}`);
      },
      end(message) {
        clearTimeout(timer);
        job = undefined;
        bar.hidden = true;
        busy(false);
        output.style.minHeight = "";
        state.textContent = message;
      },
    };
    busy(true);
    state.textContent = "Waits until the other program has ended.";
    waiting.push(job);
    if (!current) next();
  };

  const close = () => {
    if (job) stop(job, "");
    const had = box.contains(document.activeElement);
    box.remove();
    output.remove();
    listing.hidden = opener.hidden = false;
    shown.forEach((part) => { part.hidden = false; });
    if (had) opener.focus();
  };

  return (other) => {
    if (!box.isConnected) {
      area.value = source;
      state.textContent = "";
      output.replaceChildren();
      listing.hidden = opener.hidden = true;
      listing.after(box);
      const fold = listing.closest("details");
      if (fold) fold.open = true;
      if (shown.length) shown[0].before(output);
      else box.append(output);
      busy(false);
    }
    if (other) area.value = other;
    refresh();
    runs.focus();
    if (job) stop(job, "");
    start();
  };
};
