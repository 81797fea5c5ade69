// Runs the programs of the pages. All that it loads is in its own folder.
import { loadPyodide } from "./pyodide.mjs";

const HERE = new URL("./", import.meta.url).href;
const MOST = 100_000; // bytes of output
const native = self.fetch.bind(self);
const say = (text) => postMessage({ type: "state", text });

// --- Files: fetched once, counted while they come, kept by the browser -------------

const store = (async () => {
  try {
    const cache = await caches.open("sigref-python"); // site.js asks whether it is there
    for (const { url } of await cache.keys()) if (!url.startsWith(HERE)) await cache.delete(url);
    return cache;
  } catch {
    return undefined; // without https, and in some private windows, there is none
  }
})();

const LOCK = `${HERE}pyodide-lock.json`;
const lock = (async () => {
  const kept = await (await store)?.match(LOCK);
  if (kept) return kept.json();
  const answer = await native(LOCK).catch(() => ({}));
  if (!answer.ok) throw new Error("pyodide-lock.json could not be fetched. Are you online?");
  const text = await answer.text();
  await (await store)?.put(LOCK, new Response(text)).catch(() => {});
  return JSON.parse(text);
})();

let fetched = 0, expected = 0, said = 0;
const progress = () => {
  if (performance.now() - said < 50 && fetched < expected) return;
  said = performance.now();
  postMessage({ type: "progress", fetched, expected });
};

const load = async (name) => {
  const kept = await (await store)?.match(HERE + name);
  if (kept) return kept.blob();
  const { sizes } = (await lock).info, size = sizes[name];
  if (!expected) expected = fetched = sizes["pyodide.mjs"] + sizes["pyodide.asm.mjs"]; // come beside these
  expected += size;
  const answer = await native(HERE + name).catch(() => ({}));
  if (!answer.ok) throw new Error(`${name} could not be fetched. Are you online?`);
  const parts = [];
  for (let reader = answer.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    fetched += value.length;
    progress();
  }
  const blob = new Blob(parts);
  if (blob.size !== size) throw new Error(`${name} arrived with ${blob.size} of ${size} bytes. Reload the page.`);
  await (await store)?.put(HERE + name, new Response(blob)).catch(() => {}); // no room: fetched again
  return blob;
};
const files = new Map();
const file = (name) => {
  if (!files.has(name)) files.set(name, load(name));
  return files.get(name);
};

// Pyodide asks for its files here.
self.fetch = async (request, settings) => {
  const address = new URL(request.url ?? request, HERE).href;
  if (!address.startsWith(HERE)) return native(request, settings);
  const name = address.slice(HERE.length);
  if (!name.endsWith(".wasm")) return new Response(await file(name));
  const packed = await file(`${name}.packed`);
  const whole = packed.stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(whole, { headers: { "Content-Type": "application/wasm" } });
};

// All files of these packages and of what they need.
const closure = async (packages) => {
  const known = (await lock).packages;
  const found = new Set(packages);
  for (const name of found) known[name].depends.forEach((other) => found.add(other));
  return [...found].map((name) => known[name].file_name);
};

// --- The interpreter -------------------------------------------------------------

let python, needs;
const start = async () => {
  const own = ["figure.py", "imports.py", "harness.py"];
  const texts = own.map(async (name) => (await file(name)).text());
  python = await loadPyodide({
    indexURL: HERE,
    lockFileContents: await lock,
    packageBaseUrl: HERE,
    env: { HOME: "/home/pyodide", LC_ALL: "C.UTF-8", TZ: "UTC", MPLBACKEND: "agg", MPLCONFIGDIR: "/style", MATPLOTLIBRC: "/style" },
  });
  for (const [i, text] of (await Promise.all(texts)).entries()) python.FS.writeFile(`/home/pyodide/${own[i]}`, text);
  python.FS.mkdir("/style");
  python.runPython(`
    import figure
    from harness import run_program
    from imports import preloaded
    with open("/style/matplotlibrc", "w") as file:
        file.write(figure.STYLE)
  `);
  needs = python.toPy((await lock).info.needs);
};

const run = async ({ source, packages }) => {
  if (!python) {
    const core = ["pyodide.asm.wasm.packed", "python_stdlib.zip"];
    // The packages come while Python starts; an error is met again where they are needed.
    [...core, ...(await closure(packages))].forEach((name) => file(name).catch(() => {}));
    await start();
  }
  const needed = python.globals.get("preloaded")(source, needs).split(",").filter(Boolean);
  let wrong = "";
  const silent = { checkIntegrity: false, messageCallback() {}, errorCallback: (text) => { wrong = text; } };
  await Promise.all((await closure(needed)).map(file));
  say("Starting Python…");
  await python.loadPackage(needed, silent);
  if (wrong) throw new Error(wrong);

  const decoder = new TextDecoder();
  let size = 0, text = "", sent = 0, times = 0;
  const flush = () => {
    if (text) postMessage({ type: "text", text });
    text = "";
    sent = performance.now();
  };
  const write = (bytes) => {
    if (size <= MOST) text += decoder.decode(bytes.subarray(0, MOST - size + 1), { stream: true });
    size += bytes.length;
    // The first lines at once, lest an endless loop keep them; then in pieces.
    if (times++ < 50 || text.length > 4096 || performance.now() - sent > 100) flush();
    return bytes.length;
  };
  python.setStdout({ write });
  python.setStderr({ write });
  python.setStdin({ error: true });
  postMessage({ type: "start" });
  const begun = performance.now();
  const outcome = JSON.parse(python.globals.get("run_program")(source));
  const seconds = (performance.now() - begun) / 1000;
  flush();
  postMessage({ ...outcome, type: "end", seconds, cut: size > MOST });
};

onmessage = ({ data }) => run(data).catch((error) => {
  postMessage({ type: "broken", error: error.message || String(error) });
});
