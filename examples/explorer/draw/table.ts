import { html } from "./dom";

/** A cell: a text, or a number that keeps its full precision for whoever reads it by program. */
export type Cell = string | { value: number; shown: string };

/** The numbers behind a picture, folded away. */
export class NumbersTable {
  readonly root: HTMLDetailsElement;
  readonly #table: HTMLTableElement;
  readonly #caption: string;

  constructor(caption: string) {
    this.#caption = caption;
    this.#table = html("table");
    const frame = html("div", { class: "scrolling", role: "group", "aria-label": caption, tabindex: 0 }, this.#table);
    this.root = html("details", { class: "numbers" }, html("summary", {}, "The numbers as a table"), frame);
  }

  update(columns: readonly string[], rows: readonly (readonly Cell[])[]): void {
    const head = columns.map((column) => html("th", { scope: "col" }, column));
    this.#table.replaceChildren(
      html("caption", {}, this.#caption),
      html("thead", {}, html("tr", {}, ...head)),
      html("tbody", {}, ...rows.map((row) => html("tr", {}, ...row.map(cell)))),
    );
  }
}

function cell(content: Cell, column: number): HTMLTableCellElement {
  if (typeof content === "object") return html("td", { "data-value": content.value }, content.shown);
  return column === 0 ? html("th", { scope: "row" }, content) : html("td", {}, content);
}
