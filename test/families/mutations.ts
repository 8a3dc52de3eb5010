import type { Random } from "../../src/tensor";

/** What JSON can say where something else is expected. */
const anything: readonly unknown[] = [
  ...[0, 1, 2, 3, 7, -1, 0.5, 1e-9, 1e9, 2 ** 31, 2 ** 53, 1e308, -1e308],
  ...[null, true, false, "", "relu", "none", "full_attention", "[]", [], {}, [[]], [{}], [0], [1e9], [-1], ["relu"]],
  ...[
    { rope_type: "yarn", factor: 4 },
    { type: "linear" },
    { a: { b: { c: 1 } } },
    Array.from({ length: 50 }, () => 1),
  ],
];

/** Numbers near one that is right. */
const near = (value: number): readonly number[] => [
  value + 1,
  value - 1,
  value * 2,
  value / 2,
  -value,
  value * 1e6,
  value + 0.5,
];

/** A copy of a value with one change somewhere inside: another value, or none. */
export function mutated(value: unknown, random: Random): unknown {
  const pick = <T>(list: readonly T[]): T => list[random.integer(list.length)]!;
  if (Array.isArray(value) && value.length > 0 && random.next() < 0.7) {
    const at = random.integer(value.length);
    if (random.next() < 0.3) return value.toSpliced(at, 1);
    if (random.next() < 0.3) return [...value, pick(value)];
    return value.with(at, mutated(value[at], random));
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value) && random.next() < 0.8)
    return mutatedFields(value as Record<string, unknown>, random);
  if (typeof value === "number" && random.next() < 0.6) return pick(near(value));
  return pick(anything);
}

/** A copy of an object with a field changed, removed, or with the value of another. */
export function mutatedFields(fields: Record<string, unknown>, random: Random): Record<string, unknown> {
  const names = Object.keys(fields);
  if (names.length === 0) return { unknown: 1 };
  const [name, other] = [names[random.integer(names.length)]!, names[random.integer(names.length)]!];
  const changed = { ...fields };
  const way = random.next();
  if (way < 0.1) delete changed[name];
  else changed[name] = way < 0.2 ? fields[other] : mutated(fields[name], random);
  return changed;
}
