import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSafetensors } from "../../dist/checkpoint.js";
import { buildModel, configOf } from "../models/build.js";
import { startPython } from "../pytorch/start.js";
import { tokens } from "../random.js";

export async function trainingStep({ python, threads, model: name, batch, seq }) {
  if (!python) return { cannot: "needs --python, the path of a Python that has torch" };
  const { config, ...weights } = source(name);
  const rows = tokens(batch, seq + 1, config.vocabSize);
  const worker = startPython(python, "training.py");
  await worker.ask({ ...weights, config, rows, threads });
  weights.remove();
  const losses = [];
  const repeat = async () => {
    const { milliseconds, loss } = await worker.ask({});
    losses.push(loss);
    return { milliseconds };
  };
  return { repeat, check: () => losses.slice(0, 1) };
}

/** A model's config, and a file with its weights. */
function source(name) {
  const model = buildModel(name);
  const folder = mkdtempSync(join(tmpdir(), "transformer-blocks-bench-"));
  const file = join(folder, "weights.safetensors");
  writeFileSync(file, writeSafetensors(model.parameters()));
  return { config: configOf(model), file, remove: () => rmSync(folder, { recursive: true }) };
}
