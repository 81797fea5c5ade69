// node pack.mjs FETCHED PACKED NAME...: let pack.py make each file smaller.
// Pyodide runs in Node as in a browser; what is done already is not done again.
import fs from "node:fs";
import path from "node:path";

const [fetched, packed, ...names] = process.argv.slice(2).map((name, i) => (i < 2 ? path.resolve(name) : name));
const { loadPyodide } = await import(`${fetched}/pyodide.mjs`);
const env = { HOME: "/home/pyodide", PYTHONHASHSEED: "0" };
const { info } = JSON.parse(fs.readFileSync(new URL("runtime.json", import.meta.url), "utf8"));
const lockFileContents = { info, packages: {} };
const python = await loadPyodide({ indexURL: `${fetched}/`, env, lockFileContents });
python.FS.writeFile("/home/pyodide/pack.py", fs.readFileSync(new URL("pack.py", import.meta.url)));
const { pack, pack_wasm: packWasm } = python.pyimport("pack");
const Path = python.pyimport("pathlib").Path;

names.forEach((name, i) => {
  const wasm = name.endsWith(".wasm");
  const target = wasm ? `${name}.packed` : name;
  console.log(`packing ${i + 1} of ${names.length}: ${name}`);
  python.FS.writeFile(`/tmp/${name}`, fs.readFileSync(`${fetched}/${name}`));
  (wasm ? packWasm : pack)(Path(`/tmp/${name}`), Path("/tmp/packed"));
  // In one step, so that an interrupted run leaves no half of a file.
  fs.writeFileSync(`${packed}/${target}.part`, python.FS.readFile("/tmp/packed"));
  fs.renameSync(`${packed}/${target}.part`, `${packed}/${target}`);
  python.FS.unlink(`/tmp/${name}`);
});
