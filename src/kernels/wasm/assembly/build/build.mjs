/**
 * Compiles the kernels twice, without relaxed SIMD and with it, to base64 in ../../binaries.ts: the first whole, of the second
 * what differs. Run by `npm run build`.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { difference } from "./difference.mjs";

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
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
writeFileSync(
  here("../../binaries.ts"),
  `// Made by assembly/build/build.mjs from the sources in assembly/.
/** The kernels with 128-bit SIMD. */
export const strict = "${base64(strict)}";
/** What makes the kernels with relaxed SIMD out of them. */
export const relaxed = "${base64(difference(strict, relaxed))}";
`,
);
