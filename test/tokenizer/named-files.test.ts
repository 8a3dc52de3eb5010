import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors";
import { characterTokenizer, loadTokenizer } from "../../src/tokenizer";

const whole = JSON.stringify(characterTokenizer(["abc"]).toJson());
const bpe = (rest: object) => JSON.stringify({ model: { type: "BPE", vocab: { a: 0 }, merges: [] }, ...rest });

/** Files of a directory, the last of them at fault. */
const broken: readonly (readonly (readonly [name: string, text: string])[])[] = [
  [["tokenizer.json", "{"]],
  [["tokenizer.json", "[]"]],
  [["tokenizer.json", "{}"]],
  [["tokenizer.json", '{"model": {"type": "X"}}']],
  [["tokenizer.json", '{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a"]]}}']],
  [["tokenizer.json", bpe({ normalizer: { type: "Q" } })]],
  [["tokenizer.json", bpe({ pre_tokenizer: { type: "Split", pattern: { Regex: "(" }, behavior: "Isolated" } })]],
  [["tokenizer.json", bpe({ decoder: 3 })]],
  [["tokenizer.json", bpe({ added_tokens: [{}] })]],
  [["tokenizer.json", whole], ["tokenizer_config.json", "{"]],
  [["tokenizer.json", whole], ["tokenizer_config.json", '{"added_tokens_decoder": 3}']],
  [["tokenizer.json", whole], ["special_tokens_map.json", "{"]],
  [["tokenizer.json", whole], ["added_tokens.json", "3"]],
  [["tokenizer.json", whole], ["config.json", "["]],
  [["merges.txt", "a b"], ["vocab.json", "["]],
  [["vocab.json", '{"a": 0, "b": 1}'], ["merges.txt", "a"]],
  [["tokenizer.model", "xx"]],
]; // biome-ignore format: a file a line

describe("an error in a file of a tokenizer's directory names the directory and the file", () => {
  it.each(broken.map((files) => ({ files, name: files.at(-1)![0], text: files.at(-1)![1] })))(
    "$name: $text",
    async ({ files, name }) => {
      const directory = await mkdtemp(join(tmpdir(), "named-files-"));
      try {
        for (const [file, text] of files) await writeFile(join(directory, file), text);
        const map = new Map(files);
        const memory = {
          read: async (file: string) => {
            if (map.has(file)) return new TextEncoder().encode(map.get(file));
            throw Object.assign(new Error(`no ${file}`), { code: "ENOENT" });
          },
        };
        for (const [source, place] of [
          [directory, directory],
          [memory, "source"],
        ] as const) {
          const error = await loadTokenizer(source).catch((reason: unknown) => reason);
          expect(error).toBeInstanceOf(FormatError);
          expect((error as FormatError).message.startsWith(`${place}/${name}: `), (error as FormatError).message).toBe(
            true,
          );
          expect((error as FormatError).problem.file).toBe(`${place}/${name}`);
        }
      } finally {
        await rm(directory, { recursive: true });
      }
    },
  );
});
