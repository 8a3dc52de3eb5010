export { cloze, clozeExamples } from "./cloze";
export type { Random } from "./grammar";
export { type Lexicon, lexicon } from "./lexicon";
export { sentencePair } from "./sentence-pair";
export { isHeldOut } from "./split";
export { story, storyPieces } from "./story";
export { family, heroes, looks } from "./world";
