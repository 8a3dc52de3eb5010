import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromPretrained } from "transformer-blocks";
import { readGguf, readSafetensors } from "transformer-blocks/checkpoint";
import {
  loadTokenizer,
  type Tokenizer,
  tokenizerFromGguf,
  tokenizerFromSentencePiece,
  tokenizerFromTiktoken,
} from "transformer-blocks/tokenizer";

/** Files, and what opens them. */
export interface Format {
  name: string;
  files: ReadonlyMap<string, Uint8Array>;
  open(files: ReadonlyMap<string, Uint8Array>): Promise<unknown>;
}

const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const examples = fileURLToPath(new URL("../../examples/models/", import.meta.url));
const bytesOf = (path: string): Uint8Array => Uint8Array.from(readFileSync(path));

/** The files of a directory that belong to a model, and not to the test of it. */
function directory(path: string): Map<string, Uint8Array> {
  const names = readdirSync(path).filter((name) => !/^(expected\.|loss\.|README)/.test(name));
  return new Map(names.map((name) => [name, bytesOf(`${path}/${name}`)]));
}

const source = (files: ReadonlyMap<string, Uint8Array>) => ({
  read: async (name: string): Promise<Uint8Array> => {
    const bytes = files.get(name);
    if (bytes === undefined) throw Object.assign(new Error(`no file ${name}`), { code: "ENOENT" });
    return bytes;
  },
});

/** A tokenizer that opens must also work. */
function use(tokenizer: Tokenizer): void {
  const { ids } = tokenizer.encode("Hello, world! 123 naïve ß 你好\n  <s>", { pair: "again" });
  tokenizer.decode(ids);
}

const models: Format[] = readdirSync(`${fixtures}models`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({
    name: `model ${name}`,
    files: directory(`${fixtures}models/${name}`),
    open: (files) => fromPretrained(source(files)),
  }));

const trained = readdirSync(examples).map((name): Format => {
  const files = directory(`${examples}${name}`);
  files.delete("model.safetensors");
  return { name: `tokenizer ${name}`, files, open: async (found) => use(await loadTokenizer(source(found))) };
});

const fixture = (path: string): [name: string, Uint8Array] => [path.split("/").at(-1)!, bytesOf(`${fixtures}${path}`)];

/** One file that a function of the library opens. */
function single(path: string, open: (bytes: Uint8Array) => unknown): Format {
  const [name, bytes] = fixture(path);
  return { name: `file ${name}`, files: new Map([[name, bytes]]), open: async (files) => open(files.get(name)!) };
}

const hub = ["bert.json", "gpt2.json", "clip.json"].map((name): Format => {
  const [, bytes] = fixture(`tokenizer/directories/${name}`);
  return {
    name: `tokenizer.json ${name}`,
    files: new Map([["tokenizer.json", bytes]]),
    open: async (files) => use(await loadTokenizer(source(files))),
  };
});

/** Every format that the library opens. */
export const formats: readonly Format[] = [
  ...models,
  ...trained,
  ...hub,
  ...["dtypes", "metadata", "names", "shapes"].map((name) =>
    single(`checkpoint/${name}.safetensors`, (bytes) => {
      for (const tensor of readSafetensors(bytes).tensors.values())
        if (!/^(F4|F6|F8|C64)/.test(tensor.dtype)) tensor.toFloat32();
    }),
  ),
  ...["shapes", "types", "values", "version-2"].map((name) =>
    single(`checkpoint/${name}.gguf`, (bytes) => readGguf(bytes)),
  ),
  ...readdirSync(`${fixtures}tokenizer/gguf`)
    .filter((name) => name.endsWith(".gguf"))
    .slice(0, 4)
    .map((name) => single(`tokenizer/gguf/${name}`, (bytes) => use(tokenizerFromGguf(bytes)))),
  ...["albert", "gemma", "t5", "pegasus"].map((name) =>
    single(`tokenizer/directories/${name}.model`, (bytes) => use(tokenizerFromSentencePiece(bytes))),
  ),
  single("tokenizer/directories/ranks.model", (bytes) =>
    use(tokenizerFromTiktoken(new TextDecoder().decode(bytes), { pattern: "cl100k" })),
  ),
];
