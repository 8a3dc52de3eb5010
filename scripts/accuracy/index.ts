/**
 * What 8 and 4 bits cost in accuracy: `npm run accuracy` prints a table of the logits, the choices and the perplexity of
 * models with weights and activations of fewer bits; with `--write`, into docs/performance.md. With `--strict`, on the
 * strict kernels.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { QuantizeOptions } from "../../src/blocks";
import { kernelInfo, strictKernels, useKernels } from "../../src/kernels";
import { type Subject, subjects } from "./texts";

const PAGE = fileURLToPath(new URL("../../docs/performance.md", import.meta.url));
const START = "<!-- accuracy: written by npm run accuracy -- --write -->\n";
const END = "<!-- accuracy: end -->";

/** The logits of every place that is predicted, and the sum of −log p of the tokens that are right. */
interface Said {
  logits: Float32Array[];
  loss: number;
}

async function said({ batches, load }: Subject, options?: QuantizeOptions): Promise<Said> {
  const model = await load(options);
  const logits: Float32Array[] = [];
  let loss = 0;
  for (const { ids, mask, wanted } of batches) {
    const { data, shape } = model.forward(ids, mask ? { mask } : {});
    const [, length, size] = shape as [number, number, number];
    for (const { row, place, token } of wanted) {
      const each = data.slice((row * length + place) * size, (row * length + place + 1) * size);
      logits.push(each);
      loss += Math.log(each.reduce((sum, x) => sum + Math.exp(x - each[token]!), 0));
    }
  }
  return { logits, loss: loss / logits.length };
}

const top = (logits: Float32Array): number => logits.reduce((best, x, i) => (x > logits[best]! ? i : best), 0);

/** One line of the table: `exact` has float32 weights, `same` the same weights with float32 activations. */
function line(name: string, { weights, activations }: Partial<QuantizeOptions>, it: Said, exact: Said, same: Said) {
  let [squares, largest, count, agreed] = [0, 0, 0, 0];
  it.logits.forEach((logits, i) => {
    const right = exact.logits[i]!;
    if (top(logits) === top(right)) agreed++;
    logits.forEach((x, j) => {
      const error = Math.abs(x - right[j]!);
      squares += error ** 2;
      largest = Math.max(largest, error);
      count++;
    });
  });
  const change = (100 * (Math.exp(it.loss - same.loss) - 1)).toFixed(2);
  const cells = [
    ...[name, weights ?? "float32", `${activations}`, `${Math.sqrt(squares / count).toPrecision(2)}`],
    ...[largest.toPrecision(2), `${((100 * agreed) / it.logits.length).toFixed(1)} %`, Math.exp(it.loss).toFixed(4)],
    activations === "float32" ? "" : `${Number(change) > 0 ? "+" : ""}${change.replace("-0.00", "0.00")} %`,
  ];
  return `| ${cells.join(" | ")} |`;
}

async function table(): Promise<string> {
  const lines = [
    "| model | weights | activations | error of logits, rms | largest | same first choice | perplexity | against float32 activations |",
    "|---|---|---|---:|---:|---:|---:|---:|",
  ];
  for (const subject of await subjects()) {
    const exact = await said(subject);
    lines.push(line(subject.name, { activations: "float32" }, exact, exact, exact));
    for (const weights of ["q8", "q4"] as const) {
      const same = await said(subject, { weights, activations: "float32" });
      for (const activations of ["float32", 12, 8] as const) {
        const options = { weights, activations };
        const it = activations === "float32" ? same : await said(subject, options);
        lines.push(line(subject.name, options, it, exact, same));
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

if (process.argv.includes("--strict")) useKernels(strictKernels());
const made = await table();
console.log(`Node ${process.versions.node}, ${kernelInfo().name}\n\n${made}`);
if (process.argv.includes("--write")) {
  const page = readFileSync(PAGE, "utf8");
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < 0) throw new Error(`accuracy: ${PAGE} has no place for the table`);
  writeFileSync(PAGE, `${page.slice(0, start + START.length)}\n${made}\n${page.slice(end)}`);
}
