import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/errors";
import { tokenizerFromJson } from "../../../src/tokenizer";
import { DECODING_KINDS, ENCODING_KINDS, type Fixture, fixture } from "../fixtures";

type Json = Record<string, unknown>;
type Path = readonly (string | number)[];

const PLACES = new Set(["normalizer", "pre_tokenizer", "model", "post_processor", "decoder"]);

interface Field {
  /** `model: BPE: unk_token` */
  field: string;
  path: Path;
  value: unknown;
}

/** The fields of a component, and of the objects in it. */
function* fieldsIn(value: unknown, path: Path, owner: string): Generator<Field> {
  if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* fieldsIn(item, [...path, i], owner);
  else if (typeof value === "object" && value !== null) {
    const own = "type" in value ? `${path[0]}: ${value.type}` : owner;
    for (const [name, inner] of Object.entries(value)) {
      const at = [...path, name];
      // Names of tokens are not fields of the format.
      const field = path.at(-1) === "special_tokens" ? `${own}: special token` : `${own}: ${name}`;
      if (inner !== null) yield { field, path: at, value: inner };
      if (name !== "vocab") yield* fieldsIn(inner, at, field);
    }
  }
}

/** Every field in the fixtures once, with a file that has it. */
const found = new Map<string, { json: Json; path: Path; value: unknown }>();
for (const kind of [...ENCODING_KINDS, ...DECODING_KINDS])
  for (const { json } of fixture<Fixture<unknown>[]>(kind))
    for (const place of PLACES)
      for (const { field, path, value } of fieldsIn(json[place], [place], ""))
        if (!found.has(field)) found.set(field, { json, path, value });

const wrong = (value: unknown): unknown => (typeof value === "string" || typeof value === "boolean" ? 5 : "wrong");

function withValue(json: Json, path: Path, value: unknown): Json {
  const copy = structuredClone(json);
  const holder = path.slice(0, -1).reduce<object>((part, name) => Reflect.get(part, name), copy);
  Reflect.set(holder, path.at(-1)!, value);
  return copy;
}

const pathText = (path: Path) =>
  path.reduce<string>((text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${part}`), "").slice(1);

/** Fields without effect, which the reference writes all the same. */
const ignored: ReadonlySet<string> = new Set([
  "decoder: ByteLevel: add_prefix_space",
  "decoder: ByteLevel: trim_offsets",
  "decoder: ByteLevel: use_regex",
  "post_processor: ByteLevel: use_regex",
  "pre_tokenizer: ByteLevel: trim_offsets",
  // The same as the name that it stands under.
  "post_processor: TemplateProcessing: special_tokens: special token: id",
]);

describe("a field of the wrong kind in tokenizer.json", () => {
  const rows = [...found].map(([field, { json, path, value }]) => {
    const read = () => tokenizerFromJson(withValue(json, path, wrong(value)));
    return { field, path, read };
  });

  it.each(rows.filter(({ field }) => !ignored.has(field)))(
    "is refused by its path: $field",
    ({ field, path, read }) => {
      expect(read, `the reader of ${field} ignores it`).toThrow(FormatError);
      expect(read).toThrow(`tokenizer.json: ${pathText(path)}`);
    },
  );

  it.each(rows.filter(({ field }) => ignored.has(field)))("has no effect: $field", ({ read }) => {
    expect(read).not.toThrow();
  });

  it("the fixtures have every field that has no effect", () => {
    expect([...ignored].filter((field) => !found.has(field))).toEqual([]);
  });
});
