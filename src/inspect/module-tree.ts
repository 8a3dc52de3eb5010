import { Module } from "../blocks";
import { Parameter, Tensor } from "../tensor";

/** A module or parameter of another module, and where it stands in it: `blocks.0`, `weight`. */
export interface Part {
  name: string;
  part: Module | Parameter;
}

/** The modules and parameters of a module itself, in the order of its fields, those in arrays and objects included. */
export function partsOf(module: Module): Part[] {
  const found: Part[] = [];
  const seen = new Set<object>([module]);
  const visit = (value: unknown, name: string): void => {
    if (typeof value !== "object" || value === null) return;
    if (value instanceof Module || value instanceof Parameter) {
      found.push({ name, part: value });
      return;
    }
    if (seen.has(value) || value instanceof Tensor || ArrayBuffer.isView(value)) return;
    seen.add(value);
    const fields = value instanceof Map ? [...value] : Object.entries(value);
    for (const [key, field] of fields) visit(field, name === "" ? String(key) : `${name}.${key}`);
  };
  for (const [name, field] of Object.entries(module)) visit(field, name);
  return found;
}
