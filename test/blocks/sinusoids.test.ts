import { readFileSync } from "node:fs";
import { PositionalEncoding, zeros } from "transformer-blocks";
import { expect, it } from "vitest";

interface Case {
  width: number;
  pad: number;
  ids: number[];
  long: number;
  vectors: number[][];
}
const cases: Case[] = JSON.parse(readFileSync(new URL("../fixtures/blocks/sinusoids.json", import.meta.url), "utf8"));

it.each(cases)(
  "sinusoids from 1 to 1/10000, width $width after padding token $pad, are those of M2M100, and padding has none",
  ({ width, pad, ids, long, vectors }) => {
    const encoding = { kind: "sinusoidal", dModel: width, layout: "halves", inclusive: true, offset: pad + 1 } as const;
    // Padding takes no position.
    let next = 0;
    const positions = [...ids.map((id) => (id === pad ? -1 : next++)), long - 1];
    const found = new PositionalEncoding(encoding).forward(zeros([1, positions.length, width]), { positions });
    for (const [i, value] of vectors.flat().entries()) expect(found.data[i]).toBeCloseTo(value, 6);
  },
);
