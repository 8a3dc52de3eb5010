import { Linear, type Module } from "../blocks";
import { Tensor } from "../tensor";
import type { LogitAttribution } from "./attribution-parts";
import { dot } from "./final-norm";

interface Attended {
  /** `blocks.0.attentionAdded` */
  place: string;
  /** What attention adds. */
  vector: Float32Array;
  /** What is asked of it. */
  direction: Float64Array;
  position: number;
}

/**
 * What each head of an attention layer adds along a direction: Wᴼ multiplies the heads side by side, so that its output
 * is a sum over heads, and its bias.
 *
 * @throws RangeError if more than Wᴼ stands between the heads and what is added, such as a norm
 */
export function headParts(
  model: Module,
  record: ReadonlyMap<string, Tensor>,
  { place, vector, direction, position }: Attended,
): LogitAttribution["parts"] {
  const path = place.replace(/Added$/, "");
  const value = record.get(`${path}.heads`);
  const layer = Reflect.get(model.find(path), "output");
  if (value === undefined || !(layer instanceof Linear)) throw notBySum(path);
  const scale = scaleOf(model.find(path.split(".").slice(0, -1).join(".")));
  const [, , heads, size] = value.shape as [number, number, number, number];
  const width = heads * size;
  // Row h has the numbers of head h, and zeros for the others.
  const apart = new Float32Array((heads + 1) * width);
  for (let h = 0; h < heads; h++) {
    const start = position * width + h * size;
    apart.set(value.data.subarray(start, start + size), h * (width + size));
  }
  const { data, shape } = layer.forward(new Tensor([heads + 1, width], apart));
  const rowOf = (h: number) => data.subarray(h * shape[1]!, (h + 1) * shape[1]!);
  const bias = scale * dot(rowOf(heads), direction);
  const parts = Array.from({ length: heads }, (_, h) => ({
    place: `${path}.heads.${h}`,
    value: scale * dot(rowOf(h), direction) - bias,
  }));
  const all = layer.bias ? [...parts, { place: `${path}.output.bias`, value: bias }] : parts;
  expectSum(all, dot(vector, direction), path);
  return all;
}

const scaleOf = (block: object): number => {
  const residual: unknown = Reflect.get(block, "residual");
  const scale: unknown = typeof residual === "object" && residual !== null ? Reflect.get(residual, "scale") : 1;
  return typeof scale === "number" ? scale : 1;
};

function expectSum(parts: LogitAttribution["parts"], total: number, path: string): void {
  const sum = parts.reduce((all, { value }) => all + value, 0);
  const size = parts.reduce((most, { value }) => Math.max(most, Math.abs(value)), Math.abs(total));
  if (Math.abs(sum - total) > 1e-3 * size + 1e-6) throw notBySum(path);
}

const notBySum = (path: string): RangeError =>
  new RangeError(
    `logitAttribution: what "${path}" adds is no sum over its heads, because a norm or another layer comes after them; omit heads`,
  );
