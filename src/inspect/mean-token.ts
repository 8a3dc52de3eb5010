import { Embedding, Module, type Pass } from "../blocks";
import { isRecord } from "../fields";
import { add, type Ids, multiply, sum, type Tensor } from "../tensor";

/** Vectors read at once: a table may be quantized, and all of it in float32 is large. */
const CHUNK = 4096;

type TokenLayer = Module & { forward(ids: Ids, pass: Pass): Tensor };

/** The mean of the vectors of all tokens, [1, 1, …], for a model's site `tokens`; undefined for other sites. */
export function meanToken(model: Module, site: string): Tensor | undefined {
  const owner = /(^|\.)tokens$/.test(site) ? ownerOf(model, site) : undefined;
  const layer: unknown = owner && Reflect.get(owner, "embedding");
  if (owner === undefined || !isTokenLayer(layer)) return undefined;
  const count = vocabSizeOf(owner, layer);
  if (count === undefined) return undefined;
  let total: Tensor | undefined;
  for (let start = 0; start < count; start += CHUNK) {
    // Texts of one token: a layer of the caller's own may have positions, and fewer of them than there are tokens.
    const ids = Array.from({ length: Math.min(CHUNK, count - start) }, (_, i) => [start + i]);
    const part = sum(layer.forward(ids, {}), { axis: 0, keepAxis: true }) as Tensor;
    total = total === undefined ? part : (add(total, part) as Tensor);
  }
  return total && (multiply(total, 1 / count) as Tensor);
}

/** What reports the site: a model, or a module of the caller's own. */
function ownerOf(model: Module, site: string): object {
  const path = site.split(".").slice(0, -1).join(".");
  return path === "" ? model : model.find(path);
}

const isTokenLayer = (layer: unknown): layer is TokenLayer => layer instanceof Module && "forward" in layer;

/** A model says it: its layer may consist of several tables, such as one of types, or of none. */
function vocabSizeOf(owner: object, layer: TokenLayer): number | undefined {
  const config: unknown = Reflect.get(owner, "config");
  if (isRecord(config) && typeof config.vocabSize === "number") return config.vocabSize;
  return layer instanceof Embedding ? layer.weight.shape[0] : undefined;
}
