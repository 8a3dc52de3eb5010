/** Names the parameters of a module. */
export type Naming = () => void;

const waiting: Naming[] = [];

/**
 * Names parameters when a path is first read, or in a microtask at the latest: the constructor that calls this has not
 * filled its fields yet.
 */
export function nameLater(naming: Naming): void {
  if (waiting.push(naming) === 1) queueMicrotask(nameNow);
}

/** Runs the pending namings. */
export function nameNow(): void {
  for (const naming of waiting.splice(0)) naming();
}
