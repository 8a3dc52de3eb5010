import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

const DOTS = 300; // more would only make the file larger
const POINTS = 1000; // of the line, one for each pixel or so

/** The loss over the steps as an SVG: batches as dots, their moving mean as a line. */
export function lossCurve(losses: readonly number[], title: string): string {
  const points = losses.map((loss, step) => ({ step: step + 1, loss }));
  const some = points.filter((_, i) => i % Math.ceil(points.length / DOTS) === 0);
  const means = meansOf(losses, Math.ceil(losses.length / POINTS));
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
        means,
        Plot.windowY({ k: Math.min(25, means.length), anchor: "middle" }, { x: "step", y: "loss", stroke: "#246" }),
      ),
      Plot.ruleY([0]),
    ],
  });
  plot.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return `${plot.outerHTML}\n`;
}

/** The means of each `count` losses in a row, at the last step of each. */
function meansOf(losses: readonly number[], count: number): { step: number; loss: number }[] {
  return Array.from({ length: Math.floor(losses.length / Math.max(1, count)) }, (_, i) => {
    const few = losses.slice(i * count, (i + 1) * count);
    return { step: (i + 1) * count, loss: few.reduce((sum, loss) => sum + loss, 0) / count };
  });
}
