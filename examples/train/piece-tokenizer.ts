import { type Tokenizer, tokenizerFromJson } from "transformer-blocks/tokenizer";

/**
 * Byte-level BPE as GPT-2's, but with a whole token for each given piece, as Llama 3 has them (`ignore_merges`): copying
 * a name is then one step. Any other text is cut into bytes.
 */
export function pieceTokenizer(pieces: Iterable<string>, end: string): Tokenizer {
  const known = [...pieces].sort().map((piece) => piece.replaceAll(" ", "Ġ"));
  const vocabulary = [...new Set([end, ...byteSigns(), ...known])];
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: true };
  return tokenizerFromJson(
    {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [
        { id: 0, content: end, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
      ],
      normalizer: null,
      pre_tokenizer: byteLevel,
      post_processor: null,
      decoder: byteLevel,
      model: {
        type: "BPE",
        vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
        merges: [],
        ignore_merges: true,
      },
    },
    { eos_token: end, tokenizer_class: "PreTrainedTokenizerFast" },
  );
}

/** The visible sign of each byte, in the order of GPT-2's vocabulary: printable bytes as themselves, then the others. */
function byteSigns(): string[] {
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173 && byte < 256);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const others = bytes.filter((byte) => !printable(byte)).map((_, i) => String.fromCharCode(256 + i));
  return [...bytes.filter(printable).map((byte) => String.fromCharCode(byte)), ...others];
}
