import type { Pass } from "../blocks";
import { mixingTexts } from "../blocks/internal";
import { Turns } from "../generation/internal";
import { DecoderModel, EncoderModel } from "../models";
import type { Ids, Tensor } from "../tensor";
import { startsOf } from "../tensor/internal";
import type { Encoding } from "../tokenizer";
import type { Loaded } from "./loaded";
import { passOf } from "./pretrained";
import type { SignalOptions } from "./signal";

/** What a model reads of a text. */
export type Row = Pick<Encoding, "ids" | "types">;

/** The largest number of tokens that run together. More take more memory and are no faster. */
const TOKENS = 2048;

/** What some attention layers pad texts to, at most. */
const PADDED = 2 * TOKENS;

/** What a model does with the texts of a task. */
interface Work<Kept> extends SignalOptions {
  /** ids → the model's output, of each token or of each text. */
  run: (ids: Ids, pass: Pass) => Tensor;
  /** Makes of a text's numbers what is kept of them. */
  read: (numbers: Float32Array, place: number) => Kept;
}

/**
 * Runs a model over many texts. No padding is computed, and no text affects another: texts stand end to end in one row if
 * all parts of the model keep them apart (`Module.keepsTextsApart`), and otherwise those of the same number of tokens run
 * together. Between batches the event loop runs, so that a signal may be aborted.
 *
 * @returns what is kept of each text, in the order of `rows`
 */
export async function inBatches<Kept>(
  pretrained: Loaded,
  rows: readonly Row[],
  { run, read, signal }: Work<Kept>,
): Promise<Kept[]> {
  const turns = new Turns(signal);
  const results: Kept[] = [];
  const { model } = pretrained;
  const ours = model instanceof EncoderModel || model instanceof DecoderModel;
  const apart = ours && mixingTexts(model) === undefined;
  for (const places of batchesOf(rows, apart)) {
    await turns.take();
    const batch = places.map((place) => rows[place]!);
    const output = run(...inputsOf(pretrained, batch, apart));
    const numbers = await output.read();
    const parts = partsOf(numbers, output.shape[0]!, batch);
    places.forEach((place, i) => {
      results[place] = read(parts[i]!, place);
    });
  }
  signal?.throwIfAborted();
  return results;
}

/** All of a text's numbers. */
export const kept = (numbers: Float32Array): Float32Array => numbers.slice();

/** The ids and the pass of texts that run together: end to end, or each in a row of its own. */
function inputsOf(pretrained: Loaded, batch: readonly Row[], apart: boolean): [ids: Ids, pass: Pass] {
  const [ids, types] = [batch.map((row) => row.ids), batch.map((row) => row.types)];
  if (!apart || batch.length === 1) return [ids, passOf(pretrained, types)];
  return [[ids.flat()], { ...passOf(pretrained, [types.flat()]), lengths: ids.map((row) => row.length) }];
}

/** The numbers of each text: as many as it has tokens, or as many as the others. */
function partsOf(numbers: Float32Array, count: number, batch: readonly Row[]): Float32Array[] {
  const starts = startsOf(batch.map(({ ids }) => (count === batch.length ? 1 : ids.length)));
  const each = numbers.length / starts.at(-1)!;
  return batch.map((_, i) => numbers.subarray(each * starts[i]!, each * starts[i + 1]!));
}

/** The places of rows that run together, texts of the same or a similar length. */
function batchesOf(rows: readonly Row[], apart: boolean): number[][] {
  const lengthOf = (place: number) => rows[place]!.ids.length;
  const batches: number[][] = [];
  let tokens = 0;
  for (const place of [...rows.keys()].sort((a, b) => lengthOf(a) - lengthOf(b))) {
    const batch = batches.at(-1);
    const length = lengthOf(place);
    tokens += length;
    const fits = apart ? (count: number) => count * length <= PADDED : () => length === lengthOf(batch![0]!);
    if (batch && tokens <= TOKENS && fits(batch.length + 1)) {
      batch.push(place);
      continue;
    }
    batches.push([place]);
    tokens = length;
  }
  return batches;
}
