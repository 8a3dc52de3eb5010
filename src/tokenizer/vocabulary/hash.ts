/** What {@link hashUnits} begins with. */
export const HASH_START = 0x811c9dc5 | 0;

/** Goes on with a hash over the UTF-16 code units `[from, to)`: FNV-1a, whose lower bits are not mixed well. */
export function hashUnits(hash: number, text: string, from: number, to: number): number {
  let next = hash;
  for (let at = from; at < to; at++) next = Math.imul(next ^ text.charCodeAt(at), 0x01000193);
  return next;
}

/** Brings the upper bits of a hash into the lower, which choose a place in a table. */
export function mixed(hash: number): number {
  return hash ^ (hash >>> 15);
}

/** Whether `part` stands in a text at `at`. */
export function standsAt(part: string, text: string, at: number): boolean {
  for (let i = 0; i < part.length; i++) if (part.charCodeAt(i) !== text.charCodeAt(at + i)) return false;
  return true;
}

/** An odd number that no file knows: it comes from the time, and files were written before. */
const secret = /* @__PURE__ */ oddNumber();

function oddNumber(): number {
  return Math.imul(Date.now(), 0x9e3779b1) | 1;
}

/** A hash of two integers, another one in every process: else files could be made whose pairs collide in a table. */
export function pairHash(left: number, right: number): number {
  return mixed(Math.imul(Math.imul(left, secret) ^ right, secret));
}
