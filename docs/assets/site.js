// What the static pages cannot say in HTML. Everything is readable without it.
"use strict";
{
// Material adds an unnamed <nav> to each code block; several on a page would be
// several landmarks of the same name.
const quiet = () =>
  document.querySelectorAll("nav.md-code__nav").forEach((nav) => nav.setAttribute("role", "presentation"));

// In the table of contents Material makes a landmark of each heading that has others
// below it, and its name may be that of a section of the site.
document.querySelectorAll(".md-nav--secondary nav[aria-label]").forEach((nav) => {
  nav.setAttribute("role", "presentation");
  nav.removeAttribute("aria-label");
});

// What scrolls must be reachable by keyboard, what does not scroll need not be.
const reachable = () => {
  const boxes = document.querySelectorAll(".math, .md-typeset__scrollwrap, .tabbed-labels, .md-typeset pre > code");
  const wide = Array.from(boxes, (box) => box.scrollWidth > box.clientWidth);
  boxes.forEach((box, i) => {
    if (wide[i] && box.tabIndex !== 0) box.tabIndex = 0;
    else if (!wide[i]) box.removeAttribute("tabindex");
  });
};

// A copied formula is its TeX, not one symbol a line.
document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return;
  const part = selection.getRangeAt(0).cloneContents();
  const formulas = part.querySelectorAll("math");
  if (!formulas.length) return;
  for (const formula of formulas) {
    const tex = formula.querySelector("annotation")?.textContent ?? formula.textContent;
    const mark = formula.getAttribute("display") === "block" ? "$$" : "$";
    formula.replaceWith(mark + tex + mark);
  }
  event.clipboardData.setData("text/plain", part.textContent);
  event.preventDefault();
});

// The mark beside a heading copies its address.
document.addEventListener("click", ({ target }) => {
  const link = target.closest?.(".headerlink");
  if (link) navigator.clipboard?.writeText(link.href).then(() => window.alert$?.next("Link copied"), () => {});
});

// A figure as PNG is drawn when it is asked for: in the light colours, on white.
const WIDTH = 1920;
const draw = async (svg) => {
  const copy = new DOMParser().parseFromString(
    new XMLSerializer().serializeToString(svg).replace(/var\([^,]*, ?([^)]*)\)/g, "$1"), "image/svg+xml",
  ).documentElement;
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute("width", WIDTH);
  copy.setAttribute("height", Math.round((WIDTH * height) / width));
  copy.setAttribute("font-family", "system-ui, Helvetica, Arial, sans-serif");
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
};
document.querySelectorAll('.fig .downloads a[href$=".svg"]').forEach((link) => {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "PNG" });
  button.addEventListener("click", async () => {
    const href = URL.createObjectURL(await draw(link.closest(".fig").querySelector("svg")));
    Object.assign(document.createElement("a"), { href, download: link.getAttribute("href").replace(/svg$/, "png") }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  });
  link.after(", ", button);
});

// The theme wraps tables and adds buttons later than this; widths change with fonts.
const tidy = () => {
  reachable();
  quiet();
};
let due = 0;
const soon = () => {
  cancelAnimationFrame(due);
  due = requestAnimationFrame(() => setTimeout(tidy)); // when the browser knows all sizes
};
soon();
new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
new ResizeObserver(soon).observe(document.body);
document.addEventListener("contentvisibilityautostatechange", soon);
document.fonts.ready.then(soon);

// `make site` marks the programs that a browser can run: with the MB that they fetch.
if (location.protocol !== "file:") {
  const script = document.currentScript?.src.replace(/[^/]*$/, "python/run.js");
  const buttons = [...document.querySelectorAll("[data-run]")].map((program) => {
    const listing = program.querySelector(".language-python");
    const button = document.createElement("button");
    button.className = "run-open";
    button.textContent = `Run · fetches ${parseFloat(program.dataset.run)} MB once`;
    button.onclick = ({ detail }) => import(script).then(
      ({ open }) => open(listing, button, detail.trim && detail), // a click, or the explorer's program
      () => { button.textContent = "Cannot be fetched. Are you online?"; },
    );
    const fold = listing.closest(".program > details");
    if (fold) fold.after(button); // in sight while it is closed
    else listing.append(button);
    return button;
  });
  window.caches?.has("sigref-python").then(
    (kept) => kept && buttons.forEach((button) => { button.textContent = "Run"; }), () => {},
  );
}
}
