// <float-microscope>: one x in one format; what the sigmoid loses there, and why.
// What stands inside the element is the page without JavaScript: a table of points,
// which are also what its menu offers.
"use strict";
{
// --- The formats ------------------------------------------------------------------

// Bits of the significand, exponent of the smallest normal number, bits of the exponent.
const format = (p, emin, width, largest, overflow = Infinity) => ({
  p, emin, width, overflow, largest: largest ?? (2 - 2 ** (1 - p)) * 2 ** (1 - emin),
});
const FORMATS = {
  float64: format(53, -1022, 11),
  float32: format(24, -126, 8),
  float16: format(11, -14, 5),
  bfloat16: format(8, -126, 8),
  float8_e4m3fn: format(4, -6, 4, 448, NaN), // no infinity: an overflow is NaN
  float8_e5m2: format(3, -14, 5),
};

// Every number of every format is a float64 and so m·2^e with a BigInt m.
const view = new DataView(new ArrayBuffer(8));
const dyadic = (x) => {
  view.setFloat64(0, Math.abs(x));
  const bits = view.getBigUint64(0);
  const field = Number(bits >> 52n);
  const m = BigInt.asUintN(52, bits) | (field ? 1n << 52n : 0n);
  return [x < 0 ? -m : m, Math.max(field, 1) - 1075];
};
const length = (m) => {
  const hex = m.toString(16); // of m > 0
  return 4 * hex.length - Math.clz32(parseInt(hex[0], 16)) + 28;
};
const magnitude = (m) => (m < 0n ? -m : m);
const shifted = (m, by) => (by < 0 ? m >> BigInt(-by) : m << BigInt(by));

// Near m·2^e the numbers of a format are 2^q apart.
const spacing = (m, e, { p, emin }) => (m ? Math.max(e + length(magnitude(m)) - 1, emin) : emin) - p + 1;

// The number of the format nearest to m·2^e, the even one of two.
const nearest = (m, e, f) => {
  if (m < 0n) return -nearest(-m, e, f);
  if (!m) return 0;
  if (e + length(m) > 1024) return f.overflow;
  let q = spacing(m, e, f);
  let n = shifted(m, e - q);
  if (q > e) {
    const rest = m - shifted(n, q - e);
    const half = shifted(1n, q - e - 1);
    if (rest > half || (rest === half && n & 1n)) n += 1n;
  }
  if (!n) return 0;
  // As a float64: powers of the language need not be exact, bits are.
  const up = Math.min(53 - length(n), q + 1074);
  q -= up;
  view.setBigUint64(0, (BigInt(q + 1074) << 52n) + shifted(n, up));
  const value = view.getFloat64(0);
  return value > f.largest ? f.overflow : value;
};

// One of + − × ÷ in float64, rounded again, is the operation in the format: 53 bits
// are at least 2·24 + 2, so that the first rounding never decides the second.
const round = (x, f) => {
  if (Math.abs(x) === Infinity) return x * f.overflow;
  return x ? nearest(...dyadic(x), f) : x;
};

// --- exp and log, correctly rounded -------------------------------------------------

// 2 artanh(n/d) in fixed point with w bits: the logarithm of (d + n)/(d − n).
const artanh2 = (n, d, w) => {
  const v = shifted(n, w) / d;
  const square = (v * v) >> BigInt(w);
  let [sum, power] = [0n, 2n * v];
  for (let k = 1n; power; k += 2n, power = (power * square) >> BigInt(w)) {
    sum += power / k;
    if (power === -1n) break; // a shift rounds down: −1 would stay
  }
  return sum;
};
const LN2 = new Map();
const ln2 = (w) => LN2.get(w) ?? LN2.set(w, artanh2(1n, 3n, w)).get(w);

// What these two return is off by less than 2^24 of its last digits, in truth by 2^20.
const SLACK = 1n << 24n;

// e^x = m·2^e with m of w bits after its first. Beyond FAR every format is at its end.
const FAR = 1100;
const expDigits = (x, w) => {
  const [n, e] = dyadic(Math.max(-FAR, Math.min(FAR, x)));
  const fixed = shifted(n, e + w);
  let k = fixed / ln2(w);
  if (k * ln2(w) > fixed) k -= 1n;
  const r = fixed - k * ln2(w);
  let sum = 0n;
  for (let i = 1n, term = 1n << BigInt(w); term; i += 1n) {
    sum += term;
    term = (term * r >> BigInt(w)) / i;
  }
  return [sum, Number(k) - w];
};

// log x for x > 0: k·log 2 + log y, with y between 2/3 and 4/3, in fixed point.
const logDigits = (x, w) => {
  const [m, e] = dyadic(x);
  let k = length(m) - 1;
  if (3n * m > shifted(4n, k)) k += 1;
  const one = 1n << BigInt(k); // x = (m/one)·2^(e + k)
  return [BigInt(e + k) * ln2(w) + artanh2(m - one, m + one, w), -w];
};

// More digits until the uncertain last ones no longer decide.
const certain = (digits, f) => {
  for (let w = 128; ; w *= 2) {
    const [m, e] = digits(w);
    const low = nearest(m - SLACK, e, f);
    if (Object.is(low, nearest(m + SLACK, e, f))) return low;
  }
};
const exp = (x, f) => (x && !Number.isNaN(x) ? certain((w) => expDigits(x, w), f) : x + 1);
const log = (x, f) => {
  if (!(x > 0 && x < Infinity) || x === 1) return round(Math.log(x), f);
  return certain((w) => logDigits(x, w), f);
};

// --- The sigmoid ----------------------------------------------------------------------

// Exact as far as can matter: σ, 1 − σ and σ′ at x to w bits, each as m·2^e.
const exact = (x, w) => {
  const [m, e] = x ? expDigits(-Math.abs(x), w) : [1n << BigInt(w), -w];
  const sum = shifted(1n, w) + shifted(m, e + w);
  const large = [shifted(1n, 2 * w) / sum, -w];
  const small = [shifted(m, w) / sum, e];
  const slope = [shifted(m, 2 * w) / (sum * sum), e];
  return x < 0 ? { value: small, complement: large, slope } : { value: large, complement: small, slope };
};

// Each operation is rounded to the format. The inverse goes back from what was computed.
const textbookValue = (x, f) => round(1 / round(1 + exp(-x, f), f), f);
const textbook = (x, f) => {
  const value = textbookValue(x, f);
  const complement = round(1 - value, f);
  const inverse = log(round(value / complement, f), f);
  return { value, complement, slope: round(value * complement, f), inverse };
};
const safe = (x, f) => {
  const e = exp(-Math.abs(x), f);
  const sum = round(1 + e, f);
  const large = round(1 / sum, f);
  const small = round(e / sum, f);
  const slope = round(e / round(sum * sum, f), f);
  const inverse = log(round(small / large, f), f);
  return x < 0
    ? { value: small, complement: large, slope, inverse }
    : { value: large, complement: small, slope, inverse: 0 - inverse };
};

// |computed − exact| in units of the spacing at the exact value.
const ulpError = (computed, [m, e], f) => {
  if (!Number.isFinite(computed)) return Number.isNaN(computed) ? NaN : Infinity;
  const [n, d] = dyadic(computed);
  const low = Math.min(d, e);
  const difference = magnitude(shifted(n, d - low) - shifted(m, e - low));
  const cut = Math.max(0, difference ? length(difference) - 60 : 0);
  return Number(shifted(difference, -cut)) * 2 ** (low + cut - spacing(m, e, f));
};

// All that the microscope shows of x, which must be a finite number of the format.
const measure = (x, dtype) => {
  const f = FORMATS[dtype];
  const truth = { ...exact(x, 192), inverse: dyadic(x) };
  const forms = Object.entries({ textbook: textbook(x, f), safe: safe(x, f) });
  for (const [, form] of forms)
    form.error = Object.fromEntries(Object.keys(truth).map((what) => [what, ulpError(form[what], truth[what], f)]));
  return { truth, ...Object.fromEntries(forms) };
};

// --- Neighbours, bits, thresholds -------------------------------------------------------

// The numbers of a format in their order: …, −1 the largest below 0, 0, 1, 2, …
const ordinal = (x, f) => {
  const [m, e] = dyadic(Math.abs(x));
  const q = spacing(m, e, f);
  const i = (BigInt(q - f.emin + f.p - 1) << BigInt(f.p - 1)) + shifted(m, e - q);
  return x < 0 ? -i : i;
};
const nth = (i, f) => {
  if (i < 0n) return -nth(-i, f);
  const field = i >> BigInt(f.p - 1);
  const m = BigInt.asUintN(f.p - 1, i) | (field ? 1n << BigInt(f.p - 1) : 0n);
  return nearest(m, f.emin - f.p + Math.max(Number(field), 1), f);
};
const step = (x, by, f) => {
  const last = ordinal(f.largest, f);
  const i = ordinal(x, f) + BigInt(by);
  return nth(i > last ? last : i < -last ? -last : i, f);
};

// Sign, exponent and significand, as zeros and ones.
const bits = (x, f) => {
  const ones = ((1n << BigInt(f.width)) - 1n) << BigInt(f.p - 1);
  let i = ones;
  if (Number.isNaN(x)) i |= f.overflow === Infinity ? 1n << BigInt(f.p - 2) : (1n << BigInt(f.p - 1)) - 1n;
  else if (Number.isFinite(x)) i = ordinal(Math.abs(x), f);
  const text = i.toString(2).padStart(f.width + f.p - 1, "0");
  return [x < 0 || Object.is(x, -0) ? "1" : "0", text.slice(0, f.width), text.slice(f.width)];
};

// The smallest number of the format above 0 that has a property which stays.
const first = (f, reached) => {
  let [low, high] = [0n, ordinal(f.largest, f)];
  if (!reached(nth(high, f))) return NaN;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (reached(nth(middle, f))) high = middle;
    else low = middle;
  }
  return nth(high, f);
};

