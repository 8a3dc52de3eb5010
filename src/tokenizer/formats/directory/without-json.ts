/** What reads a directory without tokenizer.json. It is loaded for one. */
export { jsonFromFiles } from "./from-files";
export { marianTokenizer } from "./marian";
