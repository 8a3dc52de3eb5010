import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random, type RandomState, random } from "../../../src/tensor";

/** Ways to draw, each with the words of 32 bits that it takes. */
const draws = {
  bits: (stream: Random) => [stream.bits()],
  next: (stream: Random) => [stream.next()],
  integer: (stream: Random) => [stream.integer(1000)],
  uniform: (stream: Random, count: number) => [...stream.uniform(count)],
  normal: (stream: Random, count: number) => [...stream.normal(count)],
};
const names = Object.keys(draws) as (keyof typeof draws)[];
const someDraws = fc.array(fc.tuple(fc.constantFrom(...names), fc.nat({ max: 1500 })), { maxLength: 6 });

type Draws = readonly (readonly [name: keyof typeof draws, count: number])[];
const drawAll = (stream: Random, list: Draws) => list.map(([name, count]) => draws[name](stream, count));

describe("a stream's state", () => {
  it("saved at any point and restored, goes on with the same numbers", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), someDraws, someDraws, (seed, before, after) => {
        const stream = random(seed);
        drawAll(stream, before);
        const saved: RandomState = JSON.parse(JSON.stringify(stream.state()));
        const wanted = drawAll(stream, after);
        expect(drawAll(Random.fromState(saved), after)).toEqual(wanted);
        // Restoring does not use a state up.
        expect(drawAll(Random.fromState(saved), after)).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  it("counts the words that were drawn, however they were", () => {
    const stream = random(2 ** 40 + 5);
    expect(stream.state()).toEqual({ key: [2 ** 8, 5], drawn: 0 });
    stream.bits();
    stream.next();
    stream.integer(6);
    stream.uniform(1100);
    expect(stream.state()).toEqual({ key: [2 ** 8, 5], drawn: 1103 });
  });

  it("is a copy: neither later draws nor the caller change the other's", () => {
    const stream = random(3);
    const state = stream.state();
    stream.bits();
    expect(state.drawn).toBe(0);
    const key: [number, number] = [1, 2];
    const restored = Random.fromState({ key, drawn: 0 });
    key[0] = 9;
    expect(restored.bits()).toBe(Random.fromState({ key: [1, 2], drawn: 0 }).bits());
    expect(() => Object.assign(restored.state().key, [7, 7])).not.toThrow();
    expect(restored.state().key).toEqual([1, 2]);
  });

  it("keeps the names of its streams", () => {
    const stream = random(4);
    stream.uniform(10);
    expect(Random.fromState(stream.state()).stream("a").bits()).toBe(random(4).stream("a").bits());
  });

  it("goes on beyond 2^32 pairs, where the counter's second half begins", () => {
    const from = (drawn: number) => Random.fromState({ key: [1, 2], drawn });
    const across = from(2 ** 33 - 3).uniform(2000);
    expect([...from(2 ** 33).uniform(1997)]).toEqual([...across.subarray(3)]);
    expect(new Set([0, 2 ** 33, 2 ** 34, 2 ** 52].map((drawn) => from(drawn).bits())).size).toBe(4);
  });

  it("refuses anything but a state, and names the field", () => {
    const refused: [unknown, ErrorConstructor, RegExp][] = [
      [undefined, TypeError, /Random\.fromState: options must be an object/],
      [{}, TypeError, /key must be an array/],
      [{ key: [1, 2] }, TypeError, /drawn must be a whole number/],
      [{ key: [1, 2], drawn: 1, counter: 2 }, TypeError, /counter/],
      [{ key: 5, drawn: 0 }, TypeError, /key must be an array of two whole numbers, not 5/],
      [{ key: [1], drawn: 0 }, RangeError, /key must be two whole numbers, not 1/],
      [{ key: [1, 2, 3], drawn: 0 }, RangeError, /key must be two whole numbers, not 3/],
      [{ key: [1, 2 ** 32], drawn: 0 }, RangeError, /key\[1\]/],
      [{ key: [1, Number.NaN], drawn: 0 }, RangeError, /key\[1\]/],
      [{ key: [1, "2"], drawn: 0 }, TypeError, /key\[1\]/],
      [{ key: [1, 2], drawn: -1 }, RangeError, /drawn/],
      [{ key: [1, 2], drawn: 0.5 }, RangeError, /drawn/],
      [{ key: [1, 2], drawn: 2 ** 53 }, RangeError, /drawn/],
      [{ key: [1, 2], drawn: "0" }, TypeError, /drawn/],
    ];
    for (const [state, Wrong, message] of refused) {
      expect(() => Random.fromState(state as RandomState), JSON.stringify(state)).toThrow(Wrong);
      expect(() => Random.fromState(state as RandomState), JSON.stringify(state)).toThrow(message);
    }
  });

  it("stays as it was when a draw is refused", () => {
    const stream = random(5);
    stream.next();
    const before = stream.state();
    for (const count of [-1, 0.5, Number.NaN, "3", null, undefined, 2 ** 40]) {
      expect(() => stream.uniform(count as number)).toThrow(/uniform: count must be a whole number/);
      expect(() => stream.normal(count as number)).toThrow(/normal: count must be a whole number/);
    }
    for (const limit of [0, -1, 1.5, "6"]) expect(() => stream.integer(limit as number)).toThrow(/integer: limit/);
    expect(() => stream.stream(JSON.parse("7"))).toThrow(TypeError);
    expect(stream.state()).toEqual(before);
  });
});
