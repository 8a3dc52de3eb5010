/** Shorter runs cost more to name than to repeat. */
const SHORTEST = 8;

/**
 * What makes `to` out of `from`, two binaries of the same functions: again and again a count of new bytes and those bytes,
 * then a count of bytes to copy and how far from the end of the last copy they begin (2 · step, or −2 · step − 1 for a step
 * back). All counts are LEB128. `../../difference.ts` reads it.
 * @param {Uint8Array} from
 * @param {Uint8Array} to
 */
export function difference(from, to) {
  const places = startsOf(from);
  const bytes = [];
  let fresh = [];
  let end = 0;
  for (let i = 0; i < to.length; ) {
    const { at, length } = longest(from, to, i, places.get(keyAt(to, i)) ?? []);
    if (length < SHORTEST) {
      fresh.push(to[i++]);
      continue;
    }
    const step = at - end;
    bytes.push(...leb(fresh.length), ...fresh, ...leb(length), ...leb(step < 0 ? -2 * step - 1 : 2 * step));
    fresh = [];
    end = at + length;
    i += length;
  }
  return Uint8Array.from([...bytes, ...leb(fresh.length), ...fresh]);
}

const keyAt = (bytes, at) => bytes.subarray(at, at + SHORTEST).join();

/** Where each run of the shortest length begins. */
function startsOf(bytes) {
  const places = new Map();
  for (let i = 0; i + SHORTEST <= bytes.length; i++) {
    const key = keyAt(bytes, i);
    places.set(key, [...(places.get(key) ?? []), i]);
  }
  return places;
}

/** The longest run of `from` that goes on like `to` at i. */
function longest(from, to, i, starts) {
  let best = { at: 0, length: 0 };
  for (const at of starts) {
    let length = 0;
    while (i + length < to.length && to[i + length] === from[at + length]) length++;
    if (length > best.length) best = { at, length };
  }
  return best;
}

function leb(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}
