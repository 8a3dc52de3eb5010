/** Draws the pictures of docs/tour.md from the values of the models in examples/models: `npm run pictures`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import {
  crossEntropy,
  DecoderModel,
  fromPretrained,
  gpt,
  Parameter,
  processors,
  softmax,
  tensor,
} from "transformer-blocks";
import { inspect } from "transformer-blocks/inspect";
import { adamW, train } from "transformer-blocks/training";

const root = fileURLToPath(new URL("../", import.meta.url));
const { document } = parseHTML("<html></html>");
const TEXT = "Once upon a time there was a little fox";

// Readable on white and on black.
const ink = "#7f8691";
const blue = "#4f83d6";

function save(name: string, options: Plot.PlotOptions): void {
  const plot = Plot.plot({ document, style: { color: ink, background: "transparent", fontSize: "13px" }, ...options });
  plot.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const svg = plot.outerHTML.replaceAll(/\d+\.\d{3,}/g, (number: string) =>
    String(Math.round(Number(number) * 100) / 100),
  );
  writeFileSync(`${root}docs/pictures/${name}.svg`, `${svg}\n`);
}

mkdirSync(`${root}docs/pictures`, { recursive: true });
const { model, tokenizer } = await fromPretrained(`${root}examples/models/story`, { model: DecoderModel });
const { ids } = tokenizer.encode(TEXT);
const word = (id: number) => tokenizer.decode([id]).trim();

/** The tokens of a text: their places, and their ids below. */
function drawTokens(): void {
  const { offsets } = tokenizer.encode(TEXT);
  const tokens = offsets.map(([start, end], i) => ({ start, end, id: ids[i], text: TEXT.slice(start, end) }));
  save("tokens", {
    ...{
      width: 720,
      height: 90,
      margin: 4,
      x: { axis: null, domain: [0, TEXT.length] },
      y: { axis: null, domain: [0, 3] },
    },
    marks: [
      Plot.rect(tokens, { x1: "start", x2: "end", y1: 1.2, y2: 2.6, inset: 1.5, rx: 5, fill: blue, fillOpacity: 0.25 }),
      Plot.text(tokens, { x: (d) => (d.start + d.end) / 2, y: 1.9, text: "text", fontSize: 14 }),
      Plot.text(tokens, { x: (d) => (d.start + d.end) / 2, y: 0.6, text: "id" }),
    ],
  });
}

/** Token vectors in the plane in which they differ most. */
function drawVectors(): void {
  const table = model.find("embedding.weight", Parameter);
  const size = table.shape[1]!;
  const kinds = {
    animals: ["fox", "cat", "mouse", "owl", "duck", "frog"],
    colors: ["red", "green", "yellow", "golden"],
    people: ["girl", "mother", "farmer", "friend"],
    verbs: ["found", "saw", "took", "gave", "made", "went"],
  };
  const points = Object.entries(kinds).flatMap(([kind, words]) =>
    words.flatMap((text) => {
      const { ids: found } = tokenizer.encode(` ${text}`);
      const [id] = found;
      return found.length === 1 && id !== undefined
        ? [{ kind, text, row: [...table.data.slice(id * size, (id + 1) * size)] }]
        : [];
    }),
  );
  const mean = Array.from(
    { length: size },
    (_, i) => points.reduce((sum, { row }) => sum + row[i]!, 0) / points.length,
  );
  const centred = points.map(({ row }) => row.map((x, i) => x - mean[i]!));
  const [first, second] = principal(centred, 2);
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const placed = points.map(({ kind, text }, i) => ({
    kind,
    text,
    x: dot(centred[i]!, first!),
    y: dot(centred[i]!, second!),
  }));
  save("vectors", {
    ...{ width: 720, height: 380, x: { axis: null, inset: 40 }, y: { axis: null, inset: 16 } },
    color: { legend: false, range: [blue, "#d9822b", "#4fa36b", "#b0629f"] },
    marks: [
      Plot.dot(placed, { x: "x", y: "y", fill: "kind", r: 4 }),
      Plot.text(placed, { x: "x", y: "y", text: "text", dy: -11, fill: "kind" }),
    ],
  });
}

/** The directions of greatest variance, by repeated multiplication. */
function principal(rows: number[][], count: number): number[][] {
  const found: number[][] = [];
  for (let k = 0; k < count; k++) {
    let axis = rows[0]!.map((_, i) => Math.sin(i + k + 1));
    for (let step = 0; step < 200; step++) {
      const along = rows.map((row) => row.reduce((sum, x, i) => sum + x * axis[i]!, 0));
      axis = axis.map((_, i) => rows.reduce((sum, row, j) => sum + row[i]! * along[j]!, 0));
      for (const other of found) {
        const share = axis.reduce((sum, x, i) => sum + x * other[i]!, 0);
        axis = axis.map((x, i) => x - share * other[i]!);
      }
      const length = Math.hypot(...axis);
      axis = axis.map((x) => x / length);
    }
    found.push(axis);
  }
  return found;
}

