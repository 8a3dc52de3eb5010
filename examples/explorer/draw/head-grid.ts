import { headName, headOf, type LayerAttention } from "../compute/attention";
import { html, setProperty } from "./dom";
import { thumbnail } from "./matrix";

export interface HeadGridOptions {
  layer: number;
  head: number;
  silenced: ReadonlySet<string>;
  choose(layer: number, head: number): void;
  silence(layer: number, head: number): void;
}

const MOST_IN_A_ROW = 6;

/** All heads of all layers as small pictures: one button shows a head, another silences it. */
export function headGrid(layers: readonly LayerAttention[], options: HeadGridOptions): HTMLElement {
  const rows = layers.map((layer) =>
    html(
      "div",
      { class: "head-row", role: "group", "aria-label": `Layer ${layer.layer + 1}` },
      html("span", { class: "head-row-name", "aria-hidden": "true" }, `Layer ${layer.layer + 1}`),
      html(
        "div",
        { class: "head-cells" },
        ...Array.from({ length: layer.heads }, (_, head) => headCell(layer, head, options)),
      ),
    ),
  );
  const grid = html("div", { class: "head-grid" }, ...rows);
  setProperty(grid, "--heads", Math.min(MOST_IN_A_ROW, Math.max(...layers.map(({ heads }) => heads))));
  return grid;
}

function headCell(layer: LayerAttention, head: number, options: HeadGridOptions): HTMLElement {
  const name = `layer ${layer.layer + 1}, head ${head + 1}`;
  const isSilent = options.silenced.has(headName(layer.layer, head));
  const isChosen = options.layer === layer.layer && options.head === head;
  return html(
    "div",
    { class: isSilent ? "head silent" : "head" },
    html(
      "button",
      {
        ...{ type: "button", class: "head-show", "aria-pressed": String(isChosen), "aria-label": `Show ${name}` },
        ...{ "data-focus": `show ${name}`, click: () => options.choose(layer.layer, head) },
      },
      thumbnail(headOf(layer, head), layer.queries, layer.keys),
    ),
    html(
      "button",
      {
        ...{ type: "button", class: "head-silence", "aria-pressed": String(isSilent), "aria-label": `Silence ${name}` },
        ...{ "data-focus": `silence ${name}`, click: () => options.silence(layer.layer, head) },
      },
      isSilent ? "silent" : "silence",
    ),
  );
}
