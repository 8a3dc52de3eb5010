import { createRequire, syncBuiltinESMExports } from "node:module";

const workers = createRequire(import.meta.url)("node:worker_threads") as typeof import("node:worker_threads");
type Worker = import("node:worker_threads").Worker;

/** The workers that start while f runs, each with so much source before its own. */
export async function withWorkers(source: string, check: () => Promise<void>): Promise<Worker[]> {
  const started: Worker[] = [];
  const Original = workers.Worker;
  workers.Worker = class extends Original {
    constructor(...[own, options]: ConstructorParameters<typeof Original>) {
      super(source + own, options);
      started.push(this);
    }
  };
  syncBuiltinESMExports();
  await check().finally(() => {
    workers.Worker = Original;
    syncBuiltinESMExports();
  });
  return started;
}
