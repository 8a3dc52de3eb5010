import { type Checks, checkOptions, expectRecord, expectString, unchecked, wrongKind } from "../../../checks";
import { isCount } from "../../../fields";
import {
  AddedTokens,
  byteLevelDecoder,
  DEFAULT_TRUNCATION,
  findSpecialTokens,
  Tokenizer,
  wordsInBytes,
} from "../../pipeline";
import { regexPattern, scanners } from "../../text";
import { ID_LIMIT } from "../../vocabulary";

import { type TiktokenPattern, WORD_PATTERNS } from "./patterns";
import { RankBpe } from "./rank-bpe";
import { readRanks } from "./ranks";

/** Options of `tokenizerFromTiktoken`. */
export interface TiktokenOptions {
  /** How a text is split into words: the name of a published pattern, or an expression that matches the words. */
  pattern: TiktokenPattern | RegExp;
  /** Special tokens, recognized anywhere in a text, with their ids. */
  specialTokens?: Readonly<Record<string, number>> | undefined;
  /** The file's name in errors; `ranks` if omitted. */
  name?: string | undefined;
}

const CHECKS: Checks<TiktokenOptions> = { pattern: unchecked, specialTokens: expectRecord, name: expectString };

/**
 * A byte-level BPE tokenizer from a ranks file: one token in base64 and its rank per line. Such files do not specify
 * how texts are split or what the special tokens are, so both are passed here.
 *
 * A special token in a text becomes its id, as with tiktoken's `allowed_special="all"`.
 *
 * @throws TypeError if the text is not a string, or the pattern is neither a name nor an expression.
 * @throws RangeError if a special token's id is invalid or already used.
 * @throws FormatError naming the line.
 * @see https://github.com/openai/tiktoken
 * @example
 * ```ts
 * import { tokenizerFromTiktoken } from "transformer-blocks/tokenizer";
 * const bytes = Array.from({ length: 256 }, (_, byte) => `${btoa(String.fromCharCode(byte))} ${byte}`);
 * const ranks = [...bytes, `${btoa("he")} 256`, `${btoa("hell")} 258`, `${btoa("ll")} 257`].join("\n");
 * const tokenizer = tokenizerFromTiktoken(ranks, { pattern: "gpt2", specialTokens: { "<|end|>": 300 } });
 * tokenizer.encode("hello<|end|>").ids; // [258, 111, 300]
 * ```
 */
export function tokenizerFromTiktoken(text: string, options: TiktokenOptions): Tokenizer {
  if (typeof text !== "string") throw wrongKind("tokenizerFromTiktoken", "text", "the text of a ranks file", text);
  checkOptions<TiktokenOptions>("tokenizerFromTiktoken", options, CHECKS, ["pattern"]);
  const { regex, json } = wordPattern(options.pattern);
  const ranks = readRanks(text, options.name ?? "ranks");
  const special = readSpecialTokens(options.specialTokens ?? {}, ranks);
  const model = new RankBpe(ranks, special);
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const tokens = [...special.keys()].map((content) => ({ content, ...flags }));
  const roles = findSpecialTokens((token) => special.get(token), {}, model, undefined);
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  const splitJson = { type: "Split", pattern: { Regex: json }, behavior: "Removed", invert: true };
  return new Tokenizer({
    added: new AddedTokens(tokens, model.vocabulary, undefined),
    model,
    special: roles,
    preTokenizer: wordsInBytes(scanners().get(json) ?? regexPattern(regex)),
    postProcessor: undefined,
    decoder: byteLevelDecoder,
    padding: { id: roles.pad, type: 0, side: "right" },
    truncation: DEFAULT_TRUNCATION,
    cleanUpSpaces: false,
    recognizeSpecial: true,
    config: Object.freeze({}),
    json: {
      truncation: null,
      padding: null,
      normalizer: null,
      pre_tokenizer: { type: "Sequence", pretokenizers: [splitJson, byteLevel] },
      post_processor: null,
      decoder: byteLevel,
    },
  });
}

function wordPattern(pattern: unknown): { regex: RegExp; json: string } {
  if (pattern instanceof RegExp) {
    if (pattern.unicode || pattern.flags.includes("v")) return { regex: pattern, json: pattern.source };
    throw new RangeError(
      `tokenizerFromTiktoken: pattern is /${pattern.source}/ without the flag u; add it, so that the pattern sees whole characters`,
    );
  }
  if (typeof pattern === "string" && Object.hasOwn(WORD_PATTERNS, pattern)) {
    return WORD_PATTERNS[pattern as TiktokenPattern]();
  }
  const names = Object.keys(WORD_PATTERNS).join(", ");
  throw wrongKind("tokenizerFromTiktoken", "pattern", `one of ${names}, or a regular expression`, pattern);
}

function readSpecialTokens(tokens: object, ranks: ReadonlyMap<string, number>): Map<string, number> {
  const taken = new Set(ranks.values());
  const special = new Map<string, number>();
  for (const [token, id] of Object.entries(tokens) as [string, unknown][]) {
    const where = `tokenizerFromTiktoken: specialTokens[${JSON.stringify(token)}]`;
    if (token === "" || ranks.has(token))
      throw new RangeError(`${where} has the same bytes as a token; choose another name`);
    if (typeof id !== "number")
      throw wrongKind("tokenizerFromTiktoken", `specialTokens[${JSON.stringify(token)}]`, "an id", id);
    if (!isCount(id) || id >= ID_LIMIT) {
      throw new RangeError(`${where} is ${String(id)}, not an integer id from 0 to ${ID_LIMIT - 1}`);
    }
    if (taken.has(id)) throw new RangeError(`${where} is ${id}, which another token has; choose a unique id`);
    taken.add(id);
    special.set(token, id);
  }
  return special;
}
