/**
 * The components of tokenizer.json. Each file listed here exports only components; `every.ts` lists the components
 * themselves.
 */
export * from "./byte-level";
export * from "./decoders";
export * from "./metaspace";
export * from "./models";
export * from "./normalizers";
export * from "./post-processors";
export * from "./pre-tokenizers";
export * from "./regex";
export * from "./replace";
export * from "./sequence";
export * from "./truncation";
