// <sigmoid-explorer>: move the curve a + (b − a)·σ(k(x − x₀)) and a tangent on it.
// What stands inside the element is the page without JavaScript: its figure is
// hidden once the element works, its caption is taken over, its program stays.
"use strict";
{
const LIMITS = {
  a: { label: "From a", min: -1, max: 2, step: 0.1 },
  b: { label: "To b", min: -1, max: 2, step: 0.1 },
  k: { label: "Steepness k", min: -4, max: 4, step: 0.1 },
  x0: { label: "Midpoint x₀", min: -4, max: 4, step: 0.1 },
};
const POINT = { label: "Point of the tangent", min: -6, max: 6, step: 0.1 };
const INITIAL = { a: 0, b: 1, k: 1, x0: 0, x: 1 };
const CURVES = { value: "sigmoid", slope: "its slope", tangent: "tangent" };

// The drawing has 480 by 300 units; x from −6 to 6, y as far as the curves go.
const X = (x) => 38 + ((x + 6) / 12) * 434;
const TICKS_X = [-6, -4, -2, 0, 2, 4, 6];
// In steps, so that the frame stands still while a curve moves in it.
const STEPS = [0.1, 0.6, 1.1, 2.2, 3.3];
const frame = ({ a, b, k }) => {
  const ends = [0, a, b, ((b - a) * k) / 4];
  const room = (far) => STEPS.find((step) => step >= far);
  return [-room(-Math.min(...ends)), room(Math.max(...ends, 0.9))];
};

// e = exp(−|x|) cannot overflow: the same forms as in the Python module.
const sigmoid = (x) => {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
};
const sigmoidDerivative = (x) => {
  const e = Math.exp(-Math.abs(x));
  return e / ((1 + e) * (1 + e));
};
const value = ({ a, b, k, x0 }, x) => a + (b - a) * sigmoid(k * (x - x0));
const slope = ({ a, b, k, x0 }, x) => (b - a) * k * sigmoidDerivative(k * (x - x0));

// A sign that is read out and copied as one: no typographic minus in programs.
const number = (x, digits) => (Math.abs(x) < 0.5 * 10 ** -digits ? 0 : x).toFixed(digits);
const shown = (x, digits) => number(x, digits).replace("-", "−");

const path = (state, f, Y) =>
  Array.from({ length: 241 }, (_, i) => -6 + i / 20)
    .map((x, i) => `${i ? "L" : "M"}${X(x).toFixed(1)} ${Y(f(state, x)).toFixed(1)}`)
    .join("");

// With INITIAL the program of the page: a test compares them.
const program = (state) => `import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit

a, b = ${number(state.a, 1)}, ${number(state.b, 1)}  # from, to
k, x0 = ${number(state.k, 1)}, ${number(state.x0, 1)}  # steepness, midpoint
t = ${number(state.x, 1)}  # where the tangent touches


def curve(x):
    s = expit(k * (x - x0))
    return a + (b - a) * s, (b - a) * k * s * expit(-k * (x - x0))


x = np.linspace(-6, 6, 401)
value, slope = curve(x)
y, m = curve(t)
fig, ax = plt.subplots()
ax.plot(x, value, label="sigmoid")
ax.plot(x, slope, "--", label="its slope")
ax.plot(x, y + m * (x - t), ":", label="tangent")
ax.plot(t, y, "o", color="C2")
ax.set_ylim(${frame(state).map((y) => number(y, 1)).join(", ")})
ax.set_xlabel("x")
ax.legend(loc="upper left")
print(f"At x = {t:g} the value is {y:.4f} and the slope is {m:.4f}.")
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
  path { fill: none; stroke-width: 2.5; }
  .value { stroke: var(--fig-1); }
  .slope { stroke: var(--fig-2); stroke-dasharray: 8 5; }
  .tangent { stroke: var(--fig-3); stroke-dasharray: 2 4; stroke-linecap: round; }
  .point { cursor: ew-resize; outline: none; }
  .point .hit { fill: transparent; }
  .point .dot { fill: var(--fig-3); stroke: var(--fig-paper); stroke-width: 2; }
  .point:focus-visible .dot { stroke: var(--fig-ink); stroke-width: 4; }
  .key { display: flex; flex-wrap: wrap; justify-content: center; gap: 0 .9rem; margin: 0; padding: 0;
         list-style: none; }
  .key svg { display: inline-block; width: 1.7rem; height: .47rem; margin: 0 .25rem 0 0; }
  .caption { max-width: 32rem; margin: .2rem auto 0; }
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
  <ul class="key">
    ${Object.entries(CURVES).map(([name, label]) => `<li><svg viewBox="0 0 44 12" aria-hidden="true">
      <path class="${name}" d="M1 6H43"/></svg>${label}</li>`).join("")}
  </ul>
  <svg class="drawing" viewBox="0 0 480 300" role="group" aria-label="Curve, slope and tangent">
    <g aria-hidden="true">
      ${TICKS_X.map((x) => `<path class="grid" d="M${X(x)} 8V276"/>
        <text x="${X(x)}" y="294" text-anchor="middle">${shown(x, 0)}</text>`).join("")}
      <g class="ticks"></g>
      <clipPath id="frame"><rect x="38" y="8" width="434" height="268"/></clipPath>
      <g clip-path="url(#frame)">
        <path class="axis"/><path class="slope"/><path class="tangent"/><path class="value"/>
      </g>
    </g>
    <g class="point" role="slider" tabindex="0" aria-label="${POINT.label}"
       aria-valuemin="${POINT.min}" aria-valuemax="${POINT.max}">
      <circle class="hit" r="22"/><circle class="dot" r="7"/>
    </g>
  </svg>
  <p class="caption"></p>
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
    <button type="button" id="open" hidden>Open as program</button>
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
      const box = at(".drawing").getBoundingClientRect();
      const units = ((event.clientX - box.left) / box.width) * 480;
      this.set({ x: ((units - 38) / 434) * 12 - 6 });
    });
    at("#reset").addEventListener("click", () => this.set(INITIAL));
    at("#copy").addEventListener("click", async () => {
      // Without a secure context there is no clipboard, and a browser may refuse.
      const copied = await navigator.clipboard?.writeText(program(this.state)).then(() => true, () => false);
      at("[role=status]").textContent = copied ? "Copied." : "This browser does not allow copying.";
    });
  }

  connectedCallback() {
    // Where the program inside can be run, its button (site.js) runs another as well.
    const run = this.querySelector(".run-open");
    const opens = this.shadowRoot.querySelector("#open");
    opens.hidden = !run;
    opens.onclick = () => run.dispatchEvent(new CustomEvent("click", { detail: program(this.state) }));
    this.restore = () => this.read(location.hash);
    addEventListener("hashchange", this.restore);
    const caption = this.querySelector("figcaption");
    this.shadowRoot.querySelector(".caption").textContent = caption?.textContent ?? "";
    this.draw();
    this.read(location.hash);
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.restore);
  }

  // #explorer:a=0,b=1,k=2,x0=0,x=1; what is missing or no number has its initial value.
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
    const [low, high] = frame(state);
    const Y = (y) => 276 - ((y - low) / (high - low)) * 268;
    const step = [0.25, 0.5, 1].find((step) => (high - low) / step < 6.5) ?? 2;
    const first = Math.ceil(low / step);
    const ticks = Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
    at(".ticks").innerHTML = ticks.map((y) => `<path class="grid" d="M38 ${Y(y)}H472"/>
      <text x="33" y="${Y(y) + 4}" text-anchor="end">${shown(y, step < 0.5 ? 2 : 1)}</text>`).join("");
    at(".axis").setAttribute("d", `M38 ${Y(0)}H472M${X(0)} 8V276`);
    at(".drawing .value").setAttribute("d", path(state, value, Y));
    at(".drawing .slope").setAttribute("d", path(state, slope, Y));
    const line = (x) => `${X(x)} ${Y(y + m * (x - state.x))}`;
    at(".drawing .tangent").setAttribute("d", `M${line(-6)}L${line(6)}`);
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

Object.assign(SigmoidExplorer, { INITIAL, sigmoid, sigmoidDerivative, program }); // for tests
customElements.define("sigmoid-explorer", SigmoidExplorer);
}
