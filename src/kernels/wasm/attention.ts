import type { Attended, AttentionSpec } from "../kernels";
import { attendedRows, attendRows } from "../reference/attention";
import type { Arenas } from "./arenas";
import { extremeRows } from "./attention-extremes";
import { type AttentionPlaces, seenKeys, useAttention } from "./attention-use";
import { align } from "./region";
import type { Workspace } from "./workspace";

/** Attention tile by tile: only one tile of weights exists at a time. */
export class Attentions {
  readonly #places: AttentionPlaces;

  /** @param caches arenas in which keys and values may be stored */
  constructor(caches: Arenas, workspace: Workspace) {
    this.#places = { caches, workspace };
  }

  attention(
    q: Float32Array,
    k: Float32Array,
    v: Float32Array,
    spec: AttentionSpec<Float32Array>,
  ): Attended<Float32Array> {
    const rows = attendedRows(spec);
    const count = rows * spec.valueDim;
    const room = align(4 * count) + align(8 * rows);
    const attended = useAttention(
      this.#places,
      "attention",
      [q, k, v],
      spec,
      room,
      0,
      (region, { operands, sizes, run }) => {
        const output = region.take(4 * count);
        const statistics = region.take(8 * rows);
        const units = region.assembly.attentionUnits!(sizes);
        const work = (rows / Math.max(1, units)) * seenKeys(spec) * (spec.headDim + spec.valueDim);
        run([...operands, output, statistics, sizes], units, work);
        return { output: region.get(output, count), statistics: region.get(statistics, 2 * rows) };
      },
    );
    // A row without a score may have had scores below −3.4e38.
    const extreme = extremeRows(attended, [q, k], spec, true);
    if (extreme) attendRows(q, k, v, spec, attended, extreme);
    return attended;
  }
}