// Found by bisection in the format itself; [from, what, side]: side −1 means below.
const known = new Map();
const thresholds = (dtype) => {
  if (known.has(dtype)) return known.get(dtype);
  const f = FORMATS[dtype];
  const best = (what, x) => certain((w) => exact(x, w)[what], f);
  const normal = 2 ** f.emin;
  const broken = f.overflow === Infinity ? 0 : NaN;
  const found = {
    zero: -first(f, (x) => best("value", -x) === 0),
    lost: -first(f, (x) => Object.is(textbookValue(-x, f), broken)),
    subnormal: -first(f, (x) => best("value", -x) < normal),
    early: first(f, (x) => textbookValue(x, f) === 1),
    one: first(f, (x) => best("value", x) === 1),
    flat: first(f, (x) => best("slope", x) === 0),
  };
  known.set(dtype, found);
  return found;
};

// --- What is shown ------------------------------------------------------------------------

// The number as float64 writes it if that is short, or else the shortest decimal that
// means this number of the format.
const shortest = (x, f) => {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "NaN" : x < 0 ? "-∞" : "∞";
  let text = String(x);
  if (text.replace(/e.*|\D/g, "").replace(/^0+|0+$/g, "").length <= 9) return text;
  for (let digits = 1; digits <= 17; digits += 1) {
    text = x.toPrecision(digits);
    if (round(+text, f) === x) break;
  }
  return String(+text);
};
const minus = (text) => text.replace(/-/g, "−");

