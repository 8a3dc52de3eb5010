import { describe, expect, it } from "vitest";
import type { ConfigObject, Model } from "../../src/families";
import { differenceOf } from "../../src/families/reading/same-model";
import { FormatError } from "../../src/tensor";
import { type Base, bases, everyBase, known, modelOf } from "./config-cases";
import { families } from "./fixture";
import { harmless, harmlessIn, ofClassifiers } from "./harmless-fields";

/** Other values of a field's kind. */
function another(field: string, value: unknown): unknown[] {
  if (field.endsWith("_token_id")) return [value === 3 ? 4 : 3];
  if (field === "architectures") return [["Another"]];
  if (typeof value === "number") return [value === 0 ? 0.5 : value * 2];
  if (typeof value === "boolean") return [!value];
  if (typeof value === "string") return [value === "relu" ? "gelu" : "relu"];
  if (Array.isArray(value)) return [[], value.slice(1), value.toReversed()];
  return [3, 0.5, true, [3], "relu", ["Another"], { 0: "a", 1: "b", 2: "c" }, { rope_theta: 7 }];
}

/** What a config makes of a model: another one, the same one, or an error that names the field. */
function effect(type: string, base: Base, field: string, value: unknown): "changes" | "nothing" | "refused" {
  const config = { ...base.config, [field]: value };
  try {
    return differenceOf(modelOf(type, base.config, base), modelOf(type, config, base)) ? "changes" : "nothing";
  } catch (error) {
    // Two fields that contradict each other: either may be named.
    if (error instanceof FormatError)
      expect(
        [field, ...Object.keys(known.get(type)!.fields)].find((name) => error.message.includes(name)),
      ).toBeDefined();
    // Sizes that do not fit together: the loader makes a FormatError of it.
    else expect(error, `${field}: ${JSON.stringify(value)}`).toBeInstanceOf(RangeError);
    return "refused";
  }
}

const types = families.flatMap(({ modelTypes }) => modelTypes);

it("transformers' fields are known for every family, and a config of each", () => {
  expect(types.filter((type) => !known.has(type))).toEqual([]);
  expect(types.filter((type) => !bases.has(type))).toEqual([]);
});

