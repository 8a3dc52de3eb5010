/**
 * `npm run mutants [-- floor …] [--sample 0.5]`: plants mistakes one at a time, floor by floor, and reports those that
 * no test notices. Each floor runs only related tests. The table and the survivors are in .stryker/mutants.md, which
 * grows while this runs. `--sample 0.5` plants half of the mistakes, the same half every time.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";

/**
 * The floors to mutate, and for each the test folders and files that notice most of its mistakes quickly.
 * A slower test may notice the others.
 */
const floors = {
  models:
    "models,misuse/models,generation/encoder-decoder,families/reference,families/uneven,families/generation-config",
  blocks:
    "blocks,models/bad-input,models/drawn,models/dropout-places,models/equality,models/empty,models/config-ownership," +
    "inspect/inspect,misuse/blocks,generation/caching-contract,generation/own-modules,checks",
  training: "training,misuse/training,checks/visible",
  generation: "generation,misuse/generation,families/generation-config",
  tasks: "tasks,misuse/tasks",
  tensor:
    "tensor,misuse/tensor,blocks/scaled-dot-product,models/drawn,training/accumulate,training/clip,training/freeze,checks",
  checkpoint: "checkpoint,misuse/checkpoint,families/loading",
  families:
    "families/bad-input,families/config-fields,families/directories,families/loading,families/parameters," +
    "families/reference,families/round-trip,families/uneven,misuse/families",
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
if (failed.length > 0) throw new Error(`below the threshold, or incomplete: ${failed.join(", ")}`);