/** The weights of the head that looks back most: rows ask, columns answer. */
function drawAttention(): void {
  const { record } = inspect(model, (pass) => model.forward([ids], pass), { sites: ["blocks.*.attention.weights"] });
  const n = ids.length;
  const heads = [...record].flatMap(([place, weights]) =>
    Array.from({ length: weights.shape[1]! }, (_, head) => ({
      place,
      head,
      data: weights.data.slice(head * n * n, (head + 1) * n * n),
    })),
  );
  // Neither the token itself nor always the first one.
  const interest = (data: Float32Array) =>
    data.reduce((sum, x, i) => sum + (i % n > 0 && i % n < Math.floor(i / n) ? x * x : 0), 0);
  const { data } = heads.sort((a, b) => interest(b.data) - interest(a.data))[0]!;
  const cells = [...data].flatMap((weight, i) =>
    i % n <= Math.floor(i / n) ? [{ query: Math.floor(i / n), key: i % n, weight }] : [],
  );
  const named = (i: number) => word(ids[i]!);
  save("attention", {
    ...{ width: 560, height: 400, marginLeft: 70, marginTop: 40, padding: 0.06, aspectRatio: undefined },
    x: { axis: "top", label: "is looked at", tickFormat: named },
    y: { label: "looks", tickFormat: named },
    color: { type: "linear", domain: [0, 1], interpolate: () => blue },
    marks: [
      Plot.cell(cells, {
        x: "key",
        y: "query",
        fill: blue,
        fillOpacity: "weight",
        rx: 3,
        stroke: ink,
        strokeOpacity: 0.25,
      }),
    ],
    opacity: { type: "linear", domain: [0, 1], range: [0, 1] },
  });
}

/** The most probable next tokens, and what temperature makes of them. */
function drawDistribution(): void {
  const asked = ids.slice(0, -1); // "there was a little": many things may follow
  const last = model.forward([asked]).data.slice(-model.config.vocabSize);
  const context = { ids: asked, source: asked, step: 0, limit: 1, last: false, random: undefined, memory: new Map() };
  const shares = (temperature: number) => softmax(tensor(processors.temperature(temperature)(last, context))).data;
  const plain = shares(1);
  const best = [...plain.keys()].sort((a, b) => plain[b]! - plain[a]!).slice(0, 8);
  const order = best.map(word);
  const bars = best.map((id) => ({ token: word(id), share: plain[id]! }));
  save("distribution", {
    ...{
      width: 560,
      height: 260,
      marginLeft: 80,
      x: { label: "probability", grid: true, tickFormat: "%" },
      y: { label: null, domain: order },
    },
    marks: [Plot.barX(bars, { x: "share", y: "token", fill: blue, fillOpacity: 0.8, rx: 2 }), Plot.ruleX([0])],
  });
  const warmed = [0.5, 1, 2].flatMap((temperature) => {
    const all = shares(temperature);
    return best.map((id) => ({ temperature: `temperature ${temperature}`, token: word(id), share: all[id]! }));
  });
  save("temperature", {
    ...{
      width: 720,
      height: 240,
      marginLeft: 80,
      x: { label: "probability", ticks: 3, tickFormat: "%" },
      y: { label: null, domain: order },
      fx: { label: null },
    },
    marks: [
      Plot.barX(warmed, { fx: "temperature", x: "share", y: "token", fill: blue, fillOpacity: 0.8, rx: 2 }),
      Plot.ruleX([0]),
    ],
  });
}

/** The loss of a small model while it learns to count. */
async function drawTraining(): Promise<void> {
  const small = gpt({ vocabSize: 8, contextLength: 16, dModel: 16, heads: 2, layers: 1 }, { seed: 1 });
  const losses: { step: number; loss: number }[] = [];
  await train(small, {
    batches: () => Array.from({ length: 8 }, (_, row) => Array.from({ length: 9 }, (_, i) => (row + i) % 8)),
    loss: (rows, pass) =>
      crossEntropy(
        small.forward(
          rows.map((row) => row.slice(0, -1)),
          pass,
        ),
        rows.map((row) => row.slice(1)),
      ),
    optimizer: adamW(small, { learningRate: 0.02 }),
    steps: 40,
    onStep: ({ step, loss }) => void losses.push({ step: step + 1, loss }),
  });
  save("training", {
    ...{
      width: 560,
      height: 240,
      marginLeft: 50,
      x: { label: "step" },
      y: { label: "loss, nats", grid: true, zero: true },
    },
    marks: [
      Plot.ruleY([Math.log(8)], { stroke: ink, strokeDasharray: "4 4" }),
      Plot.text([{ step: 40, loss: Math.log(8) }], {
        x: "step",
        y: "loss",
        text: () => "ln 8: no idea",
        textAnchor: "end",
        dy: -8,
      }),
      Plot.lineY(losses, { x: "step", y: "loss", stroke: blue, strokeWidth: 2 }),
    ],
  });
}

drawTokens();
drawVectors();
drawAttention();
drawDistribution();
await drawTraining();
