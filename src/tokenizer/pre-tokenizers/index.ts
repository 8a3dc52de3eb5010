export type { PreTokenizer } from "./pre-tokenizer";
