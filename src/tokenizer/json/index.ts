/** Reads tokenizer.json. */
export { bpe, byteLevel, fuse, regex, split, truncation, wordLevel } from "./components";
export type { TokenizerComponent } from "./components/component";
export { everyComponent } from "./components/every";
export { checkConfiguration } from "./configuration";
export { tokenizerFromJson } from "./from-json";
export { readLater } from "./later-components";
export { type TokenizerLoader, tokenizerLoader } from "./tokenizer-loader";
