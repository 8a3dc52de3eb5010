import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

const DOTS = 300; // more would only make the file larger

/** The loss over the steps as an SVG: batches as dots, their moving mean as a line. */
export function lossCurve(losses: readonly number[], title: string): string {
  const points = losses.map((loss, step) => ({ step: step + 1, loss }));
  const some = points.filter((_, i) => i % Math.ceil(points.length / DOTS) === 0);
  const { document } = parseHTML("<html></html>");
  const plot = Plot.plot({
    document,
    width: 720,
    height: 360,
    marginTop: 36,
    x: { label: "step" },
    y: { label: title, grid: true, zero: true },
    marks: [
      Plot.dot(some, { x: "step", y: "loss", r: 1, fill: "#9ab" }),
      Plot.lineY(
        points,
        Plot.windowY({ k: Math.min(25, points.length), anchor: "middle" }, { x: "step", y: "loss", stroke: "#246" }),
      ),
      Plot.ruleY([0]),
    ],
  });
  plot.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return `${plot.outerHTML}\n`;
}
