import type { AttentionSpec } from "../kernels";
import { regionOf } from "./arenas";
import { ATTENTION_SPEC_BYTES, writeAttentionSpec } from "./attention-call";
import { extremeRows } from "./attention-extremes";
import { seenKeys } from "./attention-use";
import { compiled, type Flavor } from "./module";
import { align, type Region } from "./region";
import { dispatch, threadCount } from "./threads";

const nothing = { mask: 0, bias: 0, biasGradient: 0, kept: 0, starts: 0 };

/** Allocates nothing: in a decoding step this runs in every layer. */
export function attendRow(
  flavor: Flavor,
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  spec: AttentionSpec<Float32Array>,
  output: Float32Array,
): boolean {
  const home = regionOf(k);
  if (home === undefined || home !== regionOf(v) || home.module !== compiled(flavor)) return false;
  const scratchBytes = align(home.assembly.attentionScratchBytes!(spec.headDim, spec.valueDim));
  const bytes =
    align(4 * q.length) +
    align(4 * output.length) +
    align(8 * spec.heads) +
    align(ATTENTION_SPEC_BYTES) +
    threadCount() * scratchBytes;
  return home.room >= bytes && home.scratch(bytes, () => run(home, scratchBytes, [q, k, v], spec, output));
}

function run(
  home: Region,
  scratchBytes: number,
  [q, k, v]: readonly [Float32Array, Float32Array, Float32Array],
  spec: AttentionSpec<Float32Array>,
  output: Float32Array,
): boolean {
  const { heads, headDim, valueDim } = spec;
  const queries = home.put(q);
  const result = home.take(4 * output.length);
  const statistics = home.take(8 * heads);
  const sizes = home.take(ATTENTION_SPEC_BYTES);
  const scratch = home.take(threadCount() * scratchBytes);
  writeAttentionSpec(home, sizes, spec, nothing);
  const count = home.assembly.attentionUnits!(sizes);
  const work = (heads / count) * seenKeys(spec) * (headDim + valueDim);
  const places = [queries, k.byteOffset, v.byteOffset, result, statistics, sizes];
  dispatch(home, "attention", places, { count, work, multiple: 1, scratch, scratchBytes });
  const attended = { output, statistics: home.view(statistics, 2 * heads) };
  if (extremeRows(attended, [q, k], spec, true)) return false;
  output.set(home.view(result, output.length));
  return true;
}
