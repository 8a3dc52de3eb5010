import { Embedding, Module } from "../blocks";
import { add, type Ids, multiply, sum, type Tensor } from "../tensor";

/** Vectors read at once: a table may be quantized, and all of it in float32 is large. */
const CHUNK = 4096;

type TokenLayer = Module & { forward(ids: Ids): Tensor };

/** The mean of the vectors of all tokens, [1, 1, …], for a model's site `tokens`; undefined for other sites. */
export function meanToken(model: Module, site: string): Tensor | undefined {
  const layer = /(^|\.)tokens$/.test(site) ? tokenLayerOf(model, site) : undefined;
  if (layer === undefined) return undefined;
  const tables = [layer, ...[...layer.modules()].map(([, module]) => module)].filter(
    (part) => part instanceof Embedding,
  );
  const count = Math.min(...tables.map(({ weight }) => weight.shape[0]!));
  let total: Tensor | undefined;
  for (let start = 0; start < count; start += CHUNK) {
    const ids = Array.from({ length: Math.min(CHUNK, count - start) }, (_, i) => start + i);
    const part = sum(layer.forward([ids]), { axis: 1, keepAxis: true }) as Tensor;
    total = total === undefined ? part : (add(total, part) as Tensor);
  }
  return total && (multiply(total, 1 / count) as Tensor);
}

/** The embedding of the model, or of the part of it, that reports the site. */
function tokenLayerOf(model: Module, site: string): TokenLayer | undefined {
  const path = site.split(".").slice(0, -1).join(".");
  const layer: unknown = Reflect.get(path === "" ? model : model.find(path), "embedding");
  return layer instanceof Module && "forward" in layer ? (layer as TokenLayer) : undefined;
}
