/**
 * The components of tokenizer.json. Each file listed here exports only components; `every.ts` lists the components
 * themselves.
 */
export * from "./bpe";
export * from "./byte-level";
export * from "./decoders";
export * from "./metaspace";
export * from "./normalizers";
export * from "./post-processors";
export * from "./pre-tokenizers";
export * from "./regex";
export * from "./replace";
export * from "./sequence";
export * from "./split";
export * from "./truncation";
export * from "./unigram";
export * from "./word-level";
export * from "./word-piece";
