import { html, percent, setProperty } from "./dom";

export interface Bar {
  key: string;
  label: string;
  share: number;
  /** Drawn behind the bar, as what it was before. */
  ghost?: number;
  isOut?: boolean;
}

interface Row {
  root: HTMLLIElement;
  value: HTMLSpanElement;
}

/** Probabilities as bars. Bars of the same key move when they change. */
export class Bars {
  readonly root: HTMLOListElement;
  readonly #rows = new Map<string, Row>();

  constructor(label: string) {
    this.root = html("ol", { class: "bars", "aria-label": label });
  }

  update(bars: readonly Bar[]): void {
    const rows = bars.map((bar) => {
      const row = this.#rows.get(bar.key) ?? made(bar);
      setProperty(row.root, "--share", bar.share);
      setProperty(row.root, "--ghost", bar.ghost ?? 0);
      row.root.dataset.value = String(bar.share);
      row.root.classList.toggle("out", bar.isOut === true);
      row.value.textContent = bar.isOut ? "left out" : percent(bar.share);
      return [bar.key, row] as const;
    });
    this.#rows.clear();
    for (const [key, row] of rows) this.#rows.set(key, row);
    const roots = rows.map(([, { root }]) => root);
    // Moving an element ends its transition: only if the order differs.
    if (roots.length !== this.root.children.length || roots.some((root, i) => root !== this.root.children[i]))
      this.root.replaceChildren(...roots);
  }
}

function made({ key, label }: Bar): Row {
  const value = html("span", { class: "bar-value" });
  const track = html(
    "span",
    { class: "bar-track", "aria-hidden": "true" },
    html("span", { class: "bar-ghost" }),
    html("span", { class: "bar-fill" }),
  );
  const root = html("li", { "data-key": key }, html("span", { class: "bar-label", title: label }, label), track, value);
  return { root, value };
}
