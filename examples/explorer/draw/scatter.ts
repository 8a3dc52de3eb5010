import { html, svg } from "./dom";

export interface Dot {
  key: string;
  label: string;
  x: number;
  y: number;
  kind: "own" | "near" | "goal";
}

export interface Arrow {
  from: { x: number; y: number };
  to: { x: number; y: number };
  isDashed?: boolean;
}

const WIDEST = 640;
const MARGIN = 46;
const CHARACTER = 7;

/** Words as points of a plane. Labels that would cover others are left out; the table has them. */
export function scatter(dots: readonly Dot[], arrows: readonly Arrow[] = []): HTMLElement {
  // On a phone the plane is narrower, rather than its labels smaller.
  const width = Math.min(WIDEST, document.documentElement.clientWidth - 34);
  const size = { width, height: Math.max(320, width * 0.62) };
  const place = placing(dots, size);
  const ordered = [...dots].sort((a, b) => order(a) - order(b));
  const around = (shown: readonly Dot[]) => shown.map((dot) => boxAround(place(dot), 4, 4));
  const isMain = ({ kind }: Dot) => kind !== "near";
  // The words that the picture is about are always named; neighbours where there is room.
  const boxes = around(ordered.filter(isMain));
  let isRoomLeft = false;
  const marks = ordered.map((dot) => {
    const { x, y } = place(dot);
    if (!isMain(dot) && !isRoomLeft) {
      isRoomLeft = true;
      boxes.push(...around(ordered.filter((other) => !isMain(other))));
    }
    const sides = sidesOf(x, y, dot.label);
    const side = sides.find((one) => isFree(one.box, boxes, size)) ?? (isMain(dot) ? sides[0] : undefined);
    const label = side && svg("text", { x: side.x, y: side.y, "text-anchor": side.anchor }, dot.label);
    if (side) boxes.push(side.box);
    const circle = svg("circle", { cx: x, cy: y, r: dot.kind === "near" ? 3.5 : 5.5 }, svg("title", {}, dot.label));
    return svg("g", { class: `dot ${dot.kind}`, "data-key": dot.key }, circle, label);
  });
  const lines = arrows.map(({ from, to, isDashed }) => {
    const [a, b] = [place(from), place(to)];
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const short = (length - 10) / length;
    const end = { x: a.x + (b.x - a.x) * short, y: a.y + (b.y - a.y) * short };
    const attributes = { x1: a.x, y1: a.y, x2: end.x, y2: end.y, "marker-end": "url(#arrow-head)" };
    return svg("line", { ...attributes, class: isDashed ? "arrow dashed" : "arrow" });
  });
  const head = svg(
    "marker",
    { id: "arrow-head", viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
    svg("path", { d: "M0,0 L8,4 L0,8 z" }),
  );
  const picture = svg(
    "svg",
    { class: "scatter", viewBox: `0 0 ${size.width} ${size.height}`, "aria-hidden": "true" },
    ...[svg("defs", {}, head), ...lines, ...marks.reverse()],
  );
  return html("div", { class: "plane" }, picture);
}

const order = ({ kind }: Dot): number => ["goal", "own", "near"].indexOf(kind);

interface Size {
  width: number;
  height: number;
}

function placing(dots: readonly Dot[], size: Size): (point: { x: number; y: number }) => { x: number; y: number } {
  const along = (values: number[], length: number) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const scale = high > low ? (length - 2 * MARGIN) / (high - low) : 0;
    return (value: number) => (scale === 0 ? length / 2 : MARGIN + (value - low) * scale);
  };
  const x = along(
    dots.map((dot) => dot.x),
    size.width,
  );
  const y = along(
    dots.map((dot) => -dot.y),
    size.height,
  );
  return (point) => ({ x: x(point.x), y: y(-point.y) });
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const boxAround = ({ x, y }: { x: number; y: number }, w: number, h: number): Box => ({
  left: x - w,
  right: x + w,
  top: y - h,
  bottom: y + h,
});

const meets = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

interface Side {
  x: number;
  y: number;
  anchor: string;
  box: Box;
}

/** The places of a label around a point. */
function sidesOf(x: number, y: number, label: string): Side[] {
  const width = label.length * CHARACTER;
  return [
    { x: x + 9, y: y + 4, anchor: "start", box: { left: x + 8, right: x + 9 + width, top: y - 7, bottom: y + 7 } },
    { x: x - 9, y: y + 4, anchor: "end", box: { left: x - 9 - width, right: x - 8, top: y - 7, bottom: y + 7 } },
    { x, y: y - 9, anchor: "middle", box: { left: x - width / 2, right: x + width / 2, top: y - 21, bottom: y - 7 } },
    { x, y: y + 18, anchor: "middle", box: { left: x - width / 2, right: x + width / 2, top: y + 6, bottom: y + 21 } },
  ];
}

const isFree = (box: Box, taken: readonly Box[], { width, height }: Size): boolean =>
  box.left > 0 && box.right < width && box.top > 0 && box.bottom < height && !taken.some((other) => meets(box, other));
