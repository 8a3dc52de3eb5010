import { describe, expect, it } from "vitest";
import { every } from "./every-processor";

const scores = () => Float32Array.of(1, 2, 3);
const whole = { ids: [0, 1], source: [0], step: 1, limit: 4, last: true, random: undefined, memory: new Map() };

/** What happens in a call by hand, with contexts that lack a field or have a wrong one. */
function saidOf(call: () => unknown): string {
  try {
    call();
    return "nothing";
  } catch (error) {
    return `${(error as Error).name} ${(error as Error).message}`;
  }
}

describe("a processor that is called in one's own loop", () => {
  it.each(Object.entries(every))("%s names itself and the field of the context that it misses", (name, processor) => {
    const contexts: unknown[] = [
      ...[undefined, null, 1, "ids", []],
      ...Object.keys(whole).flatMap((field) => [
        { ...whole, [field]: undefined },
        { ...whole, [field]: "wrong" },
        { ...whole, [field]: -1 },
      ]),
    ];
    for (const context of contexts) {
      const said = saidOf(() => processor(scores(), context as never));
      expect(said).toMatch(new RegExp(`^(nothing|TypeError ${name}: context|RangeError xtc: it draws random numbers)`));
    }
    const outcomes = contexts.map((context) => saidOf(() => processor(scores(), context as never)));
    // Those that read the context refuse at least its absence.
    const reads = outcomes.some((said) => said !== "nothing");
    expect(outcomes[0] !== "nothing").toBe(reads);
  });

  it.each(Object.entries(every))("%s takes scores as a Float32Array only", (name, processor) => {
    for (const wrong of [[1, 2, 3], undefined, null, Float64Array.of(1, 2), "scores", 1])
      expect(saidOf(() => processor(wrong as never, whole))).toContain(
        `TypeError ${name}: scores must be a Float32Array`,
      );
  });
});
