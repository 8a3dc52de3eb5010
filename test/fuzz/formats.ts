import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { crossEntropy, fromPretrained, gpt, loadParameters, saveParameters } from "transformer-blocks";
import { readGguf, readSafetensors, writeSafetensors } from "transformer-blocks/checkpoint";
import {
  loadTokenizer,
  type Tokenizer,
  tokenizerFromGguf,
  tokenizerFromJson,
  tokenizerFromLlama2c,
  tokenizerFromSentencePiece,
  tokenizerFromTiktoken,
} from "transformer-blocks/tokenizer";
import { adamW, train } from "transformer-blocks/training";

/** Files, and what opens them. */
export interface Format {
  name: string;
  files: ReadonlyMap<string, Uint8Array>;
  open(files: ReadonlyMap<string, Uint8Array>): Promise<unknown>;
  /** What else its errors may say: that an argument does not fit. */
  mayCall?: RegExp;
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
  // A template may put in ids that are no tokens, as by the reference; decode refuses those of its caller.
  tokenizer.decode(ids.filter((id) => tokenizer.idToToken(id) !== undefined));
}

const models: Format[] = readdirSync(`${fixtures}models`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({
    name: `model ${name}`,
    files: directory(`${fixtures}models/${name}`),
    open: (files) => fromPretrained(source(files)),
  }));

const examplesOfTokenizers = readdirSync(examples).map((name): Format => {
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

/** Directories with the older files of a tokenizer, JSON or paths of fixtures by their names. */
function olderFiles(fixtureOf: string, wanted: (name: string, index: number) => boolean): Format[] {
  const [, bytes] = fixture(`tokenizer/${fixtureOf}.json`);
  const entries = JSON.parse(new TextDecoder().decode(bytes)) as {
    name?: string;
    files: Record<string, string | object>;
    config?: object;
  }[];
  return entries
    .filter(({ name = "" }, index) => wanted(name, index))
    .map(({ name, files, config }, index) => ({
      name: `directory ${fixtureOf} ${name ?? index}`,
      files: new Map(
        Object.entries({ ...(config ? { "tokenizer_config.json": config } : {}), ...files }).map(([file, content]) => [
          file,
          typeof content === "string"
            ? bytesOf(`${fixtures}tokenizer/${content}`)
            : new TextEncoder().encode(JSON.stringify(content)),
        ]),
      ),
      open: async (found) => use(await loadTokenizer(source(found))),
    }));
}

/** A checkpoint in two files with an index, as large ones are published. */
function inShards(): Format {
  const files = directory(`${fixtures}models/llama`);
  const { tensors } = readSafetensors(files.get("model.safetensors")!);
  const names = [...tensors.keys()];
  const written = (name: string) => ({ shape: tensors.get(name)!.shape, data: tensors.get(name)!.toFloat32() });
  files.delete("model.safetensors");
  const weight_map: Record<string, string> = {};
  for (const part of [0, 1]) {
    const file = `model-0000${part + 1}-of-00002.safetensors`;
    const own = names.filter((_, index) => index % 2 === part);
    for (const name of own) weight_map[name] = file;
    files.set(file, writeSafetensors(new Map(own.map((name) => [name, written(name)]))));
  }
  files.set("model.safetensors.index.json", new TextEncoder().encode(JSON.stringify({ weight_map })));
  return { name: "model in shards", files, open: (found) => fromPretrained(source(found)) };
}

/** llama2.c's file: the longest piece, then the score, the length and the bytes of each. */
function llama2c(): Format {
  const pieces = ["<unk>", "\n<s>\n", "\n</s>\n"];
  for (let byte = 0; byte < 256; byte++) pieces.push(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  pieces.push(" ", "e", "l", "o", "ll", "lo", "llo");
  const bytes = [10, 0, 0, 0];
  pieces.forEach((piece, index) => {
    const header = new DataView(new ArrayBuffer(8));
    header.setFloat32(0, -index, true);
    header.setUint32(4, piece.length, true);
    bytes.push(...new Uint8Array(header.buffer), ...new TextEncoder().encode(piece));
  });
  const files = new Map([["tokenizer.bin", Uint8Array.from(bytes)]]);
  return {
    name: "file of llama2.c",
    files,
    open: async (found) => use(tokenizerFromLlama2c(found.get("tokenizer.bin")!)),
  };
}

const tiny = () => gpt({ vocabSize: 5, contextLength: 4, dModel: 4, heads: 2, layers: 1 }, { seed: 1 });

/** Trains for two steps, or resumes. */
async function trained(resume?: Uint8Array): Promise<Uint8Array> {
  const model = tiny();
  let state = new Uint8Array(0);
  await train(model, {
    loss: (ids: number[][], pass) => crossEntropy(model.forward(ids, pass), ids),
    batches: () => [[1, 2, 3]],
    steps: 2,
    optimizer: adamW(model, { learningRate: 0.01 }),
    ...(resume === undefined ? {} : { resume }),
    onStep: (report) => {
      if (report.step === 0) state = Uint8Array.from(report.state());
    },
  });
  return state;
}

const saved: Format[] = [
  {
    name: "parameters",
    files: new Map([["parameters.safetensors", saveParameters(tiny())]]),
    open: async (files) => loadParameters(tiny(), files.get("parameters.safetensors")!),
  },
  {
    name: "training state",
    files: new Map([["state.safetensors", await trained()]]),
    open: (files) => trained(files.get("state.safetensors")!),
    mayCall: /^(RangeError|ShapeError): (train: (resume|.* when resume was saved)|adamW: (the )?state)\b/,
  },
];

/** Every format that the library opens. */
export const formats: readonly Format[] = [
  ...models,
  ...examplesOfTokenizers,
  ...hub,
  ...["bert", "gpt2"].map((name) =>
    single(`tokenizer/directories/${name}.json`, (bytes) => use(tokenizerFromJson(new TextDecoder().decode(bytes)))),
  ),
  inShards(),
  llama2c(),
  ...saved,
  ...olderFiles("classes", (_, index) => index % 9 === 0),
  ...olderFiles("directories", (name) => /^(GPT-2|BERT|ranks|Marian|Llama|Pegasus|mBART)$/.test(name)).filter(
    (_, index) => index % 4 === 1,
  ),
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
