/**
 * Compiles the kernels to text in ../../binaries.ts. Those of ../index.ts, of ../quantized.ts and of ../training.ts, which
 * not every page needs, are compiled without relaxed SIMD and with it; those of ../elements, ../slopes and ../functions once, for a memory that is
 * not shared. What is like another binary is written as what differs from it. Run by `npm run build`, which does nothing
 * here if the sources and the compiler are those of the last time: to compile takes a quarter of a minute.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { difference } from "./difference.mjs";
import { letters, textOf } from "./text.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const binaries = here("../../binaries.ts");
const heading = `// Made by assembly/build/build.mjs from the sources in assembly/, whose hash is ${hashOfSources()}.\n`;
if (existsSync(binaries) && readFileSync(binaries, "utf8").startsWith(heading)) process.exit();

/** Of all files in assembly/ and the compiler's version. */
function hashOfSources() {
  const files = readdirSync(here(".."), { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const paths = files.map(({ parentPath, path, name }) => `${parentPath ?? path}/${name}`).sort();
  const hash = createHash("sha256").update(asc.version);
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest("hex");
}

const options = ["-O3s", "--runtime", "stub", "--noAssert", "--importMemory", "--disableWarning", "112"];
const shared = ["--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536", "--enable", "threads"];

async function compile(file, ...more) {
  let binary;
  const { error, stderr } = await asc.main(
    [here(file), "--baseDir", here(".."), "-o", "kernels.wasm", ...options, "--enable", "simd", ...more],
    {
      writeFile(name, contents) {
        if (name.endsWith(".wasm")) binary = contents;
      },
    },
  );
  if (error) throw new Error(`the kernels do not compile: ${stderr.toString()}`);
  return binary;
}

/** Several binaries share a memory: those with constants must have the same, or one would overwrite those of another. */
function checkConstants(...compiled) {
  const all = compiled.map((binary) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
    return Buffer.from(new Uint8Array(memory.buffer)).toString("hex");
  });
  const kinds = new Set(all.filter((bytes) => /[1-9a-f]/.test(bytes)));
  if (kinds.size > 1) throw new Error("the kernels do not fit together: binaries have different constants in memory");
}

const relaxedSimd = ["--enable", "relaxed-simd"];
const strict = await compile("../index.ts", ...shared);
const relaxed = await compile("../index.ts", ...shared, ...relaxedSimd);
const strictQuantized = await compile("../quantized.ts", ...shared);
const relaxedQuantized = await compile("../quantized.ts", ...shared, ...relaxedSimd);
const strictDecoding = await compile("../decoding.ts", ...shared);
const relaxedDecoding = await compile("../decoding.ts", ...shared, ...relaxedSimd);
const strictTraining = await compile("../training.ts", ...shared);
const relaxedTraining = await compile("../training.ts", ...shared, ...relaxedSimd);
const elements = await compile("../elements/index.ts");
const strictLayers = await compile("../layers.ts", ...shared);
const relaxedLayers = await compile("../layers.ts", ...shared, ...relaxedSimd);
const slopes = await compile("../slopes/index.ts");
const functions = await compile("../functions/index.ts");
const convolutions = await compile("../convolution/index.ts");
checkConstants(strict, strictQuantized, strictDecoding, strictTraining, strictLayers);
writeFileSync(
  `${binaries}.new`,
  `${heading}/** The alphabet of all. */
export const letters = "${letters}";
/** The kernels with 128-bit SIMD. */
export const strict = "${textOf(strict)}";
/** What makes the kernels with relaxed SIMD out of them. */
export const relaxed = "${textOf(difference(strict, relaxed))}";
/** Products with quantized weights. */
export const strictQuantized = "${textOf(difference(strict, strictQuantized))}";
/** What makes those with relaxed SIMD out of them. */
export const relaxedQuantized = "${textOf(difference(strictQuantized, relaxedQuantized))}";
/** What makes the kernels of decoding out of \`strict\`. */
export const strictDecoding = "${textOf(difference(strict, strictDecoding))}";
/** What makes those with relaxed SIMD out of them. */
export const relaxedDecoding = "${textOf(difference(strictDecoding, relaxedDecoding))}";
/** What makes the kernels of training out of \`strict\`. */
export const strictTraining = "${textOf(difference(strict, strictTraining))}";
/** What makes those with relaxed SIMD out of them. */
export const relaxedTraining = "${textOf(difference(strictTraining, relaxedTraining))}";
/** Arithmetic and activations. */
export const elements = "${textOf(elements)}";
/** What makes those between the products of a layer out of them. */
export const strictLayers = "${textOf(difference(elements, strictLayers))}";
/** What makes those with relaxed SIMD out of them. */
export const relaxedLayers = "${textOf(difference(strictLayers, relaxedLayers))}";
/** What makes their gradients out of them. */
export const slopes = "${textOf(difference(elements, slopes))}";
/** Functions of one number, of two, and of the numbers along an axis. */
export const functions = "${textOf(functions)}";
/** Depthwise convolutions. */
export const convolutions = "${textOf(convolutions)}";
`,
);
renameSync(`${binaries}.new`, binaries);
