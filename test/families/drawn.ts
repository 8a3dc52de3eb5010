/**
 * Loads every model below a directory, as `--drawn` of a script in test/reference/families writes them, and compares it
 * with transformers. One line for each: the greatest difference, or what is wrong.
 *
 *     npx tsx test/families/drawn.ts /tmp/drawn
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { comparisons, modelsBelow, opened } from "./checks";

const BOUND = 1e-5;
const [folder, only] = process.argv.slice(2);
if (folder === undefined || !existsSync(folder))
  throw new Error("usage: tsx test/families/drawn.ts <directory> [name]");

/** The faults of a model, and its greatest difference. */
async function look(directory: URL): Promise<{ faults: string[]; worst: number }> {
  const faults: string[] = [];
  let worst = 0;
  try {
    const one = await opened(directory);
    for (const [name, compare] of Object.entries(comparisons)) {
      try {
        const difference = (await compare(one)) ?? 0;
        worst = Math.max(worst, difference);
        if (!(difference <= BOUND)) faults.push(`${name}: ${difference.toExponential(1)}`);
      } catch (error) {
        faults.push(`${name}: ${error instanceof Error ? error.message.slice(0, 300) : error}`);
      }
    }
  } catch (error) {
    faults.push(`not loaded: ${error instanceof Error ? `${error.name}: ${error.message.slice(0, 400)}` : error}`);
  }
  return { faults, worst };
}

let wrong = 0;
const directories = modelsBelow(pathToFileURL(`${resolve(folder)}/`)).filter(({ pathname }) =>
  pathname.includes(only ?? ""),
);
for (const directory of directories) {
  const name = directory.pathname.split("/").at(-2);
  const { faults, worst } = await look(directory);
  if (faults.length > 0) wrong++;
  console.log(faults.length === 0 ? `ok    ${name}  ${worst.toExponential(1)}` : `WRONG ${name}  ${faults.join("; ")}`);
}
console.log(`${directories.length - wrong} of ${directories.length} hold`);
process.exitCode = wrong > 0 ? 1 : 0;
