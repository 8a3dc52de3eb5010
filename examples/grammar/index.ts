export { cloze, clozeExamples } from "./cloze";
export type { Random } from "./grammar";
export { type Lexicon, lexicon } from "./lexicon";
export { sentencePair } from "./sentence-pair";
export { story } from "./story";
