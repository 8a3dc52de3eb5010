// Prints the memory of a loaded tokenizer in bytes. Run by bench.mjs: node --expose-gc memory.mjs BUILD FILE
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [build, file] = process.argv.slice(2);
const { tokenizerFromJson } = await import(pathToFileURL(build).href);

/** The heap plus external memory, which includes typed arrays. */
function held() {
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const json = readFileSync(file, "utf8");
// So that code compiled while loading is not counted.
tokenizerFromJson({ model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2 }, merges: ["a b"] } }).encode("ab");
const before = held();
const tokenizer = tokenizerFromJson(json);
const after = held();
if (json.length > 0 && tokenizer.vocabSize > 0) console.log(after - before);
