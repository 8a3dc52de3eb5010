import { svg } from "./dom";

const WIDEST = 640;
const HEIGHT = 260;
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 16, 16, 34];

/** Round numbers from 0 to a maximum. */
export function ticks(maximum: number, count: number): number[] {
  const rough = maximum / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  return Array.from({ length: Math.floor(maximum / step + 1e-9) + 1 }, (_, i) => i * step);
}

/** The mean of the values around each, so that the trend shows. */
export function smoothed(values: readonly number[], reach: number): number[] {
  return values.map((_, i) => {
    const near = values.slice(Math.max(0, i - reach), i + reach + 1);
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}

/** A curve that grows. */
export class LineChart {
  readonly root: SVGSVGElement;
  // On a phone the chart is narrower, rather than its numbers smaller.
  readonly #width = Math.min(WIDEST, document.documentElement.clientWidth - 34);
  readonly #steps: number;
  readonly #highest: number;
  readonly #points = svg("path", { class: "curve-points" });
  readonly #trend = svg("path", { class: "curve-trend" });

  constructor({ steps, highest, level }: { steps: number; highest: number; level: { value: number; label: string } }) {
    this.#steps = steps;
    this.#highest = highest;
    const y = this.#y(level.value);
    this.root = svg(
      "svg",
      { class: "curve", viewBox: `0 0 ${this.#width} ${HEIGHT}`, "aria-hidden": "true" },
      ...this.#axes(),
      svg("line", { class: "curve-level", x1: LEFT, x2: this.#width - RIGHT, y1: y, y2: y }),
      svg("text", { class: "curve-level-label", x: this.#width - RIGHT, y: y - 6, "text-anchor": "end" }, level.label),
      ...[this.#points, this.#trend],
    );
  }

  update(losses: readonly number[]): void {
    this.#points.setAttribute("d", this.#path(losses));
    this.#trend.setAttribute("d", this.#path(smoothed(losses, 5)));
  }

  #x(step: number): number {
    return LEFT + (step / this.#steps) * (this.#width - LEFT - RIGHT);
  }

  #y(value: number): number {
    return HEIGHT - BOTTOM - (Math.min(value, this.#highest) / this.#highest) * (HEIGHT - TOP - BOTTOM);
  }

  #path(values: readonly number[]): string {
    return values
      .map((value, i) => `${i === 0 ? "M" : "L"}${this.#x(i).toFixed(1)},${this.#y(value).toFixed(1)}`)
      .join("");
  }

  #axes(): SVGElement[] {
    const rows = ticks(this.#highest, 4).flatMap((value) => [
      svg("line", { class: "grid-line", x1: LEFT, x2: this.#width - RIGHT, y1: this.#y(value), y2: this.#y(value) }),
      svg("text", { class: "tick", x: LEFT - 8, y: this.#y(value) + 4, "text-anchor": "end" }, String(value)),
    ]);
    const columns = ticks(this.#steps, 5).map((step) =>
      svg("text", { class: "tick", x: this.#x(step), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, String(step)),
    );
    return [...rows, ...columns];
  }
}
