import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PositionalEncoding } from "../../src/blocks";
import { ConfigFields, type ConfigObject } from "../../src/families/config-fields";
import { type RotaryFamily, rotaryFields } from "../../src/families/reading/rotary-fields";
import { FormatError, rotary, tensor } from "../../src/tensor";

interface Case {
  config: ConfigObject;
  family: RotaryFamily;
  results: { factor: number; frequencies: number[] }[];
}

const cases: Case[] = JSON.parse(
  readFileSync(new URL("../fixtures/blocks/rotary-scaling.json", import.meta.url), "utf8"),
);
/** Those of rotary_scaling_fixture.py. */
const lengths = [1, 64, 65, 200, 700];

const titleOf = ({ config, family }: Case) => {
  const { rope_parameters, rope_scaling, rope_theta, head_dim } = config;
  return JSON.stringify({ rope_parameters, rope_scaling, rope_theta, head_dim, family }).slice(0, 200);
};

describe("rotary positions of a config, for texts of every length, are those of transformers", () => {
  it.each(cases.map((one) => ({ title: titleOf(one), ...one })))("$title", ({ config, family, results }) => {
    const position = new PositionalEncoding(rotaryFields(new ConfigFields(config), family));
    const headDim = family.headDim;
    const x = tensor(
      Float32Array.from({ length: headDim }, (_, i) => 1 + (i % 3)),
      [1, 1, 1, headDim],
    );
    lengths.forEach((length, i) => {
      const { frequencies, factor } = results[i] ?? results[0]!;
      const positions = [length - 1];
      const wanted = rotary(x, { positions, frequencies: Float32Array.from(frequencies), scale: factor });
      // The last digit of a frequency moves the angle by up to 1e-7 of it.
      const turned = position.forward(x, { positions });
      const bound = 1e-6 + 4e-7 * length;
      turned.data.forEach((value, d) => {
        expect(Math.abs(value - wanted.data[d]!), `length ${length}, dimension ${d}`).toBeLessThan(bound * factor * 3);
      });
    });
  });
});

describe("a rotation that a config contradicts is refused by file and field", () => {
  const whole = { max_position_embeddings: 64 };
  it.each<[fields: ConfigObject, message: RegExp, family?: Partial<RotaryFamily>]>([
    [{ rope_scaling: { type: "linear" } }, /rope_scaling: factor.*nothing.*above 0/],
    [{ rope_scaling: { type: "linear", factor: 0 } }, /factor.*0/],
    [{ rope_scaling: { type: "linear", factor: "2" } }, /factor.*"2"/],
    [{ rope_scaling: { type: "quadratic", factor: 2 } }, /type.*"quadratic".*one of default, linear/],
    [{ rope_parameters: { rope_type: 3 } }, /rope_parameters: rope_type.*3/],
    [{ rope_parameters: { rope_type: "llama3", factor: 8, low_freq_factor: 1 } }, /high_freq_factor.*nothing/],
    [{ rope_parameters: { rope_type: "yarn" } }, /factor.*nothing/],
    [{ rope_parameters: { rope_type: "yarn", factor: 2, attention_factor: 0 } }, /attention_factor.*0/],
    [{ rope_parameters: { rope_type: "yarn", factor: 2, beta_fast: -1 } }, /beta_fast.*-1/],
    [{ rope_parameters: { rope_type: "longrope", long_factor: [1, 1] } }, /short_factor.*a list of 4 numbers above 0/],
    [{ rope_scaling: { type: "longrope", short_factor: [1, 1, 1], long_factor: [] } }, /short_factor.*4 numbers/],
    [{ rope_scaling: { type: "longrope", short_factor: [1, 1, 1, -1], long_factor: [] } }, /short_factor.*4 numbers/],
    [{ rope_theta: -1 }, /rope_theta.*-1/],
    [{ rope_scaling: [1] }, /rope_scaling.*an object/],
    [{ partial_rotary_factor: 0.5 }, /partial_rotary_factor.*0\.5.*rotates whole heads/],
    [{ partial_rotary_factor: 1.5 }, /partial_rotary_factor.*0 to 8 dimensions/, { fraction: 1 }],
    [{ rope_parameters: { partial_rotary_factor: 2 } }, /partial_rotary_factor.*0 to 8 dimensions/, { fraction: 1 }],
    [{ max_position_embeddings: 0, rope_scaling: { type: "dynamic", factor: 2 } }, /max_position_embeddings.*0/],
  ])("%j", (fields, message, family = {}) => {
    const read = () => rotaryFields(new ConfigFields({ ...whole, ...fields }), { headDim: 8, ...family });
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
  });

  it("the field of a base and a share may have another name", () => {
    const config = new ConfigFields({ rotary_emb_base: 50, rotary_pct: 0.5 });
    const names = { baseField: "rotary_emb_base", fractionField: "rotary_pct", fraction: 0.25 };
    expect(rotaryFields(config, { headDim: 8, ...names })).toEqual({
      ...{ kind: "rotary", headDim: 8, base: 50, dimensions: 4 },
    });
  });
});
