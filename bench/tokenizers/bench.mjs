// Times src/tokenizer against other libraries; prints a Markdown table. By hand: see README.md beside this file.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gpt2File, ranksFile } from "./files.mjs";
import { nativeTimer } from "./native.mjs";
import { english, mixedScript } from "./texts.mjs";
import { interleaved, row } from "./timing.mjs";

const data = pathToFileURL(process.env.TOKENIZER_DATA ?? fileURLToPath(new URL("../../../shared/data/", import.meta.url)));
const peers = createRequire(process.env.TOKENIZER_PEERS ?? import.meta.url);
const build = process.env.TOKENIZER_BUILD ?? fileURLToPath(new URL("../../dist/tokenizer.js", import.meta.url));
const rounds = Number(process.env.ROUNDS ?? 7);

const { tokenizerFromJson } = await import(pathToFileURL(build).href);
const { Tokenizer: HuggingFace } = peers("@huggingface/tokenizers");
const peer = (name) => peers(`gpt-tokenizer/encoding/${name}`);
const ranks = (name) => join(peers.resolve("gpt-tokenizer/encoding/cl100k_base"), `../../../data/${name}.tiktoken`);
const published = (name) => readFileSync(new URL(`tokenizers/${name}/tokenizer.json`, data), "utf8");

const directory = mkdtempSync(join(tmpdir(), "tokenizer-bench-"));
const native = nativeTimer(process.env.PYTHON ?? "python3");
const texts = { English: english(data), "mixed scripts": mixedScript() };
const kinds = {
  "GPT-2 BPE": [gpt2File(data), peer("r50k_base")],
  "cl100k BPE": [ranksFile(ranks("cl100k_base")), peer("cl100k_base")],
  WordPiece: [published("bert-base-uncased"), undefined],
  Unigram: [published("t5-small"), undefined],
};
const chosen = process.env.ONLY?.split(",");

console.log("| work | this library, MB/s | gpt-tokenizer | @huggingface/tokenizers | Python tokenizers, one thread |");
console.log("|---|---|---|---|---|");
for (const [kind, [json, gpt]] of Object.entries(kinds)) {
  if (chosen && !chosen.includes(kind)) continue;
  const path = join(directory, "tokenizer.json");
  const file = path.replace(".json", `-${kind.replaceAll(" ", "-")}.json`);
  writeFileSync(file, json);
  const ours = tokenizerFromJson(json);
  const theirs = new HuggingFace(JSON.parse(json), {});
  for (const [name, text] of Object.entries(texts)) {
    const textFile = join(directory, `${name.replaceAll(" ", "-")}.txt`);
    writeFileSync(textFile, text);
    const contestants = {
      ours: () => ours.encode(text).ids.length,
      gpt: gpt && (() => gpt.encode(text).length),
      huggingFace: () => theirs.encode(text).ids.length,
      native: native && (() => native.time("encode", file, textFile)),
    };
    console.log(row(`${kind}, ${name}`, text.length, await interleaved(contestants, rounds)));
  }
}

console.log("\n| work | 1 KB | 10 KB | 100 KB | 1 MB | 10 MB |\n|---|---|---|---|---|---|");
const sizes = [1e3, 1e4, 1e5, 1e6, 1e7];
for (const [kind, [json]] of Object.entries(kinds)) {
  if (chosen && !chosen.includes(kind)) continue;
  const ours = tokenizerFromJson(json);
  const grown = {
    English: (size) => texts.English.repeat(Math.ceil(size / texts.English.length)).slice(0, size),
    "one letter": (size) => "a".repeat(size),
  };
  for (const [name, make] of Object.entries(grown)) {
    const cells = [];
    for (const size of sizes) {
      const text = make(size);
      const { ours: times } = await interleaved({ ours: () => ours.encode(text).ids.length }, size > 1e6 ? 3 : rounds);
      cells.push(`${((times.median / size) * 1e9).toFixed(0)} ns`);
    }
    console.log(`| ${kind}, ${name}: a character | ${cells.join(" | ")} |`);
  }
}

const large = ranksFile(ranks("o200k_base"), 128_000);
const loads = { parse: () => JSON.parse(large), ours: () => tokenizerFromJson(large) };
const { parse, ours } = await interleaved(loads, rounds);
console.log(
  `\nLoading 128,000 tokens (${(large.length / 1e6).toFixed(1)} MB): ${(ours.median * 1e3).toFixed(0)} ms, ` +
    `${(ours.median / parse.median).toFixed(2)} × JSON.parse (${(parse.median * 1e3).toFixed(0)} ms).`,
);
native?.close();
