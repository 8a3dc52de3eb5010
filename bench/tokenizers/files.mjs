import { readFileSync } from "node:fs";

/** GPT-2's byte alphabet: a printable character for each byte. */
const CHARACTERS = [];
for (let byte = 0, next = 0x100; byte < 256; byte++) {
  const prints = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  CHARACTERS.push(String.fromCharCode(prints ? byte : next++));
}

const BYTE_LEVEL = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const CL100K =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** GPT-2's two files as a tokenizer.json. */
export function gpt2File(data) {
  const read = (name) => readFileSync(new URL(`tokenizers/gpt2/${name}`, data), "utf8");
  const merges = read("gpt2-vocab.bpe")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#version"))
    .map((line) => line.split(" "));
  return byteLevelFile(JSON.parse(read("gpt2-encoder.json")), merges, BYTE_LEVEL);
}

/** A tiktoken ranks file as tokenizer.json: every way to form a token from two others is a merge. */
export function ranksFile(path, size = Infinity) {
  const vocab = Object.create(null);
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [base64, rank] = line.split(" ");
    if (rank === undefined || Number(rank) >= size) continue;
    vocab[Array.from(Buffer.from(base64, "base64"), (byte) => CHARACTERS[byte]).join("")] = Number(rank);
  }
  const merges = [];
  for (const token of Object.keys(vocab).sort((a, b) => vocab[a] - vocab[b])) {
    const ways = [];
    for (let at = 1; at < token.length; at++) {
      const [left, right] = [token.slice(0, at), token.slice(at)];
      if (left in vocab && right in vocab) ways.push([left, right]);
    }
    merges.push(...ways.sort((a, b) => vocab[a[0]] - vocab[b[0]] || vocab[a[1]] - vocab[b[1]]));
  }
  const split = { type: "Split", pattern: { Regex: CL100K }, behavior: "Isolated", invert: false };
  const bytes = { ...BYTE_LEVEL, use_regex: false };
  return byteLevelFile(vocab, merges, { type: "Sequence", pretokenizers: [split, bytes] }, true);
}

function byteLevelFile(vocab, merges, preTokenizer, ignoreMerges = false) {
  return JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: preTokenizer,
    post_processor: { ...BYTE_LEVEL, trim_offsets: false },
    decoder: BYTE_LEVEL,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: ignoreMerges,
      vocab,
      merges,
    },
  });
}
