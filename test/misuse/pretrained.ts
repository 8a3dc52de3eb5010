/** Tiny models with tokenizers, as `fromPretrained` gives them. */
import { readFileSync } from "node:fs";
import { fromPretrained, type Pretrained } from "transformer-blocks/families";

const fixtures = new URL("../fixtures/", import.meta.url);

/** A source of a model in the fixtures, with the word tokenizer of the tasks. */
export const source = (name: string) => {
  const files = new Map<string, Uint8Array | undefined>();
  const read = (file: string): Uint8Array | undefined => {
    const folder = file === "tokenizer.json" ? "tasks" : `models/${name}`;
    try {
      return new Uint8Array(readFileSync(new URL(`${folder}/${file}`, fixtures)));
    } catch {
      return undefined;
    }
  };
  return {
    read: async (file: string) => {
      if (!files.has(file)) files.set(file, read(file));
      return files.get(file);
    },
  };
};

/** Not a plain object: its fields are no options. */
export const loaded = async (name: string): Promise<Pretrained> => Object.create(await fromPretrained(source(name)));
