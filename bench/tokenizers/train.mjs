// Times training against Python's trainers; prints a Markdown table. Run by hand: see README.md in this folder.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { nativeTimer } from "./native.mjs";
import { english, mixedScript } from "./texts.mjs";
import { interleaved } from "./timing.mjs";

const data = pathToFileURL(process.env.TOKENIZER_DATA ?? fileURLToPath(new URL("../../../shared/data/", import.meta.url)));
const build = process.env.TOKENIZER_BUILD ?? fileURLToPath(new URL("../../dist/tokenizer.js", import.meta.url));
const rounds = Number(process.env.ROUNDS ?? 3);
const { trainBpe, trainUnigram } = await import(pathToFileURL(build).href);

const TEN_MEGABYTES = 1e7;
const works = {
  "BPE, 10,000 tokens, English (1 MB ten times)": ["BPE", 10_000, () => english(data).repeat(10)],
  "BPE, 10,000 tokens, 200,000 words in mixed scripts": ["BPE", 10_000, () => mixedScript(TEN_MEGABYTES / 2, 200_000)],
  "Unigram, 8,000 tokens, English": ["Unigram", 8000, () => english(data)],
};
const trainers = { BPE: trainBpe, Unigram: trainUnigram };

const textFile = join(mkdtempSync(join(tmpdir(), "training-bench-")), "text.txt");
const native = nativeTimer(process.env.PYTHON ?? "python3");

console.log("| work | text, MB | this library, s | Python tokenizers, one thread, s | times as long |\n|---|---|---|---|---|");
for (const [name, [kind, vocabSize, text]] of Object.entries(works)) {
  if (process.env.ONLY && !name.includes(process.env.ONLY)) continue;
  writeFileSync(textFile, text());
  const lines = readFileSync(textFile, "utf8").split("\n");
  const megabytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0) / 1e6;
  const { ours, native: theirs } = await interleaved(
    {
      ours: () => trainers[kind](lines, { vocabSize }).vocabSize,
      native: native && (() => native.time(kind, vocabSize, textFile)),
    },
    rounds,
  );
  const seconds = ({ median, least, most }) => `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
  const ratio = theirs === undefined ? "–" : `**${(ours.median / theirs.median).toFixed(2)}**`;
  const cells = [name, megabytes.toFixed(1), seconds(ours), theirs === undefined ? "–" : seconds(theirs), ratio];
  console.log(`| ${cells.join(" | ")} |`);
  if (theirs !== undefined && theirs.count !== ours.count) console.error(`${name}: ${ours.count}, ${theirs.count} tokens`);
}
native?.close();
