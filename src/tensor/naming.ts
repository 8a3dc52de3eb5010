/** Names the parameters of something that was built. */
export type Naming = () => void;

const waiting: Naming[] = [];

/**
 * Gives parameters their paths when one is asked for, or as soon as the code that runs now has ended: a constructor that
 * asks for this has not filled its fields yet.
 */
export function nameLater(naming: Naming): void {
  if (waiting.push(naming) === 1) queueMicrotask(nameNow);
}

/** Runs what waits. */
export function nameNow(): void {
  for (const naming of waiting.splice(0)) naming();
}
