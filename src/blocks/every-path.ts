import { Tensor } from "../tensor";
import { fieldsOf, Module } from "./module";

/** Paths of one model, so that modules which share modules which share modules do not fill the memory. */
const MOST = 2 ** 17;

/**
 * Every path that leads to each module of a model, in the order of its fields, itself under "". `modules()` has only the
 * first path of a module that stands in several places, as ALBERT's one block does.
 */
export function everyPath(root: Module): Map<Module, string[]> {
  const found = new Map<Module, string[]>();
  const above = new Set<object>();
  let count = 0;
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null || above.has(value) || count > MOST) return;
    if (value instanceof Tensor || ArrayBuffer.isView(value)) return;
    count++;
    if (value instanceof Module) found.set(value, [...(found.get(value) ?? []), path]);
    above.add(value);
    for (const [name, field] of fieldsOf(value)) visit(field, path === "" ? name : `${path}.${name}`);
    above.delete(value);
  };
  visit(root, "");
  return found;
}
