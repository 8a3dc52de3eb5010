import { type ChildProcess, fork } from "node:child_process";
import { programs } from "../programs";
import type { Order, Report } from "./worker";

export interface Fuzzed {
  opened: number;
  refused: number;
  /** What went wrong, with the number of the case that shows it again. */
  faults: string[];
}

/** No file may take longer, in milliseconds: the worker is ended, and the next case begun in another. */
const LONGEST = 10_000;

const WORKER = "test/fuzz/worker.ts";

/** Opens `last − first` mutated files in a process of their own. */
export async function fuzz(order: Order, onFault?: (fault: string) => void): Promise<Fuzzed> {
  const { at, remove } = await programs([WORKER]);
  try {
    return await fuzzed(at(WORKER), order, onFault);
  } finally {
    await remove();
  }
}

async function fuzzed(
  worker: string,
  { seed, first, last }: Order,
  onFault: (fault: string) => void = () => {},
): Promise<Fuzzed> {
  const result: Fuzzed = { opened: 0, refused: 0, faults: [] };
  const add = (fault: string) => {
    result.faults.push(fault);
    onFault(fault);
  };
  let next = first;
  while (next < last) {
    const lost = await run(worker, { seed, first: next, last }, result, add);
    if (lost === undefined) return result;
    // Formats that do not open before anything is wrong with them would be tried again for every case.
    if (!lost.started) throw new Error(`the worker does not start: ${lost.what}`);
    add(`case ${lost.index}: ${lost.what}`);
    next = lost.index + 1;
  }
  return result;
}

/** A case at which the worker was lost, and whether it had begun with cases at all. */
interface Lost {
  index: number;
  started: boolean;
  what: string;
}

/** Gives the case at which the worker was lost, if it was. */
async function run(
  program: string,
  order: Order,
  result: Fuzzed,
  add: (fault: string) => void,
): Promise<Lost | undefined> {
  const worker = fork(program, {
    execArgv: ["--max-old-space-size=512"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let index = order.first;
  let said = "";
  worker.stderr?.on("data", (chunk) => {
    said = (said + chunk).slice(-2000);
  });
  let ready = false;
  let timer: NodeJS.Timeout | undefined;
  return new Promise((resolve) => {
    const end = (lost?: Lost) => {
      clearTimeout(timer);
      stop(worker);
      resolve(lost);
    };
    const watch = (limit: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => end({ index, started: ready, what: `takes more than ${limit / 1000} s` }), limit);
    };
    watch(6 * LONGEST);
    worker.on("exit", (code, signal) =>
      end({ index, started: ready, what: `ends the process (${signal ?? code})\n${said}` }),
    );
    worker.on("message", (report: Report) => {
      watch(LONGEST);
      if (report.kind === "start") index = report.index;
      else if (report.kind === "end") result[report.opened ? "opened" : "refused"]++;
      else if (report.kind === "fault") add(`case ${report.index}, ${report.format}, ${report.file}: ${report.what}`);
      else if (ready) end();
      else {
        ready = true;
        worker.send(order);
      }
    });
  });
}

function stop(worker: ChildProcess): void {
  worker.removeAllListeners();
  worker.kill("SIGKILL");
}
