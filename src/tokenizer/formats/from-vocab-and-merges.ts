import { expectRecord, wrongKind } from "../../checks";
import { FormatError } from "../../errors";
import { describeJson, isRecord } from "../../fields";
import { bpe, byteLevel, tokenizerLoader, truncation } from "../json";
import type { Tokenizer } from "../pipeline";

const END_OF_TEXT = "<|endoftext|>";

/**
 * A byte-level BPE tokenizer from the two files that GPT-2 and similar models were published with.
 *
 * @param vocab the content of vocab.json (or encoder.json): token to id, as text or object
 * @param merges the content of merges.txt (or vocab.bpe): one pair per line, earliest merge first
 * @param config the tokenizer_config.json, as for {@link tokenizerFromJson}; `add_prefix_space` is used
 * @throws FormatError naming the file and the line or field.
 * @see https://github.com/openai/gpt-2/blob/master/src/encoder.py
 * @example
 * ```ts
 * import { tokenizerFromVocabAndMerges } from "transformer-blocks/tokenizer";
 * tokenizerFromVocabAndMerges('{"a":0,"b":1,"ab":2}', "#version: 0.2\na b\n").encode("ab").ids; // [2]
 * ```
 */
export function tokenizerFromVocabAndMerges(vocab: string | object, merges: string, config: object = {}): Tokenizer {
  const where = "tokenizerFromVocabAndMerges";
  if (typeof vocab !== "string") expectRecord(where, "vocab", vocab);
  if (typeof merges !== "string") throw wrongKind(where, "merges", "the text of merges.txt", merges);
  expectRecord(where, "config", config);
  const ids = typeof vocab === "string" ? parse(vocab) : vocab;
  const addPrefixSpace = "add_prefix_space" in config && config.add_prefix_space === true;
  const special = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const hasEnd = isRecord(ids) && Object.hasOwn(ids, END_OF_TEXT);
  return tokenizerLoader([bpe, byteLevel, truncation])(
    {
      version: "1.0",
      added_tokens: hasEnd ? [{ id: ids[END_OF_TEXT], content: END_OF_TEXT, ...special }] : [],
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: addPrefixSpace, trim_offsets: true, use_regex: true },
      post_processor: { type: "ByteLevel", add_prefix_space: true, trim_offsets: false, use_regex: true },
      decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: { type: "BPE", vocab: ids, merges: readMergeLines(merges) },
    },
    config,
  );
}

/** @throws FormatError if it is not an object. */
export function readVocabJson(vocab: string): Record<string, unknown> {
  const ids = parse(vocab);
  if (isRecord(ids)) return ids;
  throw new FormatError({
    file: "vocab.json",
    found: describeJson(ids),
    expected: "an object that maps tokens to ids",
  });
}

function parse(vocab: string): unknown {
  try {
    return JSON.parse(vocab);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError({ file: "vocab.json", found: `text that is not JSON (${reason})`, expected: "JSON" });
  }
}

/**
 * The pairs of a merges.txt, earliest merge first.
 *
 * @throws FormatError naming the line
 */
export function readMergeLines(text: string): string[][] {
  const merges: string[][] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line === "" || line.startsWith("#version")) return;
    const parts = line.split(" ");
    if (parts.length !== 2) {
      const expected = "two tokens separated by one space";
      throw new FormatError({ file: "merges.txt", at: `line ${index + 1}`, found: describeJson(line), expected });
    }
    merges.push(parts);
  });
  return merges;
}
