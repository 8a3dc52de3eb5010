// Prints how many bytes a loaded tokenizer holds. A process of its own for bench.mjs: node --expose-gc memory.mjs BUILD FILE
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [build, file] = process.argv.slice(2);
const { tokenizerFromJson } = await import(pathToFileURL(build).href);

/** What lives on the heap and beside it: typed arrays count among what is external. */
function held() {
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const json = readFileSync(file, "utf8");
// The code that loading compiles is not the tokenizer's.
tokenizerFromJson({ model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2 }, merges: ["a b"] } }).encode("ab");
const before = held();
const tokenizer = tokenizerFromJson(json);
const after = held();
if (json.length > 0 && tokenizer.vocabSize > 0) console.log(after - before);
