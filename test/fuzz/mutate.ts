import type { Random } from "transformer-blocks";

/** Values that a file's author did not mean, and a parser may trip over. */
const nasty: readonly unknown[] = [
  ...[null, true, false, 0, -1, 0.5, 1e9, 4294967295, 67_108_863, 2 ** 53, -(2 ** 53), 1e308, -1e-308],
  ...["", "x", "NaN", "../../etc/passwd", "\ud800", "(a+)+$", "(?<=", "a".repeat(3000), "constructor", "__proto__"],
  ...[[], {}, [[]], [null], { "": {} }, [1, [2, [3]]], Array.from({ length: 3000 }, () => 0)],
];

/** Stands for arrays in arrays, which JSON.stringify could not write. */
const DEEP = "@deep@";

const pick = <T>(random: Random, values: readonly T[]): T => values[random.integer(values.length)]!;

/** A file with one to three mistakes in it: in its structure where it is JSON, else, and now and then, in its bytes. */
export function mutated(bytes: Uint8Array, isJson: boolean, random: Random): Uint8Array {
  let result = bytes;
  for (let mistakes = 1 + random.integer(3); mistakes > 0; mistakes--)
    result = isJson && random.next() < 0.8 ? changedJson(result, random) : changedBytes(result, random);
  return result;
}

function changedJson(bytes: Uint8Array, random: Random): Uint8Array {
  const nested = 2000 * (1 + random.integer(10));
  let text: string;
  try {
    text = JSON.stringify(changed(JSON.parse(new TextDecoder().decode(bytes)), random));
  } catch {
    // An earlier mistake broke the JSON, or nested it deeper than JSON.stringify goes.
    return changedBytes(bytes, random);
  }
  return new TextEncoder().encode(text.replaceAll(`"${DEEP}"`, "[".repeat(nested) + "]".repeat(nested)));
}

/** Walks to a random place and changes what lies there. */
function changed(value: unknown, random: Random): unknown {
  const inside = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!inside || random.next() < 0.1) return wrong(value, random);
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  const name = pick(random, Object.keys(copy));
  const act = random.next();
  if (act < 0.1 && !Array.isArray(copy)) delete copy[name];
  else if (act < 0.15 && Array.isArray(copy)) copy.splice(Number(name), 1);
  else if (act < 0.2 && Array.isArray(copy)) copy.splice(Number(name), 0, copy[Number(name)]);
  else if (act < 0.25) copy[`${name}x`] = copy[name];
  else if (act < 0.3 && !Array.isArray(copy)) copy.unheard = random.next() < 0.4 ? DEEP : wrong(undefined, random);
  else copy[name] = changed(copy[name], random);
  return copy;
}

function wrong(value: unknown, random: Random): unknown {
  if (random.next() < 0.06) return DEEP;
  if (typeof value === "number" && random.next() < 0.5)
    return pick(random, [value + 1, value - 1, -value, value * 1e6]);
  if (typeof value === "string" && random.next() < 0.3) return `${value}${pick(random, ["\\", "(", "é", " ", "\0"])}`;
  return pick(random, nasty);
}

function changedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(random.integer(256));
  const copy = bytes.slice();
  const at = random.integer(bytes.length);
  switch (random.integer(6)) {
    case 0:
      copy[at] = random.integer(256);
      return copy;
    case 1:
      return copy.subarray(0, at);
    case 2:
      return Uint8Array.from([...copy.subarray(0, at), ...copy.subarray(at + 1 + random.integer(16))]);
    case 3: {
      // A length, a count or an offset that is far too great.
      const view = new DataView(copy.buffer);
      const place = Math.max(0, Math.min(at - (at % 4), copy.length - 8));
      if (copy.length >= 8)
        view.setBigUint64(place, pick(random, [2n ** 64n - 1n, 2n ** 63n, 2n ** 40n, 2n ** 31n, 0n]), true);
      return copy;
    }
    case 4:
      return copy.fill(pick(random, [0, 255, 0x22, 0x5b]), at, at + 1 + random.integer(16));
    default:
      return Uint8Array.from([...copy.subarray(0, at), ...copy.subarray(0, Math.min(64, at)), ...copy.subarray(at)]);
  }
}