// m·2^e > 0 to some digits, also where it is below every float64.
const decimal = ([m, e], digits) => {
  let power = Math.floor((e + length(m)) * Math.log10(2));
  const scaled = (by) => (by < 0 ? shifted(m, e + 1) / 10n ** BigInt(-by) : shifted(m * 10n ** BigInt(by), e + 1));
  const half = (n) => (n + 1n) >> 1n; // one bit more was kept, to round
  let text = half(scaled(digits - 1 - power)).toString();
  if (text.length < digits) text = half(scaled(digits - 1 - --power)).toString();
  if (text.length > digits) [text, power] = [text.slice(0, digits), power + 1];
  const plain = power < -4 || power === 0 ? `${text[0]}.${text.slice(1)}` : `0.${"0".repeat(-power - 1)}${text}`;
  return plain.replace(/\.?0+$/, "") + (power < -4 ? `e${power}` : "");
};

const INITIAL = { dtype: "float64", x: 36.74 };
const THRESHOLDS = {
  zero: ["σ(x) is nearest to 0", "up to"],
  lost: ["1/(1 + e⁻ˣ) is 0: e⁻ˣ overflows", "up to"],
  subnormal: ["σ(x) is subnormal and loses digits", "up to"],
  early: ["1/(1 + e⁻ˣ) is 1, and s(1 − s) is 0", "from"],
  one: ["σ(x) is nearest to 1", "from"],
  flat: ["σ′(x) is nearest to 0", "beyond ±"],
};
// For each quantity: its name, the textbook form, the stable form from 0 on and below 0.
const FORMS = {
  value: ["σ(x)", "s = 1/(1 + e⁻ˣ)", "1/(1 + t)", "t/(1 + t)"],
  complement: ["1 − σ(x)", "1 − s", "t/(1 + t)", "1/(1 + t)"],
  slope: ["σ′(x)", "s(1 − s)", "t/(1 + t)²", "t/(1 + t)²"],
  inverse: ["Back to x", "ln(s/(1 − s))", "−ln(q/s)", "ln(s/q)"],
};

