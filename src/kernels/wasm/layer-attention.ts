import type { AttentionSpec } from "../specs";
import { ATTENTION_SPEC_BYTES, writeAttentionSpec } from "./attention-call";
import { extremeRows } from "./attention-extremes";
import { seenKeys } from "./attention-use";
import { align, type Place, type Region } from "./region";
import { dispatch, threadCount } from "./threads";

type Spec = AttentionSpec<Float32Array>;

/** Some of the texts. */
interface Texts {
  text: number;
  row: number;
  texts: number;
  rows: number;
}

const none = new Float32Array(0);

const scratchBytesOf = ({ assembly }: Place, { headDim, valueDim }: Spec): number =>
  align(assembly.attentionScratchBytes!(headDim, valueDim));

/** The bytes that attention of so many rows takes beside its operands and results. */
export function roomForAttention(main: Place, spec: Spec, rows: number): number {
  const masked = align(spec.mask?.values.byteLength ?? 0) + align(spec.starts?.byteLength ?? 0);
  const statistics = align(8 * rows * spec.heads);
  return masked + statistics + align(ATTENTION_SPEC_BYTES) + threadCount() * scratchBytesOf(main, spec) + 16;
}

/** Attention of some texts whose queries, keys and values lie in the region. @returns false if float32 is not enough */
export function attendIn(
  region: Region,
  main: Place,
  spec: Spec,
  [q, k, v, output]: readonly [number, number, number, number],
  { text, row, texts, rows }: Texts,
): boolean {
  const starts = spec.starts?.slice(text, text + texts + 1).map((start) => start - row);
  const own = { ...spec, batch: texts, starts };
  const { mask } = spec;
  const statistics = region.take(8 * rows * spec.heads);
  const sizes = region.take(ATTENTION_SPEC_BYTES);
  writeAttentionSpec(region, sizes, own, {
    mask: mask ? region.put(mask.values) + 4 * text * mask.steps[0] : 0,
    starts: starts ? region.putIntegers(starts) : 0,
    ...{ bias: 0, biasGradient: 0, kept: 0 },
  });
  const units = main.assembly.attentionUnits!(sizes);
  const scratchBytes = scratchBytesOf(main, spec);
  dispatch(main, "attention", [q, k, v, output, statistics, sizes], {
    count: units,
    work: ((rows * spec.heads) / units) * seenKeys(spec) * (spec.headDim + spec.valueDim),
    multiple: 1,
    scratch: region.take(threadCount() * scratchBytes),
    scratchBytes,
  });
  const attended = { output: none, statistics: region.view(statistics, 2 * rows * spec.heads) };
  return extremeRows(attended, [none, none], own, true) === undefined;
}
