/**
 * Gives an object a property of its own that is computed when it is read. Equality assertions and consoles look at own
 * properties alone: neither at `#private` fields nor at the getters of a class.
 */
export function defineVisible(target: object, name: string, get: () => unknown): void {
  Object.defineProperty(target, name, { get, enumerable: true, configurable: true });
}

type Inspect = (value: unknown, options?: object) => string;

/** What Node and Bun print of an object with such properties, as their consoles ask for it. */
export function printed(name: string, values: object, depth: number, options: object, inspect: Inspect): string {
  return depth < 0 ? `[${name}]` : `${name} ${inspect(values, { ...options, depth })}`;
}
