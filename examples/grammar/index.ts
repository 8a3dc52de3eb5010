export type { Random } from "./grammar";
export { type Lexicon, lexicon } from "./lexicon";
export { type Mood, moods } from "./mood";
export {
  cloze,
  clozeExamples,
  fittingWords,
  moodExamples,
  type Passage,
  partOfPassage,
  passage,
} from "./passage";
export { sentencePair } from "./sentence-pair";
export { type Part, partOf, partOfPair } from "./split";
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
