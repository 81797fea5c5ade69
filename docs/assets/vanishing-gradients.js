// <vanishing-gradients>: choose a unit and a depth, see the gradient of each layer.
// The numbers are those of the table inside, which the page's program measured while
// the site was built; without JavaScript the table is all there is.
"use strict";
{
// The drawing has 480 by 240 units.
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 472, 12, 206];
const SMALLEST = 2 ** -24; // the smallest number of float16

const plain = (text) => +text.replace(/−/g, "-");
const words = (x) => x.toPrecision(2).replace(/-/g, "−");
const superscript = (n) => String(n).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);

// What the table holds: {units, depths, of(unit, depth) = the ratio of each layer}.
const read = (table) => {
  const [head, ...rows] = [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  const units = head.slice(2);
  const depths = [...new Set(rows.map(([depth]) => +depth))];
  const of = (unit, depth) =>
    rows.filter((row) => +row[0] === depth).map((row) => plain(row[2 + units.indexOf(unit)]));
  return { units, depths, of };
};

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: block; }
  @media (forced-colors: active) {
    :host { --fig-1: Highlight; --fig-2: LinkText; --fig-3: CanvasText; --fig-ink: CanvasText; --fig-grid: GrayText; --fig-paper: Canvas; }
  }
  /* site.css keeps this room until the module is there. */
  .all { max-width: 32rem; margin: 0 auto; min-height: calc(min(100vw - 1.6rem, 32rem) * .5 + 13.2rem); }
  .controls { display: grid; grid-template-columns: auto 1fr; gap: .4rem .8rem; align-items: center; }
  select, input { font: inherit; color: inherit; background: var(--fig-paper); width: 100%; min-width: 0; margin: 0; min-height: 1.6rem; }
  select { border: 1px solid var(--fig-ink); border-radius: .2rem; padding: .1rem .5rem; }
  input { accent-color: var(--fig-3); }
  :is(select, input):focus-visible { outline: 2px solid var(--md-accent-fg-color); outline-offset: 2px; }
  svg { display: block; width: 100%; margin: .6rem 0; font: 13px var(--md-text-font-family, sans-serif); touch-action: pan-y; }
  text { fill: var(--fig-ink); }
  .grid { stroke: var(--fig-grid); }
  .bar { fill: var(--fig-1); }
  .bar.chosen { fill: var(--fig-3); }
  .half { stroke: var(--fig-2); stroke-width: 2; stroke-dasharray: 6 4; }
  .say { min-height: 6.4em; margin: .6rem 0 0; }
`);

const MARKUP = `
  <div class="all" role="group" aria-label="Gradient of each layer">
    <div class="controls">
      <label for="unit">Unit</label><select id="unit"></select>
      <label for="depth">Depth</label><select id="depth"></select>
      <label for="layer">Layer</label><input id="layer" type="range" min="1" step="1">
    </div>
    <svg viewBox="0 0 480 240" aria-hidden="true"></svg>
    <p class="say" role="status"></p>
  </div>
  <slot></slot>`;

class VanishingGradients extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [STYLE];
    this.shadowRoot.innerHTML = MARKUP;
    const at = (selector) => this.shadowRoot.querySelector(selector);
    this.parts = { unit: at("#unit"), depth: at("#depth"), layer: at("#layer"), svg: at("svg"), say: at(".say") };
    const { unit, depth, layer, svg } = this.parts;
    unit.addEventListener("change", () => this.draw());
    depth.addEventListener("change", () => this.draw(1));
    layer.addEventListener("input", () => this.draw());
    const point = (event) => {
      const box = svg.getBoundingClientRect();
      const part = (((event.clientX - box.left) / box.width) * 480 - LEFT) / (RIGHT - LEFT);
      layer.value = Math.floor(part * layer.max) + 1;
      this.draw();
    };
    svg.addEventListener("pointerdown", point);
    svg.addEventListener("pointermove", (event) => (event.pointerType === "mouse" || event.buttons) && point(event));
  }

  connectedCallback() {
    const table = this.querySelector("table");
    if (!table || this.data) return;
    this.data = read(table);
    const { unit, depth } = this.parts;
    for (const name of this.data.units) unit.add(new Option(name));
    for (const n of this.data.depths) depth.add(new Option(n, n));
    depth.value = this.data.depths.at(-1);
    this.draw(1);
  }

  draw(layer = +this.parts.layer.value) {
    const { parts, data } = this;
    const [unit, depth] = [parts.unit.value, +parts.depth.value];
    const ratios = data.of(unit, depth);
    parts.layer.max = depth;
    parts.layer.value = layer;
    const ratio = ratios[layer - 1];

    // One scale for all units of a depth, so that they can be compared.
    const all = data.units.flatMap((name) => data.of(name, depth)).map(Math.log10);
    const [low, high] = [Math.floor(Math.min(...all)) - 0.5, Math.ceil(Math.max(...all)) + 0.5];
    const Y = (power) => TOP + ((high - power) / (high - low)) * (BOTTOM - TOP);
    const every = Math.ceil((high - low) / 6);
    const powers = Array.from({ length: 60 }, (_, i) => (6 - i) * every).filter((p) => p > low && p < high);
    const width = (RIGHT - LEFT) / depth;
    const X = (i) => LEFT + (i - 1) * width;
    const marks = [1, ...[1, 2, 3, 4, 5].map((i) => Math.round((i * depth) / 5))];
    const half = Math.log10(SMALLEST);
    parts.svg.innerHTML = `
      ${powers.map((p) => `<path class="grid" d="M${LEFT} ${Y(p)}H${RIGHT}"/>
        <text x="${LEFT - 6}" y="${Y(p) + 4}" text-anchor="end">10${superscript(p)}</text>`).join("")}
      ${ratios.map((r, i) => `<rect class="bar${i + 1 === layer ? " chosen" : ""}" x="${X(i + 1) + width * 0.1}"
        width="${width * 0.8}" y="${Y(Math.log10(r))}" height="${BOTTOM - Y(Math.log10(r))}"/>`).join("")}
      ${half > low ? `<path class="half" d="M${LEFT} ${Y(half)}H${RIGHT}"/>
        <text x="${LEFT + 4}" y="${Y(half) - 5}">the smallest float16</text>` : ""}
      ${[...new Set(marks)].map((i) => `<text x="${X(i) + width / 2}" y="222" text-anchor="middle">${i}</text>`).join("")}
      <text x="${(LEFT + RIGHT) / 2}" y="238" text-anchor="middle">layer</text>`;

    // Not from the first: its input has another size than the outputs of a unit.
    const factor = (ratios[1] / ratios.at(-1)) ** (1 / (depth - 2));
    const change = factor < 1 ? `divides it by ${(1 / factor).toFixed(2)}` : `multiplies it by ${factor.toFixed(2)}`;
    const lost = ratios.filter((r) => r < SMALLEST).length;
    parts.layer.setAttribute("aria-valuetext", `layer ${layer} of ${depth}: ${words(ratio)}`);
    parts.say.textContent = `${unit}: the gradient of layer ${layer} of ${depth} is ${words(ratio)} times that of the last. `
      + `A layer ${change} on average. `
      + (lost ? `If the last is 1, ${lost} layers are below the smallest float16.` : "");
  }
}

Object.assign(VanishingGradients, { read }); // for tests
customElements.define("vanishing-gradients", VanishingGradients);
}
