import type { Pass } from "../blocks";
import type { Ids, Tensor } from "../tensor";
import type { Encoding } from "../tokenizer";
import { type Loaded, passOf } from "./pretrained";

/** What a model reads of a text. */
export type Row = Pick<Encoding, "ids" | "types">;

/** The largest number of tokens that run together. More take more memory and are no faster. */
const TOKENS = 2048;

/**
 * Runs a model over many texts, those of the same number of tokens together, so that no padding is computed and no text
 * affects another.
 *
 * @param run ids [batch][seq] → one result for each text, [batch, …]
 * @param read makes of a text's numbers what is kept of them
 * @returns what is kept of each text, in the order of `rows`
 */
export async function inBatches<Kept>(
  pretrained: Loaded,
  rows: readonly Row[],
  run: (ids: Ids, pass: Pass) => Tensor,
  read: (numbers: Float32Array, place: number) => Kept,
): Promise<Kept[]> {
  const results: Kept[] = [];
  for (const places of batchesOf(rows)) {
    const batch = places.map((place) => rows[place]!);
    const output = run(
      batch.map(({ ids }) => ids),
      passOf(
        pretrained,
        batch.map(({ types }) => types),
      ),
    );
    const numbers = await output.read();
    const size = numbers.length / batch.length;
    places.forEach((place, i) => {
      results[place] = read(numbers.subarray(i * size, (i + 1) * size), place);
    });
  }
  return results;
}

/** All of a text's numbers. */
export const kept = (numbers: Float32Array): Float32Array => numbers.slice();

/** The places of rows that run together: all of one batch have the same length. */
function batchesOf(rows: readonly Row[]): number[][] {
  const ofLength = new Map<number, number[]>();
  rows.forEach(({ ids }, place) => {
    const places = ofLength.get(ids.length);
    if (places) places.push(place);
    else ofLength.set(ids.length, [place]);
  });
  return [...ofLength].flatMap(([length, places]) => chunks(places, Math.max(1, Math.floor(TOKENS / length))));
}

const chunks = <Item>(list: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
