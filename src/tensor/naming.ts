/** Names the parameters of a module, unless it is one of those that were named as parts of a larger one. */
export type Naming = (named: Set<object>) => void;

const waiting: Naming[] = [];

/** Names parameters when a path is read, or in a microtask: a constructor calls this before its fields are set. */
export function nameLater(naming: Naming): void {
  if (waiting.push(naming) === 1) queueMicrotask(nameNow);
}

/** Runs the pending namings. The last come first: a model is made after its parts, and names them all. */
export function nameNow(): void {
  if (waiting.length === 0) return;
  const named = new Set<object>();
  for (const naming of waiting.splice(0).reverse()) naming(named);
}