describe.each(types)("every field that transformers knows is honoured or refused: %s", (type) => {
  const configs = bases.get(type)!;
  const fields = Object.entries(known.get(type)?.fields ?? {}).filter(([field]) => !harmless.has(field));
  const inactive = (field: string) =>
    harmlessIn[type]?.[field] !== undefined || (ofClassifiers.has(field) && !configs.some(isClassifier));

  it("each field: if it does nothing, test/families/harmless-fields.ts says why", () => {
    const isIdle = ([field, byDefault]: [string, unknown], among: readonly Base[], more: readonly unknown[] = []) =>
      among.every((base) =>
        [...another(field, base.config[field] ?? byDefault), ...more].every(
          (value) => effect(type, base, field, value) === "nothing",
        ),
      );
    // Rarely: in some fixture, or where no list says the same for each layer.
    const everywhere = (field: string) =>
      everyBase.get(type)!.flatMap((base) => [base, withoutLists(base, field)].filter((one) => isRead(type, one)));
    const usually = fields.filter((field) => isIdle(field, configs));
    const idle = usually.filter((field) => isIdle(field, everywhere(field[0]), [0, 1, 2, [0]]));
    expect(idle.map(([field]) => field).filter((field) => !inactive(field))).toEqual([]);
    const active = Object.keys(harmlessIn[type] ?? {}).filter(
      (field) => fields.some(([name]) => name === field) && !usually.some(([name]) => name === field),
    );
    expect(active, "fields that do something after all").toEqual([]);
  });

  it("absent or null means to us what it means to transformers", () => {
    const isOwn = ([field]: [string, unknown]) => configs.some((base) => base.config[field] !== undefined);
    const absent = fields.filter((field) => !isOwn(field));
    for (const base of configs.slice(0, 2))
      for (const [field, byDefault] of absent) {
        // Here a token is one of the vocabulary, or none; and null is none.
        const token = field.endsWith("_token_id");
        if (field === "architectures" || (token && Number(byDefault) >= Number(base.config.vocab_size))) continue;
        const said = modelOf(type, { ...base.config, [field]: byDefault }, base);
        const others = token ? [base.config] : [base.config, { ...base.config, [field]: null }];
        for (const other of others) expect(differenceOf(said, modelOf(type, other, base)), field).toBe(undefined);
      }
  });

  it("what a config leaves out is transformers' default, save the sizes of vocabulary and vectors", () => {
    const outside = (field: string, value: unknown) => field.endsWith("_token_id") && Number(value) >= 20;
    for (const base of configs)
      for (const [field, byDefault] of fields) {
        if (
          !(field in base.config) ||
          required.has(field) ||
          required.has(`${type}.${field}`) ||
          outside(field, byDefault)
        )
          continue;
        const said = outcomeOf(type, { ...base.config, [field]: byDefault }, base);
        if (said === undefined || harmlessIn[type]?.[field]) continue;
        const { [field]: _, ...others } = base.config;
        expect(differenceOf(said, modelOf(type, others, base)), field).toBe(undefined);
      }
  });

  it("other spellings of fields are the same settings, and contradictions are refused", () => {
    const [base] = configs as [Base];
    for (const [alias, field] of Object.entries(known.get(type)!.aliases)) {
      const { [field]: value, ...rest } = base.config;
      if (value === undefined || value === null || harmlessIn[type]?.[field] !== undefined) continue;
      const other = modelOf(type, { ...rest, [alias]: value }, base);
      expect(differenceOf(other, modelOf(type, base.config, base)), alias).toBe(undefined);
      expect(() => modelOf(type, { ...base.config, [alias]: value === 5 ? 6 : 5 }, base), alias).toThrow(
        /the value of .*, which is the same setting/,
      );
    }
  });

  it("a number out of its field's range is a FormatError that names it, not left to the model", () => {
    const [base] = configs as [Base];
    const named = (field: string, value: number) => outcome(type, { ...base.config, [field]: value }, base, field);
    for (const [field, byDefault] of fields) {
      if (typeof (base.config[field] ?? byDefault) !== "number") continue;
      const below = named(field, -0.25);
      if (!/drop/.test(field)) continue;
      // A share of 0 and of nearly all can be dropped, and no more.
      expect(named(field, 0), field).toBe("read");
      expect([named(field, 1), named(field, 1.5)], field).toEqual([below, below]);
    }
  });

  it("a field of the wrong kind is a FormatError that names it", () => {
    const [base] = configs as [Base];
    for (const [field] of fields)
      for (const wrong of ["wrong", [{}]]) {
        try {
          modelOf(type, { ...base.config, [field]: wrong }, base);
        } catch (error) {
          if (error instanceof FormatError) expect(error.message).toContain(field);
          else expect((error as Error).constructor, `${field}: ${JSON.stringify(wrong)}`).toBe(RangeError);
        }
      }
  });
});

/** Older configs have no lists and no objects: what these say follows from other fields. */
function withoutLists(base: Base, field: string): Base {
  const kept = Object.entries(base.config).filter(
    ([name, value]) => name === field || name === "architectures" || typeof value !== "object",
  );
  // A window has an effect only where it is switched on.
  const windows = "use_sliding_window" in base.config ? { use_sliding_window: true, sliding_window: 4 } : {};
  return { ...base, config: { ...Object.fromEntries(kept), ...windows } };
}

const isRead = (type: string, base: Base): boolean => outcomeOf(type, base.config, base) !== undefined;

/** The model of a config; undefined if the config is refused. */
function outcomeOf(type: string, config: ConfigObject, base: Base): Model | undefined {
  try {
    return modelOf(type, config, base);
  } catch {
    return undefined;
  }
}

/** A checkpoint of the default widths is none that a config forgot to describe. */
const required = new Set([
  ...["architectures", "vocab_size", "hidden_size", "intermediate_size", "d_model", "d_ff", "n_embd", "ffn_dim"],
  ...["encoder_ffn_dim", "decoder_ffn_dim", "dim", "hidden_dim", "encoder", "decoder"],
  // transformers makes their defaults from other fields.
  ...["per_layer_config", "modernbert-decoder.sliding_window", "cohere2.head_dim"],
  ...["switch_transformers.encoder_sparse_step", "switch_transformers.decoder_sparse_step"],
]);

const isClassifier = ({ config }: Base): boolean =>
  /For(Sequence|Token)Classification$/.test(String((config.architectures as string[] | undefined)?.[0]));

/** Read, or refused with a FormatError that names the field. */
function outcome(type: string, config: ConfigObject, base: Base, field: string): "read" | "refused" {
  try {
    modelOf(type, config, base);
    return "read";
  } catch (error) {
    expect(error, field).toBeInstanceOf(FormatError);
    expect((error as Error).message).toContain(field);
    return "refused";
  }
}
