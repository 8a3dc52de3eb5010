/**
 * Defines an own property that is computed when read. Equality assertions and consoles see only own properties, not
 * `#private` fields or a class's getters.
 */
export function defineVisible(target: object, name: string, get: () => unknown): void {
  Object.defineProperty(target, name, { get, enumerable: true, configurable: true });
}

type Inspect = (value: unknown, options?: object) => string;

/** What Node and Bun print for an object with such properties. */
export function printed(name: string, values: object, depth: number, options: object, inspect: Inspect): string {
  return depth < 0 ? `[${name}]` : `${name} ${inspect(values, { ...options, depth })}`;
}
