// Times src/tokenizer against other libraries; prints Markdown tables. Run by hand: see README.md in this folder.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gpt2File, ranksFile } from "./files.mjs";
import { nativeTimer } from "./native.mjs";
import { sectionWriter } from "./section.mjs";
import { english, mixedScript } from "./texts.mjs";
import { interleaved, row } from "./timing.mjs";

const data = pathToFileURL(process.env.TOKENIZER_DATA ?? fileURLToPath(new URL("../../../shared/data/", import.meta.url)));
const peers = createRequire(process.env.TOKENIZER_PEERS ?? import.meta.url);
const build = process.env.TOKENIZER_BUILD ?? fileURLToPath(new URL("../../dist/tokenizer.js", import.meta.url));
const rounds = Number(process.env.ROUNDS ?? 7);
const write = process.argv[2] === "--write" ? sectionWriter(process.argv[3]) : undefined;
const lines = [];
const print = (line) => {
  lines.push(line);
  console.log(line);
};

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

print("| work | this library, MB/s | gpt-tokenizer | @huggingface/tokenizers | Python tokenizers, one thread |");
print("|---|---|---|---|---|");
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
    print(row(`${kind}, ${name}`, text.length, await interleaved(contestants, rounds)));
  }
}

print("\n| work | 1 KB | 10 KB | 100 KB | 1 MB | 10 MB |\n|---|---|---|---|---|---|");
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
      const repetitions = Math.ceil(1e5 / size);
      const encode = () => {
        for (let i = 0; i < repetitions; i++) ours.encode(text).ids.length;
      };
      const { ours: times } = await interleaved({ ours: encode }, size > 1e6 ? 3 : rounds);
      cells.push(`${((times.median / size / repetitions) * 1e9).toFixed(0)} ns`);
    }
    print(`| ${kind}, ${name}: a character | ${cells.join(" | ")} |`);
  }
}

const large = ranksFile(ranks("o200k_base"), 128_000);
const loads = { parse: () => JSON.parse(large), ours: () => tokenizerFromJson(large) };
const { parse, ours } = await interleaved(loads, rounds);
print(
  `\nLoading 128,000 tokens (${(Buffer.byteLength(large) / 1e6).toFixed(1)} MB): ${(ours.median * 1e3).toFixed(0)} ms, ` +
    `${(ours.median / parse.median).toFixed(2)} × JSON.parse (${(parse.median * 1e3).toFixed(0)} ms).`,
);

const largeFile = join(directory, "large.json");
writeFileSync(largeFile, large);
const memory = fileURLToPath(new URL("memory.mjs", import.meta.url));
const held = Number(execFileSync(process.execPath, ["--expose-gc", memory, build, largeFile]));
const bytes = Buffer.byteLength(large);
print(`Loaded, they hold ${(held / 1e6).toFixed(1)} MB, ${(held / bytes).toFixed(2)} × the file.`);
native?.close();
write?.(lines.join("\n"));
