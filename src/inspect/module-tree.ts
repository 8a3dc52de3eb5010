import { Module } from "../blocks";
import { Parameter, Tensor } from "../tensor";

/** A module or parameter of another module, and where it stands in it: `blocks.0`, `weight`. */
export interface Part {
  name: string;
  part: Module | Parameter;
}

/** The parts of a module. */
export type PartsOf = (module: Module) => readonly Part[];

/**
 * The parts of each module of a model. A module that has the one that it stands in as a part, such as a reference to
 * its parent, has the others only, so that the tree ends.
 */
export function partsWithin(model: Module): PartsOf {
  const found = new Map<Module, readonly Part[]>();
  const outer = new Set<Module>();
  const visit = (module: Module): void => {
    if (found.has(module)) return;
    outer.add(module);
    const parts = partsOf(module).filter(({ part }) => part instanceof Parameter || !outer.has(part));
    for (const { part } of parts) if (part instanceof Module) visit(part);
    outer.delete(module);
    found.set(module, parts);
  };
  visit(model);
  return (module) => found.get(module)!;
}

/** The modules and parameters of a module itself, in the order of its fields, those in arrays and objects included. */
function partsOf(module: Module): Part[] {
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
