import { Chain, Embedding, initialize, LayerNorm, Linear, ones } from "transformer-blocks";
import { describe, expect, it } from "vitest";

describe("Chain", () => {
  const table = new Embedding({ vocabSize: 8, dModel: 2 });
  const projection = new Linear({ inFeatures: 2, outFeatures: 4 });
  const norm = new LayerNorm({ dModel: 4 });
  const chain = initialize(new Chain({ layers: { table, projection, norm } }), { seed: 1 });

  it("runs its layers in the order of their names in the object", () => {
    const ids = [[1, 2, 3]];
    expect(chain.forward(ids).data).toEqual(norm.forward(projection.forward(table.forward(ids))).data);
  });

  it("has the parameters of its layers under their names", () => {
    const paths = ["table.weight", "projection.weight", "projection.bias", "norm.weight", "norm.bias"];
    expect([...chain.parameters().keys()]).toEqual(paths.map((path) => `layers.${path}`));
  });

  it("refuses what is not a layer by its name, and no layers at all", () => {
    const untyped = <T>(value: unknown): T => value as T;
    expect(() => new Chain({ layers: untyped({ table, other: ones([1]) }) })).toThrow(
      /Chain: layers\.other must be a Module with forward/,
    );
    expect(() => new Chain({ layers: {} })).toThrow(/Chain: layers must have one layer or more/);
  });
});
