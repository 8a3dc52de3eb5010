/**
 * `npm run mutants [-- floor …] [--sample 0.5]`: plants mistakes one at a time, floor by floor, and says which no test
 * notices. Each floor runs the tests that can see it. The table and the survivors are in .stryker/mutants.md, which grows
 * while this runs. `--sample 0.5` plants half of the mistakes, the same half every time.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";

/**
 * The floors whose sources are mutated, and for each the folders and files of tests that see most of its mistakes soonest.
 * What they miss, a slower test may notice.
 */
const floors = {
  models:
    "models,misuse/models,generation/encoder-decoder,families/reference,families/uneven,families/generation-config",
  blocks:
    "blocks,models/bad-input,models/drawn,models/dropout-places,models/equality,models/empty,models/config-ownership," +
    "inspect/inspect,misuse/blocks,generation/caching-contract,generation/own-modules",
  training: "training,misuse/training",
  generation: "generation,misuse/generation,families/generation-config",
  tasks: "tasks,misuse/tasks",
  tensor: "tensor,misuse/tensor,blocks/scaled-dot-product,models/drawn",
  checkpoint: "checkpoint,misuse/checkpoint",
  families: "families,misuse/families",
};

const { values, positionals } = parseArgs({ options: { sample: { type: "string" } }, allowPositionals: true });
const unknown = positionals.filter((name) => !(name in floors));
if (unknown.length > 0) throw new RangeError(`no floor ${unknown.join(", ")}; there are ${Object.keys(floors)}`);

const chosen = positionals.length > 0 ? positionals : Object.keys(floors);
mkdirSync(".stryker", { recursive: true });
if (positionals.length === 0) rmSync(".stryker/mutants.md", { force: true });
const failed = chosen.filter((floor) => {
  const own = { MUTANTS_FLOOR: floor, MUTANTS_TESTS: floors[floor], MUTANTS_SAMPLE: values.sample ?? "1" };
  return spawnSync("npx", ["stryker", "run"], { stdio: "inherit", env: { ...process.env, ...own } }).status !== 0;
});
if (failed.length > 0) throw new Error(`below the threshold, or not run to the end: ${failed.join(", ")}`);
