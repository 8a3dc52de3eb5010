import { codeOf } from "../file-error";

/** Identifies a save: machine, process and its start, instance of the library, and number of the save there. */
export interface Owner {
  host: string;
  pid: number;
  /** In seconds since 1970. */
  started: number;
  instance: string;
  number: number;
}

/** The saves of this instance that are in progress. */
const running = /* @__PURE__ */ new Set<number>();
let instance: string | undefined;
let saves = 0;

/**
 * Runs a save, which is in progress until it settles.
 *
 * @param name a random name for this instance; the first call's name is kept
 */
export async function withOwner(
  hostname: string,
  name: () => string,
  save: (owner: Owner) => Promise<void>,
): Promise<void> {
  instance ??= name();
  const number = ++saves;
  const host = hostname.replaceAll(/[^A-Za-z0-9.]/g, "_") || "localhost";
  running.add(number);
  try {
    await save({ host, pid: process.pid, started: startOfProcess(), instance, number });
  } finally {
    running.delete(number);
  }
}

const startOfProcess = () => Math.round(Date.now() / 1000 - process.uptime());

export const ownerText = ({ host, pid, started, instance, number }: Owner): string =>
  [host, pid, started, instance, number].join("-");

export function parseOwner(text: string): Owner | undefined {
  const [, host, pid, started, by, number] = /^([\w.]+)-(\d+)-(\d+)-(\w+)-(\d+)$/.exec(text) ?? [];
  if (host === undefined || by === undefined) return undefined;
  return { host, pid: Number(pid), started: Number(started), instance: by, number: Number(number) };
}

/**
 * Whether a save is over or its process has ended. Undefined if unknown: the process is on another machine, or its
 * number may have been reused.
 */
export function hasEnded(owner: Owner | undefined, here: Owner): boolean | undefined {
  if (owner?.host !== here.host) return undefined;
  if (owner.pid !== here.pid) return isGone(owner.pid) || undefined;
  if (owner.instance === here.instance) return !running.has(owner.number);
  // Another thread of this process, or an earlier process with the same number, as after the restart of a container.
  return Math.abs(owner.started - here.started) > 2 || undefined;
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // The signal is refused if the process belongs to another user.
    return codeOf(error) === "ESRCH";
  }
}
