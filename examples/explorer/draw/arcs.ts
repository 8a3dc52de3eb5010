import { html, svg } from "./dom";

const CHARACTER = 8.6;
const GAP = 14;
/** Arcs that are weaker are not drawn. */
const WEAKEST = 0.02;

/**
 * Words in a line, with an arc from each to those it looks back at, as thick as the weight. Pointing at a word, or moving
 * the focus to it, shows only its own arcs.
 */
export function arcs(labels: readonly string[], weights: Float32Array): HTMLElement {
  const count = labels.length;
  const widths = labels.map(({ length }) => Math.max(20, length * CHARACTER + 10));
  const centres: number[] = [];
  let x = 4;
  for (const width of widths) {
    centres.push(x + width / 2);
    x += width + GAP;
  }
  const reach = Math.max(...centres) - centres[0]!;
  const top = Math.min(170, 26 + reach * 0.42);
  const drawn = svg("g", { class: "arc-lines" });
  for (let query = 0; query < count; query++)
    for (let key = 0; key < count; key++) {
      const weight = weights[query * count + key]!;
      if (weight >= WEAKEST) drawn.append(arc({ query, key, weight }, centres, top));
    }
  const picture = svg("svg", {
    ...{ class: "arcs", width: x, height: top + 40, viewBox: `0 0 ${x} ${top + 40}` },
    ...{ role: "group", "aria-label": "Words; each shows what it looks back at" },
  });
  const show = (query: number | undefined) => {
    picture.classList.toggle("one", query !== undefined);
    for (const line of drawn.children) line.classList.toggle("on", line.getAttribute("data-query") === String(query));
    words.forEach((word, i) => {
      word.classList.toggle("on", i === query);
    });
  };
  const words = labels.map((label, i) => {
    const strongest = strongestOf(weights.subarray(i * count, (i + 1) * count));
    return svg(
      "g",
      {
        ...{ class: "arc-word", role: "img", tabindex: 0 },
        "aria-label": `${label} looks most at ${labels[strongest.key]}, ${Math.round(100 * strongest.weight)} percent`,
        ...{ focus: () => show(i), pointerenter: () => show(i) },
      },
      svg("rect", { x: centres[i]! - widths[i]! / 2, y: top + 8, width: widths[i]!, height: 26, rx: 7 }),
      svg("text", { x: centres[i]!, y: top + 26, "text-anchor": "middle" }, label),
    );
  });
  picture.append(drawn, ...words);
  picture.addEventListener("pointerleave", () => show(count - 1));
  show(count - 1);
  return html("div", { class: "scrolling" }, picture);
}

interface Link {
  query: number;
  key: number;
  weight: number;
}

function arc({ query, key, weight }: Link, centres: readonly number[], base: number): SVGPathElement {
  const [from, to] = [centres[query]!, centres[key]!];
  const reach = centres.at(-1)! - centres[0]! || 1;
  const height = query === key ? 16 : 20 + (base - 24) * (Math.abs(from - to) / reach) ** 0.7;
  // The curve reaches three quarters of the height of its handles.
  const top = base - (height * 4) / 3;
  const path =
    query === key
      ? `M${from - 6},${base} C${from - 14},${base - height} ${from + 14},${base - height} ${from + 6},${base}`
      : `M${from},${base} C${from},${top} ${to},${top} ${to},${base}`;
  return svg("path", {
    ...{ d: path, "data-query": query, "stroke-width": (1 + 7 * weight).toFixed(2) },
    "stroke-opacity": (0.25 + 0.7 * weight).toFixed(3),
  });
}

function strongestOf(row: Float32Array): { key: number; weight: number } {
  const weight = Math.max(...row);
  return { key: row.indexOf(weight), weight };
}
