/**
 * Draws the pictures of docs/tour.md from the values of the models in examples/models: `npm run pictures`. With `--check`
 * it writes nothing, and fails if a picture is not that of the present models.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { crossEntropy, DecoderModel, fromPretrained, gpt, processors, softmax, tensor } from "transformer-blocks";
import { readSafetensors } from "transformer-blocks/checkpoint";
import { inspect } from "transformer-blocks/inspect";
import { strictKernels, useKernels } from "transformer-blocks/kernels";
import { loadTokenizer } from "transformer-blocks/tokenizer";
import { adamW, train } from "transformer-blocks/training";

const root = fileURLToPath(new URL("../", import.meta.url));
const isCheck = process.argv.includes("--check");
const outdated: string[] = [];
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
  const path = `${root}docs/pictures/${name}.svg`;
  if (!isCheck) writeFileSync(path, `${svg}\n`);
  else if (readFileSync(path, "utf8") !== `${svg}\n`) outdated.push(name);
}

mkdirSync(`${root}docs/pictures`, { recursive: true });
useKernels(strictKernels()); // the same picture on every processor
const { model, tokenizer } = await fromPretrained(`${root}examples/models/story`, { model: DecoderModel });
const { ids } = tokenizer.encode(TEXT);
const word = (id: number) => tokenizer.decode([id]).trim();

const { tensors } = readSafetensors(readFileSync(`${root}examples/models/words/model.safetensors`));
const table = tensors.get("embedding.weight")!;
const words = await loadTokenizer(`${root}examples/models/words`);

function vectorOf(text: string): number[] {
  const { ids: found } = words.encode(text);
  if (found.length !== 1) throw new Error(`"${text}" is no word of examples/models/words`);
  const size = table.shape[1]!;
  return [...table.toFloat32().slice(found[0]! * size, (found[0]! + 1) * size)];
}

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

/** Word vectors in the plane of two differences: across from man to woman, up from man to king. */
function drawVectors(): void {
  const pairs = ["man woman", "king queen", "prince princess", "boy girl", "father mother", "son daughter"];
  const all = pairs.map((pair) => pair.split(" ") as [string, string]);
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const minus = (a: number[], b: number[], share = 1) => a.map((x, i) => x - share * b[i]!);
  const unit = (a: number[]) => a.map((x) => x / Math.sqrt(dot(a, a)));
  const man = vectorOf("man");
  const across = unit(minus(vectorOf("woman"), man));
  const royal = minus(vectorOf("king"), man);
  const up = unit(minus(royal, across, dot(royal, across)));
  const at = (text: string) => ({ text, x: dot(vectorOf(text), across), y: dot(vectorOf(text), up) });
  const lines = all.map(([from, to]) => ({ from: at(from), to: at(to) }));
  save("vectors", {
    ...{ width: 640, height: 340, x: { axis: null, inset: 50 }, y: { axis: null, inset: 20 } },
    marks: [
      Plot.arrow(lines, {
        ...{ x1: (d) => d.from.x, y1: (d) => d.from.y, x2: (d) => d.to.x, y2: (d) => d.to.y },
        ...{ stroke: blue, strokeOpacity: 0.5, inset: 7, headLength: 6 },
      }),
      Plot.dot(all.flat().map(at), { x: "x", y: "y", fill: blue, r: 4 }),
      Plot.text(all.flat().map(at), { x: "x", y: "y", text: "text", dy: -12 }),
    ],
  });
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
    ...{ width: 560, height: 400, marginLeft: 70, marginTop: 40, padding: 0.06 },
    x: { axis: "top", label: "is looked at", tickFormat: named },
    y: { label: "looks", tickFormat: named },
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
if (outdated.length > 0) {
  console.error(`docs/pictures: ${outdated.join(", ")} differ from the present models; run npm run pictures`);
  process.exitCode = 1;
}
