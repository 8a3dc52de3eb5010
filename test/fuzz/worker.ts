/**
 * Opens mutated files, one after another, and tells the parent of each before it starts: what takes too long, or kills
 * the process, is known by its number.
 */
import { FormatError, random } from "transformer-blocks";
import { type Format, formats } from "./formats";
import { mutated } from "./mutate";

/** What the parent asks for, and what it is told. */
export interface Order {
  seed: number;
  first: number;
  last: number;
}
export type Report =
  | { kind: "start"; index: number }
  | { kind: "fault"; index: number; format: string; file: string; what: string }
  | { kind: "end"; opened: boolean }
  | { kind: "done" };

/** The greatest array that was made since it was last read, in bytes. */
let largest = 0;

/** Counts what typed arrays take, whoever makes them. */
function watchAllocations(): void {
  for (const name of [
    "ArrayBuffer",
    "Uint8Array",
    "Int32Array",
    "Uint32Array",
    "Float32Array",
    "Float64Array",
  ] as const) {
    const watched: unknown = new Proxy(
      globalThis[name] as unknown as new (
        ...args: unknown[]
      ) => { byteLength: number },
      {
        construct(target, args, newTarget): object {
          if (typeof args[0] === "number") largest = Math.max(largest, args[0] * bytesOf(name));
          return Reflect.construct(target, args, newTarget === watched ? target : newTarget);
        },
      },
    );
    Reflect.set(globalThis, name, watched);
  }
}

const bytesOf = (name: string): number => (/Float64/.test(name) ? 8 : /32/.test(name) ? 4 : 1);

const MEBIBYTE = 2 ** 20;

/** Whether an error is one that the library means, and says which file and, but for broken JSON, where in it. */
function problemOf(error: unknown, { mayCall }: Format): string | undefined {
  if (error instanceof FormatError)
    return error.message === "" || error.problem.file === "" ? "names no file" : undefined;
  const said = error instanceof Error ? `${error.name}: ${error.message.slice(0, 300)}` : String(error);
  // A file may be gone, not broken; and what a pattern costs depends on the text as well.
  if (/no file|budget/.test(said) || mayCall?.test(said)) return undefined;
  return `not a FormatError: ${said}\n${error instanceof Error ? error.stack?.split("\n").slice(1, 4).join("\n") : ""}`;
}

async function openOne(seed: number, index: number): Promise<(Report & { kind: "fault" }) | boolean> {
  const chance = random(seed).stream(`case ${index}`);
  const format = formats[index % formats.length]!;
  const names = [...format.files.keys()];
  const file = names[chance.integer(names.length)]!;
  const files = new Map(format.files);
  files.set(file, mutated(files.get(file)!, file.endsWith(".json"), chance));
  const total = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const fault = (what: string) => ({ kind: "fault", index, format: format.name, file, what }) as const;
  largest = 0;
  const started = performance.now();
  let error: unknown;
  let opened = true;
  try {
    await format.open(files);
  } catch (thrown) {
    opened = false;
    error = thrown;
  }
  const seconds = (performance.now() - started) / 1000;
  if (!opened) {
    const problem = problemOf(error, format);
    if (problem !== undefined) return fault(problem);
  }
  if (largest > 4 * total + 64 * MEBIBYTE)
    return fault(`allocates ${Math.round(largest / MEBIBYTE)} MiB for ${total} bytes`);
  if (seconds > 1) return fault(`takes ${seconds.toFixed(1)} s for ${total} bytes`);
  return opened;
}

const tell = (report: Report) => process.send!(report);

process.on("message", async ({ seed, first, last }: Order) => {
  for (let index = first; index < last; index++) {
    tell({ kind: "start", index });
    const result = await openOne(seed, index);
    tell(typeof result === "boolean" ? { kind: "end", opened: result } : result);
  }
  tell({ kind: "done" });
});

// Everything is loaded, and warm, before arrays are watched and time is taken.
for (const format of formats) await format.open(format.files);
watchAllocations();
tell({ kind: "done" });
