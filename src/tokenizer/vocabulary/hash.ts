/** The initial value of {@link hashUnits}. */
export const HASH_START = 0x811c9dc5 | 0;

/** Updates a hash with the UTF-16 code units `[from, to)`: FNV-1a, whose lower bits are poorly mixed. */
export function hashUnits(hash: number, text: string, from: number, to: number): number {
  let next = hash;
  for (let at = from; at < to; at++) next = Math.imul(next ^ text.charCodeAt(at), 0x01000193);
  return next;
}

/** Mixes the upper bits of a hash into the lower ones, which select a slot. */
export function mixed(hash: number): number {
  return hash ^ (hash >>> 15);
}

/** Whether a text contains `part` at `at`. */
export function standsAt(part: string, text: string, at: number): boolean {
  for (let i = 0; i < part.length; i++) if (part.charCodeAt(i) !== text.charCodeAt(at + i)) return false;
  return true;
}

/** An odd number that files cannot predict, because it is derived from the current time. */
const secret = /* @__PURE__ */ oddNumber();

function oddNumber(): number {
  return Math.imul(Date.now(), 0x9e3779b1) | 1;
}

/** A hash of two integers that differs in every process; otherwise files could contain pairs that collide. */
export function pairHash(left: number, right: number): number {
  return mixed(Math.imul(Math.imul(left, secret) ^ right, secret));
}
