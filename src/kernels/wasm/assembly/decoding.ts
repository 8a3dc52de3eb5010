export { sumScores } from "./decoding/scores";
export { helpSteps, runSteps } from "./decoding/steps";
