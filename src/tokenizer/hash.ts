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

/** Whether `part` from its code unit `skip` on stands in a text at `at`. */
export function standsAt(part: string, skip: number, text: string, at: number): boolean {
  for (let i = skip; i < part.length; i++) if (part.charCodeAt(i) !== text.charCodeAt(at + i - skip)) return false;
  return true;
}

/** Odd numbers that nobody knows beforehand: else files could be made whose pairs of numbers collide in a table. */
const secrets = /* @__PURE__ */ crypto.getRandomValues(/* @__PURE__ */ new Int32Array(2));

/** A hash of two integers, another one in every process. */
export function pairHash(left: number, right: number): number {
  return mixed(Math.imul(Math.imul(left, (secrets[0] as number) | 1) ^ right, (secrets[1] as number) | 1));
}
