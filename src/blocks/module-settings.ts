import { Tensor } from "../tensor";
import { type Module, objectsIn } from "./module";

/**
 * Every number, string and boolean in a model's modules, by its path, `blocks.0.attention.dropout`: what its forward
 * depends on besides its parameters. Functions are omitted, because they cannot be compared.
 */
export function settingsOf(model: Module): Record<string, unknown> {
  const settings: [path: string, value: unknown][] = [];
  for (const [path, object] of objectsIn(model)) {
    if (object instanceof Tensor || ArrayBuffer.isView(object) || object instanceof Map || object instanceof Set)
      continue;
    for (const [name, value] of Object.entries(object))
      if (isSetting(value)) settings.push([path === "" ? name : `${path}.${name}`, storable(value)]);
  }
  return Object.fromEntries(settings);
}

const isSetting = (value: unknown): boolean => /^(number|bigint|string|boolean)$/.test(typeof value);

/** As JSON stores it. */
const storable = (value: unknown): unknown =>
  typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value)) ? String(value) : value;
