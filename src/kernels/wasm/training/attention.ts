import { attentionGradient as exactGradient } from "../../reference/attention";
import type { Attended, AttentionSpec } from "../../specs";
import { extremeRows, productsFit } from "../attention-extremes";
import { seenKeys, useAttention } from "../attention-use";
import type { Flavor } from "../module";
import { align } from "../region";
import { trainingWorkspace } from "./workspace";

export function attentionGradient(
  flavor: Flavor,
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  spec: AttentionSpec<Float32Array>,
  attended: Attended<Float32Array>,
  gradient: Float32Array,
) {
  const extreme = extremeRows(attended, [q, k], spec, false);
  // A total of 0 excludes a row.
  const statistics = extreme
    ? attended.statistics.map((value, i) => (extreme(i >> 1) ? 0 : value))
    : attended.statistics;
  const parts = gradientOf(flavor, q, k, v, spec, { ...attended, statistics }, gradient);
  if (parts === undefined) return exactGradient(q, k, v, spec, attended, gradient);
  const others = extreme && exactGradient(q, k, v, spec, attended, gradient, extreme);
  for (const name of ["q", "k", "v", "bias"] as const) addTo(parts[name], others?.[name]);
  return parts;
}

/** undefined if float32 is not precise enough */
function gradientOf(
  flavor: Flavor,
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  spec: AttentionSpec<Float32Array>,
  attended: Attended<Float32Array>,
  gradient: Float32Array,
) {
  const given = [attended.output, attended.statistics, gradient];
  const room = [...given, q, k, v].reduce((total, operand) => total + align(operand.byteLength), 0);
  const biasSize = spec.bias?.values.length ?? 0;
  return useAttention(
    { workspace: trainingWorkspace(flavor) },
    "attentionGradient",
    [q, k, v],
    spec,
    room,
    biasSize,
    (region, call) => {
      const addresses = given.map((operand) => region.put(operand));
      const counts = [q.length, countedOf(k, spec), countedOf(v, spec), gradient.length];
      const places = [...call.operands, addresses[2]!];
      const largest = counts.map((count, i) => region.assembly.magnitude!(places[i]!, count));
      if (!productsFit(largest, spec.scale)) return undefined;
      const results = [q, k, v].map((operand) => region.take(operand.byteLength));
      const units = region.assembly.attentionGradientUnits!(call.sizes);
      const work =
        (spec.queries * seenKeys(spec) * spec.heads * (spec.headDim + spec.valueDim) * 2) / spec.keyValueHeads;
      call.run([...call.operands, ...addresses, ...results, call.sizes], units, work, unitsTogether(spec));
      const [qAt = 0, kAt = 0, vAt = 0] = results;
      const bias = spec.bias && region.get(call.biasGradient, biasSize);
      return { q: region.get(qAt, q.length), k: region.get(kAt, k.length), v: region.get(vAt, v.length), bias };
    },
  );
}

function addTo(sum: Float32Array | undefined, x: Float32Array | undefined): void {
  if (sum && x) for (let i = 0; i < sum.length; i++) sum[i]! += x[i]!;
}

/** The number of key or value elements that need to be copied in. */
const countedOf = (x: Float32Array, { batch, keys, capacity }: AttentionSpec<Float32Array>): number =>
  batch === 1 && capacity > 0 ? (x.length / capacity) * keys : x.length;

/** The number of consecutive units of a gradient that add to the same gradient of a bias. */
function unitsTogether({ batch, keyValueHeads, bias }: AttentionSpec<Float32Array>): number {
  if (bias === undefined) return 1;
  const [batchStep, headStep] = bias.steps;
  if (headStep === 0) return batchStep === 0 ? batch * keyValueHeads : keyValueHeads;
  return batchStep === 0 ? batch : 1;
}
