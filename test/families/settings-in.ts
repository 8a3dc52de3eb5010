import type { Module } from "../../src/blocks";
import { Tensor } from "../../src/tensor";

/** Every number, word, switch and absence that a model's modules hold, with the object that holds it. */
export function* settingsIn(model: Module): Generator<{ path: string; holder: object; name: string; value: unknown }> {
  const seen = new Set<object>();
  function* visit(holder: object, path: string): ReturnType<typeof settingsIn> {
    if (seen.has(holder) || holder instanceof Tensor) return;
    seen.add(holder);
    for (const [name, value] of Object.entries(holder)) {
      const at = path === "" ? name : `${path}.${name}`;
      if (typeof value === "object" && value !== null) yield* visit(value, at);
      else if (name !== "initial") yield { path: at, holder, name, value };
    }
  }
  yield* visit(model, "");
}

export function another(value: unknown): unknown {
  if (typeof value === "number") return value === 0 ? 0.5 : value * 2;
  if (typeof value === "boolean") return !value;
  if (typeof value === "string") return `another ${value}`;
  return 3;
}
