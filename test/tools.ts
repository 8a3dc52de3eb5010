import assert from "node:assert";
import { chai, expect } from "vitest";

/** Equality assertions of the tools that people test with; vitest's are those of jest. */
export const equalities: Readonly<Record<string, (a: unknown, b: unknown) => void>> = {
  "vitest's toEqual": (a, b) => expect(a).toEqual(b),
  "vitest's toStrictEqual": (a, b) => expect(a).toStrictEqual(b),
  "node's deepStrictEqual": (a, b) => assert.deepStrictEqual(a, b),
  "node's deepEqual": (a, b) => assert.deepEqual(a, b),
  "chai's deep.equal": (a, b) => chai.expect(a).to.deep.equal(b),
};

/** Their opposites, which must pass where the others fail. */
export const inequalities: Readonly<Record<string, (a: unknown, b: unknown) => void>> = {
  "vitest's not.toEqual": (a, b) => expect(a).not.toEqual(b),
  "node's notDeepStrictEqual": (a, b) => assert.notDeepStrictEqual(a, b),
  "node's notDeepEqual": (a, b) => assert.notDeepEqual(a, b),
  "chai's not.deep.equal": (a, b) => chai.expect(a).to.not.deep.equal(b),
};
