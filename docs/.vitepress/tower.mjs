const WIDTH = 110;
const HEIGHT = 26;
const GAP = 20;

/** A flow chart of Mermaid whose nodes stand in one column, as `npm run draw` writes it, drawn without Mermaid. */
function tower(source) {
  const lines = source.split("\n").map((line) => line.trim());
  const nodes = lines.filter((line) => /^[\w-]+$/.test(line));
  const arrows = lines.flatMap((line) => {
    const [, from, count, to] = /^([\w-]+) -->\|(\d+)\| ([\w-]+)$/.exec(line) ?? [];
    return from ? [{ count, top: nodes.indexOf(from), bottom: nodes.indexOf(to) }] : [];
  });
  const y = (row) => row * (HEIGHT + GAP) + HEIGHT / 2 + 1;
  const boxes = nodes.map((name, row) => {
    const box = `<rect x="1" y="${y(row) - HEIGHT / 2}" width="${WIDTH}" height="${HEIGHT}" rx="6" fill="none" stroke="currentColor"/>`;
    return `${box}<text x="${WIDTH / 2}" y="${y(row) + 4}" text-anchor="middle">${name}</text>`;
  });
  const paths = arrows.map(({ count, top, bottom }) => {
    const reach = WIDTH + 14 + 22 * (bottom - top);
    const path = `M${WIDTH + 1} ${y(top) + 4}C${reach} ${y(top) + 4} ${reach} ${y(bottom) - 4} ${WIDTH + 5} ${y(bottom) - 4}`;
    const place = `x="${WIDTH + 6 + 0.75 * (reach - WIDTH)}" y="${(y(top) + y(bottom)) / 2 + 4}"`;
    return `<path d="${path}" fill="none" stroke="currentColor" marker-end="url(#arrow)" opacity="0.6"/><text ${place}>${count}</text>`;
  });
  const head = `<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker>`;
  const size = `viewBox="0 0 420 ${y(nodes.length) - HEIGHT}" width="420"`;
  const label = `Arrows between ${nodes.join(", ")}; the table below has them all.`;
  return `<svg ${size} style="max-width: 100%; font-size: 12px; fill: currentColor" role="img" aria-label="${label}"><defs>${head}</defs>${boxes.join("")}${paths.join("")}</svg>`;
}

/** A plugin of markdown-it: flow charts become drawings. */
export function drawTowers(markdown) {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index];
    return info.trim() === "mermaid" ? tower(content) : fence(tokens, index, ...rest);
  };
}