const link = (dtype, x) => `#microscope:dtype=${dtype},x=${x}`;
const number = (x, f) => minus(shortest(x, f));
const small = (x) => minus(x.toPrecision(2));
const error = (ulp) => {
  if (!Number.isFinite(ulp)) return Number.isNaN(ulp) ? "–" : "∞";
  return ulp < 1000 ? ulp.toFixed(2) : minus(ulp.toExponential(1));
};
const pattern = (x, f) =>
  `<span class="bits">${bits(x, f).map((part, i) => `<span class="part${i}">${part}</span>`).join("<wbr>")}</span>`;
const next = (x, f) => {
  if (!Number.isFinite(x)) return "";
  return x < f.largest ? `next +${small(step(x, 1, f) - x)}` : "the largest";
};

const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: block; }
  .all { border: 1px solid var(--fig-grid); border-radius: .2rem; padding: .6rem .8rem; margin: 1em 0; }
  .controls { display: grid; grid-template-columns: auto 1fr; gap: .4rem .8rem; align-items: center; }
  .x { display: flex; gap: .4rem; min-width: 0; }
  input, select, button { font: inherit; color: inherit; background: var(--fig-paper); min-width: 0;
    min-height: 1.6rem; border: 1px solid var(--fig-ink); border-radius: .2rem; padding: .1rem .5rem; }
  input { flex: 1; font-variant-numeric: tabular-nums; }
  input[aria-invalid=true] { border: 2px solid var(--fig-5); }
  select { width: 100%; text-overflow: ellipsis; }
  button { cursor: pointer; white-space: nowrap; }
  .say { min-height: 4.8em; margin: .6rem 0; }
  table { width: 100%; border-collapse: collapse; margin: .6rem 0; font-size: .9em; }
  caption { text-align: left; padding-bottom: .3rem; }
  th { text-align: left; font-weight: 500; padding: .15rem .6rem .15rem 0; vertical-align: top; }
  tbody th[colspan], thead th { border-top: 1px solid var(--fig-grid); }
  tbody th[colspan] { padding-top: .35rem; }
  tbody th[colspan] { font-weight: 700; overflow-wrap: anywhere; }
  tbody tr:not(.passed) th[scope=row] { font-weight: 400; }
  td, thead th ~ th { padding: .15rem 0 .15rem .6rem; text-align: right; font-variant-numeric: tabular-nums; vertical-align: top; }
  .detail { text-align: left; font-size: .85em; padding: 0 0 .3rem; }
  .bits { font-family: var(--md-code-font-family, monospace); overflow-wrap: anywhere; }
  .bits span { border-bottom: 2px solid var(--fig-1); }
  .bits .part0 { border-bottom-color: var(--fig-3); }
  .bits .part1 { border-bottom: 2px dashed var(--fig-2); }
  .part0::after, .part1::after { content: "\\2009"; }
  .next { display: inline-block; }
  .passed :is(th, td) { font-weight: 700; }
  #forms { table-layout: fixed; }
  #forms th:first-child { width: 28%; } #forms th:last-child { width: 18%; }
  #thresholds td { white-space: nowrap; }
  @media (max-width: 32em) { table { font-size: .75em; } }
  a { color: var(--md-typeset-a-color); }
  :is(button, a, input, select):focus-visible { outline: 2px solid var(--md-accent-fg-color); outline-offset: 2px; }
  @media (forced-colors: active) {
    .bits .part1 { border-bottom-color: CanvasText; }
    .passed { text-decoration: underline; }
  }
