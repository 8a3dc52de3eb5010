/** Says of which class a model is, so that a page need not bundle the classes that it does not use to ask for them. */
export const modelKind: unique symbol = Symbol("kind of model");

/** The class of a model of the library, or of a subclass: its kind and its prototype. */
export function classOfModel(model: object): { kind: unknown; prototype: object } | undefined {
  for (let prototype = Object.getPrototypeOf(model); prototype !== null; prototype = Object.getPrototypeOf(prototype))
    if (Object.hasOwn(prototype, modelKind)) return { kind: Reflect.get(prototype, modelKind), prototype };
  return undefined;
}
