// <sigmoid-explorer>: move the curve L·σ(k(x − x₀)) and a tangent on it.
// What stands inside the element is the page without JavaScript: its figure is
// hidden once the element works, its program stays.
"use strict";
{
const LIMITS = {
  L: { label: "Height L", min: 0.2, max: 2, step: 0.1, value: 1 },
  k: { label: "Steepness k", min: -4, max: 4, step: 0.1, value: 1 },
  x0: { label: "Midpoint x₀", min: -4, max: 4, step: 0.1, value: 0 },
};
const POINT = { label: "Point of the tangent", min: -6, max: 6, step: 0.1, value: 1 };
const INITIAL = { L: 1, k: 1, x0: 0, x: 1 };

// The drawing has 480 by 300 units; x from −6 to 6, y from −0.5 to 2.
const X = (x) => 32 + ((x + 6) / 12) * 440;
const Y = (y) => 276 - ((y + 0.5) / 2.5) * 268;
const TICKS_X = [-6, -4, -2, 0, 2, 4, 6];
const TICKS_Y = [-0.5, 0, 0.5, 1, 1.5, 2];

// e = exp(−|x|) cannot overflow: the same forms as in the Python module.
const sigmoid = (x) => {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
};
const sigmoidDerivative = (x) => {
  const e = Math.exp(-Math.abs(x));
  return e / ((1 + e) * (1 + e));
};
const value = ({ L, k, x0 }, x) => L * sigmoid(k * (x - x0));
const slope = ({ L, k, x0 }, x) => L * k * sigmoidDerivative(k * (x - x0));

// A sign that is read out and copied as one: no typographic minus in programs.
const number = (x, digits) => (Math.abs(x) < 0.5 * 10 ** -digits ? 0 : x).toFixed(digits);
const shown = (x, digits) => number(x, digits).replace("-", "−");

const path = (state, f) =>
  Array.from({ length: 241 }, (_, i) => -6 + i / 20)
    .map((x, i) => `${i ? "L" : "M"}${X(x).toFixed(1)} ${Y(f(state, x)).toFixed(1)}`)
    .join("");

const program = ({ L, k, x0, x }) => `import matplotlib.pyplot as plt
import numpy as np
from sigref import sigmoid, sigmoid_derivative

L, k, x0 = ${number(L, 1)}, ${number(k, 1)}, ${number(x0, 1)}  # height, steepness, midpoint
x = np.linspace(-6, 6, 401)
a = ${number(x, 1)}  # where the tangent touches
value = L * sigmoid(k * (a - x0))
slope = L * k * sigmoid_derivative(k * (a - x0))

fig, ax = plt.subplots()
ax.plot(x, L * sigmoid(k * (x - x0)), label="value")
ax.plot(x, L * k * sigmoid_derivative(k * (x - x0)), "--", label="slope")
ax.plot(x, value + slope * (x - a), ":", label="tangent")
ax.plot(a, value, "o")
ax.set_ylim(-0.5, 2)
ax.legend()
print(f"At x = {a:g} the value is {value:.4f} and the slope is {slope:.4f}.")
plt.show()
`;

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: block; }
  @media (forced-colors: active) {
    :host { --fig-1: CanvasText; --fig-2: LinkText; --fig-3: Highlight;
            --fig-ink: CanvasText; --fig-grid: GrayText; --fig-paper: Canvas; }
  }
  svg { display: block; width: 100%; max-width: 32rem; margin: 0 auto; overflow: hidden;
        touch-action: pan-y; font: 13px var(--md-text-font-family, sans-serif); }
  .grid { stroke: var(--fig-grid); }
  path.grid, path.axis { stroke-width: 1; }
  .axis { stroke: var(--fig-ink); }
  text { fill: var(--fig-ink); }
  path, .tangent { fill: none; stroke-width: 2.5; }
  .value { stroke: var(--fig-1); }
  .slope { stroke: var(--fig-2); stroke-dasharray: 8 5; }
  .tangent { stroke: var(--fig-3); stroke-dasharray: 2 4; stroke-linecap: round; }
  .point { cursor: ew-resize; outline: none; }
  .point .hit { fill: transparent; }
  .point .dot { fill: var(--fig-3); stroke: var(--fig-paper); stroke-width: 2; }
  .point:focus-visible .dot { stroke: var(--fig-ink); stroke-width: 4; }
  .controls { display: grid; grid-template-columns: auto 1fr 3.2em; gap: .3rem .8rem;
              align-items: center; max-width: 32rem; margin: .6rem auto; }
  .controls input { width: 100%; min-height: 24px; margin: 0; accent-color: var(--fig-1); }
  output { font-variant-numeric: tabular-nums; text-align: right; }
  .say { max-width: 32rem; min-height: 3.2em; margin: .6rem auto 0; }
  .actions { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center;
             max-width: 32rem; margin: .4rem auto 1rem; }
  button { font: inherit; color: inherit; background: none; cursor: pointer;
           border: 1px solid currentcolor; border-radius: .2rem; padding: .25rem .8rem; }
  a { color: var(--md-typeset-a-color); padding: .25rem 0; }
  :is(button, a, input):focus-visible { outline: 2px solid var(--md-accent-fg-color);
                                        outline-offset: 2px; }