`);

const MARKUP = `
  <slot></slot>
  <div class="all" role="group" aria-label="Float microscope">
    <div class="controls">
      <label for="preset">Famous point</label>
      <select id="preset"><option value="">your own</option></select>
      <label for="dtype">Format</label>
      <select id="dtype">${Object.keys(FORMATS).map((name) => `<option>${name}</option>`).join("")}</select>
      <label for="x">x</label>
      <span class="x">
        <input id="x" inputmode="decimal" role="spinbutton" autocomplete="off" spellcheck="false" aria-describedby="keys">
        <button type="button" id="down" aria-label="Previous number of the format">−1</button>
        <button type="button" id="up" aria-label="Next number of the format">+1</button>
      </span>
    </div>
    <p class="say" id="say" role="status"></p>
    <table id="forms">
      <caption>Every operation is rounded to the format; e = e<sup>−|x|</sup>, s and q are the computed
        σ and 1 − σ. Bits: <span class="bits"><span class="part0">sign</span> <span class="part1">exponent</span>
        <span class="part2">significand</span></span></caption>
      <thead><tr><th scope="col">Form</th><th scope="col">Computed</th><th scope="col">ULP off</th></tr></thead>
    </table>
    <table id="thresholds">
      <caption>Thresholds of this format, found by bisection, and whether x has passed them.</caption>
      <tbody></tbody>
    </table>
    <p id="keys">↑ and ↓ go to the neighbouring number, Page ↑ and Page ↓ an eighth of the way to the next power
      of two. <a id="link">Link to this number</a></p>
  </div>`;

class FloatMicroscope extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [STYLE];
    this.shadowRoot.innerHTML = MARKUP;
    this.state = { ...INITIAL };
    this.parts = Object.fromEntries([...this.shadowRoot.querySelectorAll("[id]")].map((e) => [e.id, e]));
    const { x, dtype, preset, up, down } = this.parts;
    x.addEventListener("input", () => this.type(false));
    x.addEventListener("change", () => this.type(true));
    x.addEventListener("keydown", (event) => this.key(event));
    up.addEventListener("click", () => this.step(1));
    down.addEventListener("click", () => this.step(-1));
    dtype.addEventListener("change", () => this.set({ dtype: dtype.value }));
    preset.addEventListener("change", () => preset.value && this.read(preset.value));
  }

  connectedCallback() {
    this.restore = () => this.read(location.hash);
    addEventListener("hashchange", this.restore);
    // The points of the table inside: format, x, … , what is seen there.
    for (const row of this.querySelectorAll("tbody tr")) {
      const [dtype, x, ...rest] = [...row.cells].map((cell) => cell.textContent.trim());
      const option = new Option(`${x} in ${dtype}: ${rest.at(-1)}`, link(dtype, x.replace("−", "-")));
      this.parts.preset.add(option);
    }
    this.set(INITIAL);
    this.read(location.hash);
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.restore);
    this.parts.preset.length = 1;
  }

  // #microscope:dtype=float32,x=16.64; what is missing or wrong stays as it is.
  read(hash) {
    const [, dtype, x] = /^#microscope:dtype=(\w+),x=([-+.\de]+)$/.exec(hash) ?? [];
    if (Object.hasOwn(FORMATS, dtype) && Number.isFinite(+x)) this.set({ dtype, x: +x });
  }

  type(done) {
    const { x } = this.parts;
    const wanted = x.value.trim() ? +x.value.replace("−", "-") : NaN;
    x.setAttribute("aria-invalid", Number.isNaN(wanted));
    if (!Number.isNaN(wanted)) this.set({ x: wanted }, done);
    else this.parts.say.textContent = "Please write a number, such as −0.5 or 1e-3.";
  }

  key(event) {
    const page = 2 ** Math.max(0, this.format.p - 4);
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: page, PageDown: -page }[event.key];
    if (!by) return;
    event.preventDefault();
    this.step(by);
  }

  step(by) {
    this.set({ x: step(this.x, by, this.format) });
  }

  // The wanted x is kept, so that a coarser format can be tried and left again.
  set(change, rewrite = true) {
    Object.assign(this.state, change);
    this.format = FORMATS[this.state.dtype];
    const { largest } = this.format;
    const x = round(Math.max(-largest, Math.min(largest, this.state.x)), this.format);
    this.x = x || 0;
    this.draw(rewrite);
  }

  draw(rewrite) {
    const { x, format: f, parts, state: { dtype } } = this;
    const found = measure(x, dtype);
    const text = shortest(x, f);
    parts.dtype.value = dtype;
    parts.link.href = link(dtype, text);
    parts.preset.value = [...parts.preset.options].find(({ value }) => value === link(dtype, text))?.value ?? "";
    if (rewrite) {
      parts.x.value = text;
      parts.x.setAttribute("aria-invalid", "false");
    }
    const row = (label, shown, off, at) => `
      <tr><th scope="row">${label}</th><td>${shown}</td><td>${off}</td></tr>
      <tr><td class="detail" colspan="3">${pattern(at, f)} <span class="next">${next(at, f)}</span></td></tr>`;
    // Beyond, the exact value stands for one that is smaller still.
    const truth = (what, digits) => {
      const text = minus(decimal(found.truth[what], digits));
      return Math.abs(x) > FAR && text.includes("e") ? "< 1e−477" : `≈ ${text}`;
    };
    const head = (words) => `<tr><th scope="rowgroup" colspan="3">${words}</th></tr>`;
    const bodies = Object.entries(FORMS).map(([what, [name, naive, ...safe]]) => {
      const [t, s] = [found.textbook, found.safe];
      return `<tbody>${head(what === "inverse" ? name : `${name} ${truth(what, what === "slope" ? 12 : 20)}`)}
        ${row(naive, number(t[what], f), error(t.error[what]), t[what])}
        ${row(safe[+(x < 0)], number(s[what], f), error(s.error[what]), s[what])}</tbody>`;
    });
    parts.forms.querySelectorAll("tbody").forEach((body) => body.remove());
    parts.forms.insertAdjacentHTML("beforeend", `<tbody>${head("x")}${row(dtype, minus(text), "", x)}</tbody>${bodies.join("")}`);
    const passed = { "up to": (at) => x <= at, from: (at) => x >= at, "beyond ±": (at) => Math.abs(x) >= at };
    parts.thresholds.tBodies[0].innerHTML = Object.entries(thresholds(dtype)).map(([name, at]) => {
      const [what, side] = THRESHOLDS[name];
      const words = name === "lost" && f.overflow !== Infinity ? what.replace("is 0", "is NaN") : what;
      const here = passed[side](at);
      return `<tr${here ? ' class="passed"' : ""}><th scope="row">${words}${here ? ": passed" : ""}</th>
        <td>${side} ${number(at, f)}</td></tr>`;
    }).join("");
    const short = (slope) => (Number.isFinite(slope) ? minus(String(+slope.toPrecision(4))) : "NaN");
    const words = `At x = ${minus(text)} in ${dtype} the slope is ${truth("slope", 4).replace("≈ ", "")}. `
      + `s(1 − s) gives ${short(found.textbook.slope)}, t/(1 + t)² gives ${short(found.safe.slope)}.`;
    parts.x.setAttribute("aria-valuenow", text);
    parts.x.setAttribute("aria-valuetext", minus(text));
    parts.say.textContent = words;
  }
}

Object.assign(FloatMicroscope, { FORMATS, round, exp, log, measure, ordinal, nth, step, bits, thresholds, shortest, decimal }); // for tests
customElements.define("float-microscope", FloatMicroscope);
}
