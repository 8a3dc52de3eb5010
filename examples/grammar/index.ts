export { cloze, clozeExamples } from "./cloze";
export type { Random } from "./grammar";
export { type Lexicon, lexicon } from "./lexicon";
export { sentencePair } from "./sentence-pair";
export { isHeldOut } from "./split";
export { story, storyPieces } from "./story";
export {
  type Analogy,
  allAnalogies,
  analogies,
  analogyKinds,
  sentence,
  sentenceInWords,
  sentenceWords,
} from "./words";
export { family, heroes, looks } from "./world";