`);

const MARKUP = `
  <svg viewBox="0 0 480 300" role="group" aria-label="Curve, slope and tangent">
    <g aria-hidden="true">
      ${TICKS_X.map((x) => `<path class="grid" d="M${X(x)} 8V276"/>
        <text x="${X(x)}" y="294" text-anchor="middle">${shown(x, 0)}</text>`).join("")}
      ${TICKS_Y.map((y) => `<path class="grid" d="M32 ${Y(y)}H472"/>
        <text x="27" y="${Y(y) + 4}" text-anchor="end">${shown(y, 1)}</text>`).join("")}
      <clipPath id="frame"><rect x="32" y="8" width="440" height="268"/></clipPath>
      <path class="axis" d="M32 ${Y(0)}H472M${X(0)} 8V276"/>
      <g clip-path="url(#frame)"><path class="slope"/><line class="tangent"/><path class="value"/></g>
    </g>
    <g class="point" role="slider" tabindex="0" aria-label="${POINT.label}"
       aria-valuemin="${POINT.min}" aria-valuemax="${POINT.max}">
      <circle class="hit" r="22"/><circle class="dot" r="7"/>
    </g>
  </svg>
  <p class="say"></p>
  <div class="controls">
    ${Object.entries(LIMITS).map(([name, { label, min, max, step }]) => `
      <label for="${name}">${label}</label>
      <input id="${name}" type="range" min="${min}" max="${max}" step="${step}">
      <output for="${name}"></output>`).join("")}
  </div>
  <div class="actions">
    <button type="button" id="reset">Reset</button>
    <button type="button" id="copy">Copy as Python</button>
    <a id="link">Link to this picture</a>
    <span role="status"></span>
  </div>
  <slot></slot>`;

class SigmoidExplorer extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [STYLE];
    this.shadowRoot.innerHTML = MARKUP;
    this.state = { ...INITIAL };
    const at = (selector) => this.shadowRoot.querySelector(selector);
    this.point = at(".point");
    for (const name of Object.keys(LIMITS))
      at(`#${name}`).addEventListener("input", (event) => this.set({ [name]: +event.target.value }));
    this.point.addEventListener("keydown", (event) => this.key(event));
    this.point.addEventListener("pointerdown", (event) => {
      this.point.setPointerCapture(event.pointerId);
      this.point.focus();
    });
    this.point.addEventListener("pointermove", (event) => {
      if (!this.point.hasPointerCapture(event.pointerId)) return;
      const box = at("svg").getBoundingClientRect();
      const units = ((event.clientX - box.left) / box.width) * 480;
      this.set({ x: ((units - 32) / 440) * 12 - 6 });
    });
    at("#reset").addEventListener("click", () => this.set(INITIAL));
    at("#copy").addEventListener("click", async () => {
      // Without a secure context there is no clipboard, and a browser may refuse.
      const copied = await navigator.clipboard?.writeText(program(this.state)).then(() => true, () => false);
      at("[role=status]").textContent = copied ? "Copied." : "This browser does not allow copying.";
    });
  }

  connectedCallback() {
    this.restore = () => this.read(location.hash);
    addEventListener("hashchange", this.restore);
    this.draw();
    this.read(location.hash);
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.restore);
  }

  // #explorer:L=1,k=2,x0=0,x=1; what is missing or no number has its initial value.
  // Another fragment names a place on the page and leaves the picture alone.
  read(hash) {
    if (!hash.startsWith("#explorer:")) return;
    const state = { ...INITIAL };
    for (const pair of hash.slice(10).split(/,|%2C/i)) {
      const [name, text] = pair.split(/=|%3D/i);
      if (Object.hasOwn(state, name) && text && Number.isFinite(+text)) state[name] = +text;
    }
    this.set(state);
  }

  key(event) {
    const { x } = this.state;
    const steps = { ArrowLeft: -0.1, ArrowDown: -0.1, ArrowRight: 0.1, ArrowUp: 0.1, PageDown: -1, PageUp: 1 };
    const to = { Home: POINT.min, End: POINT.max }[event.key] ?? x + steps[event.key];
    if (Number.isNaN(to)) return;
    event.preventDefault();
    this.set({ x: to });
  }

  set(change) {
    const limits = { ...LIMITS, x: POINT };
    for (const [name, wanted] of Object.entries(change)) {
      const { min, max } = limits[name];
      this.state[name] = Math.round(Math.min(max, Math.max(min, wanted)) * 10) / 10;
    }
    this.draw();
  }

  draw() {
    const { state } = this;
    const at = (selector) => this.shadowRoot.querySelector(selector);
    const [y, m] = [value(state, state.x), slope(state, state.x)];
    at(".value").setAttribute("d", path(state, value));
    at(".slope").setAttribute("d", path(state, slope));
    const ends = { x1: X(-6), y1: Y(y + m * (-6 - state.x)), x2: X(6), y2: Y(y + m * (6 - state.x)) };
    for (const [name, coordinate] of Object.entries(ends)) at(".tangent").setAttribute(name, coordinate);
    this.point.setAttribute("transform", `translate(${X(state.x)} ${Y(y)})`);
    const words = `At x = ${shown(state.x, 1)} the value is ${shown(y, 3)} and the slope is ${shown(m, 3)}.`;
    this.point.setAttribute("aria-valuenow", state.x);
    this.point.setAttribute("aria-valuetext", words);
    at(".say").textContent = words;
    for (const name of Object.keys(LIMITS)) {
      at(`#${name}`).value = state[name];
      at(`output[for=${name}]`).textContent = shown(state[name], 1);
    }
    at("#link").href = "#explorer:" + Object.entries(state).map(([n, v]) => `${n}=${number(v, 1)}`).join(",");
    at("[role=status]").textContent = "";
  }
}

Object.assign(SigmoidExplorer, { sigmoid, sigmoidDerivative, program }); // for tests
customElements.define("sigmoid-explorer", SigmoidExplorer);
}
