import type { SentencePieceFile } from "./model-file";
import { SPACE_SIGN } from "./normalizer";

/** The components of the tokenizer.json that is closest to a SentencePiece file. */
export function componentsJson(file: SentencePieceFile, template: object | undefined): Record<string, unknown> {
  const { addDummyPrefix, removeExtraWhitespaces, charsmap } = file;
  const normalizers: object[] = [];
  if (charsmap.length > 0) normalizers.push({ type: "Precompiled", precompiled_charsmap: base64(charsmap) });
  if (removeExtraWhitespaces) {
    normalizers.push({ type: "Strip", strip_left: true, strip_right: true });
    normalizers.push({ type: "Replace", pattern: { Regex: " {2,}" }, content: " " });
  }
  const prepend_scheme = addDummyPrefix ? "always" : "never";
  const metaspace = { type: "Metaspace", replacement: SPACE_SIGN, prepend_scheme, split: false };
  const drop = { type: "Strip", content: " ", start: addDummyPrefix ? 1 : 0, stop: 0 };
  const space = { type: "Replace", pattern: { String: SPACE_SIGN }, content: " " };
  return {
    truncation: null,
    padding: null,
    normalizer: normalizers.length === 0 ? null : { type: "Sequence", normalizers },
    pre_tokenizer: metaspace,
    post_processor: template ?? null,
    decoder: { type: "Sequence", decoders: [space, { type: "ByteFallback" }, { type: "Fuse" }, drop] },
  };
}

/** A template that adds a token at the beginning, the end or both; undefined if it adds none. */
export function endsTemplate(
  bos: string | undefined,
  eos: string | undefined,
  idOf: (token: string) => number,
): object | undefined {
  if (bos === undefined && eos === undefined) return undefined;
  const place = (id: string | undefined, type_id: number): object[] =>
    id === undefined ? [] : [{ SpecialToken: { id, type_id } }];
  const around = (id: "A" | "B", type_id: number): object[] => [
    ...place(bos, type_id),
    { Sequence: { id, type_id } },
    ...place(eos, type_id),
  ];
  const tokens = [bos, eos].filter((token) => token !== undefined);
  return {
    type: "TemplateProcessing",
    single: around("A", 0),
    pair: [...around("A", 0), ...around("B", 1)],
    special_tokens: Object.fromEntries(tokens.map((id) => [id, { id, ids: [idOf(id)], tokens: [id] }])),
  };
}

export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
