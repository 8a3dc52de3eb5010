/**
 * Compiles the kernels twice, without relaxed SIMD and with it, to text in ../../binaries.ts: the first whole, of the second
 * what differs. Run by `npm run build`.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { difference } from "./difference.mjs";
import { letters, textOf } from "./text.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

async function compile(...features) {
  const options = [
    "-O3s",
    "--runtime",
    "stub",
    "--noAssert",
    "--importMemory",
    "--sharedMemory",
    "--disableWarning",
    "112",
  ];
  const memory = ["--initialMemory", "1", "--maximumMemory", "65536"];
  const enabled = ["threads", "simd", ...features].flatMap((feature) => ["--enable", feature]);
  let binary;
  const { error, stderr } = await asc.main(
    [here("../index.ts"), "--baseDir", here(".."), "-o", "kernels.wasm", ...options, ...memory, ...enabled],
    {
      writeFile(name, contents) {
        if (name.endsWith(".wasm")) binary = contents;
      },
    },
  );
  if (error) throw new Error(`the kernels do not compile: ${stderr.toString()}`);
  return binary;
}

const [strict, relaxed] = [await compile(), await compile("relaxed-simd")];
writeFileSync(
  here("../../binaries.ts"),
  `// Made by assembly/build/build.mjs from the sources in assembly/.
/** The alphabet of both. */
export const letters = "${letters}";
/** The kernels with 128-bit SIMD. */
export const strict = "${textOf(strict)}";
/** What makes the kernels with relaxed SIMD out of them. */
export const relaxed = "${textOf(difference(strict, relaxed))}";
`,
);
