import { html, svg } from "./dom";

const CELL = 26;
const SMALLEST_CELL = 14;
const CHARACTER = 7.2;

export interface MatrixLabels {
  rows: readonly string[];
  columns: readonly string[];
  /** What a cell says when the pointer is on it. */
  tell: (row: number, column: number, share: number) => string;
}

/** A matrix of weights from 0 to 1, with a sentence about the cell under the pointer. */
export function matrix(weights: Float32Array, { rows, columns, tell }: MatrixLabels): HTMLElement {
  const cell = Math.max(SMALLEST_CELL, Math.min(CELL, Math.floor(520 / Math.max(rows.length, columns.length))));
  const left = 12 + CHARACTER * longest(rows);
  const top = 12 + CHARACTER * longest(columns) * 0.75;
  const [width, height] = [left + columns.length * cell + CHARACTER * longest(columns) * 0.7, top + rows.length * cell];
  const said = html("p", { class: "said", "aria-hidden": "true" }, tell(...strongest(weights, columns.length)));
  const cells = svg("g", { class: "cells" });
  for (let row = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++) {
      const share = weights[row * columns.length + column]!;
      const place = { x: left + column * cell, y: top + row * cell };
      cells.append(
        svg("rect", {
          ...{ ...place, width: cell - 1.5, height: cell - 1.5, rx: 3, "fill-opacity": share.toFixed(4) },
          ...{ class: share < 1e-9 ? "cell none" : "cell" },
          pointerenter: () => said.replaceChildren(tell(row, column, share)),
        }),
      );
    }
  const middle = cell / 2 + 3.5;
  const rowLabels = rows.map((label, row) =>
    svg("text", { x: left - 8, y: top + row * cell + middle, "text-anchor": "end" }, label),
  );
  const columnLabels = columns.map((label, column) =>
    svg("text", { transform: `translate(${left + column * cell + middle - 2},${top - 8}) rotate(-45)` }, label),
  );
  const picture = svg(
    "svg",
    { class: "matrix", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    ...[cells, ...rowLabels, ...columnLabels],
  );
  return html("div", {}, html("div", { class: "scrolling" }, picture), said);
}

const longest = (labels: readonly string[]): number => Math.max(2, ...labels.map(({ length }) => length));

/** The cell that is told first: the strongest outside the diagonal, where a token looks at itself. */
function strongest(weights: Float32Array, columns: number): [row: number, column: number, share: number] {
  let best = columns < weights.length ? columns : 0;
  weights.forEach((weight, i) => {
    if (i % (columns + 1) !== 0 && weight > weights[best]!) best = i;
  });
  return [Math.floor(best / columns), best % columns, weights[best] ?? 0];
}

/** A small picture of a matrix, in the colour of the text of its place. */
export function thumbnail(weights: Float32Array, rows: number, columns: number): HTMLCanvasElement {
  const canvas = html("canvas", { class: "thumbnail", width: columns, height: rows, "aria-hidden": "true" });
  const drawing = canvas.getContext("2d");
  if (drawing === null) return canvas;
  const pixels = drawing.createImageData(columns, rows);
  const [red, green, blue] = accent();
  weights.forEach((weight, i) => {
    pixels.data.set([red, green, blue, Math.round(255 * Math.sqrt(weight))], 4 * i);
  });
  drawing.putImageData(pixels, 0, 0);
  return canvas;
}

/** The accent colour as red, green and blue. */
function accent(): [number, number, number] {
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  const [red = 90, green = 60, blue = 210] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return [red, green, blue];
}
