import type { Region } from "./region";

/** Work that falls into parts which do not depend on each other. */
export interface Work {
  /** How many columns or rows there are. */
  count: number;
  /** About how many operations each of them takes. */
  work: number;
  /** Where parts may begin. */
  multiple: number;
  /** Scratch for each thread, if any. */
  scratch?: number;
  scratchBytes?: number;
}

export const threadCount = (): number => 1;

/** Calls a kernel on all of its work: `name(...args, from, to, scratch)`. */
export function dispatch(region: Region, name: string, args: readonly number[], work: Work): void {
  region.assembly[name]!(...args, 0, work.count, work.scratch ?? 0);
}
