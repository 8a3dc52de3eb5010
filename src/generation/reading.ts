import type { KeyValueCache } from "../blocks";
import type { Writer } from "./language-model";
import type { Turns } from "./yield";

/**
 * How many tokens of all rows together are read at once: enough for products to run at full speed, and so few that a
 * prompt of any length needs little memory besides its cache, and can be aborted.
 */
const PIECE = 512;

/**
 * The columns at which reading `from` to `end` pauses, so that each piece is small. A text whose positions depend on how
 * long it is is read at once.
 */
export function pausesOf(writer: Writer, rows: number, from: number, end: number): number[] {
  if (end > writer.steadyLength) return [];
  const piece = Math.max(1, Math.floor(PIECE / rows));
  const pauses: number[] = [];
  for (let column = from + piece; column < end; column += piece) pauses.push(column);
  return pauses;
}

/** Reads the tokens of one row that are not in the cache yet. @throws the signal's reason once it is aborted */
export async function readText(
  writer: Writer,
  cache: KeyValueCache,
  ids: readonly number[],
  turns: Turns,
): Promise<void> {
  for (const end of [...pausesOf(writer, 1, cache.length, ids.length), ids.length]) {
    if (end === cache.length) return;
    writer.lastLogits([ids.slice(cache.length, end)], { cache }, 1);
    await turns.take();
  }
}
