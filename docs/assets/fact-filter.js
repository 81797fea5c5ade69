// <fact-filter>: a box that leaves of the tables inside it the rows with certain words.
// Without JavaScript the tables are all there is.
"use strict";
{
const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: block; }
  /* site.css keeps this room until the module is there. */
  .all { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: center; min-height: 3.4rem; }
  input { font: inherit; color: inherit; background: var(--fig-paper); flex: 1 1 12rem; min-width: 0; max-width: 20rem; min-height: 1.6rem; border: 1px solid var(--fig-ink); border-radius: .2rem; padding: .1rem .5rem; box-sizing: border-box; }
  input:focus-visible { outline: 2px solid var(--md-accent-fg-color); outline-offset: 2px; }
  @media print { .all { display: none; } }
`);

// All words must occur, in any order; accents, case and the names of TeX count as typed.
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const matches = (words, text) => fold(words).split(/\s+/).every((word) => fold(text).includes(word));

class FactFilter extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [STYLE];
    this.shadowRoot.innerHTML = `
      <div class="all">
        <label for="words">Filter</label>
        <input id="words" type="search" autocomplete="off" spellcheck="false">
        <span role="status"></span>
      </div>
      <slot></slot>`;
  }

  connectedCallback() {
    const input = this.shadowRoot.querySelector("input");
    const status = this.shadowRoot.querySelector("[role=status]");
    input.addEventListener("input", () => {
      const rows = [...this.querySelectorAll("tbody tr")];
      for (const row of rows) row.hidden = !matches(input.value, row.textContent);
      // The heading of a chapter goes with its table.
      for (const heading of this.querySelectorAll("h2")) {
        let table = heading.nextElementSibling;
        while (table && !table.querySelector("tr") && table.tagName !== "H2") table = table.nextElementSibling;
        const none = !table?.querySelector("tbody tr:not([hidden])");
        heading.hidden = none;
        if (table) table.hidden = none;
      }
      const left = rows.filter((row) => !row.hidden).length;
      status.textContent = input.value.trim() ? `${left} of ${rows.length} facts` : "";
    });
  }
}
customElements.define("fact-filter", FactFilter);
}
