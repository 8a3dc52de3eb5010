/** Names the parameters of a module. */
export type Naming = () => void;

const waiting: Naming[] = [];

/** Names parameters when a path is read, or in a microtask: a constructor calls this before its fields are set. */
export function nameLater(naming: Naming): void {
  if (waiting.push(naming) === 1) queueMicrotask(nameNow);
}

/** Runs the pending namings. */
export function nameNow(): void {
  for (const naming of waiting.splice(0)) naming();
}
