/**
 * Measures what the models in examples/models can do, and fails if one does less than it should.
 *
 *     npm run check:models                            all of them
 *     npm run check:models -- story                   one
 *     npm run check:models -- story ./my-story        one of your own
 *     npm run check:models -- story --wrong 5         with some of what went wrong
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Figure, head, holds, row } from "./figure";

/** A line for each model: the file that measures it. */
const checks: Readonly<Record<string, () => Promise<{ check(folder: string): Promise<Figure[]> }>>> = {
  words: () => import("./words"),
  story: () => import("./story"),
  fill: () => import("./fill"),
  translate: () => import("./translate"),
};

const models = fileURLToPath(new URL("../../examples/models/", import.meta.url));
const { values, positionals } = parseArgs({ options: { wrong: { type: "string" } }, allowPositionals: true });
const [only, folder] = positionals;
const wrong = Number(values.wrong ?? 0);
if (only !== undefined && !Object.hasOwn(checks, only)) {
  console.error(`There is no model "${only}"; there are ${Object.keys(checks).join(", ")}.`);
  process.exit(2);
}

console.log(head);
const shown = new Set<string>();
for (const name of only === undefined ? Object.keys(checks) : [only]) {
  const { check } = await checks[name]!();
  for (const figure of await check(folder ?? join(models, name))) {
    console.log(row(name, figure));
    if (!holds(figure)) process.exitCode = 1;
    for (const one of figure.wrong ?? []) if (shown.size < wrong) shown.add(`${name}: ${one}`);
  }
}
if (shown.size > 0) console.log(`\n${[...shown].join("\n\n")}`);
