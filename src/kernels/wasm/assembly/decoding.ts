export { sumScores } from "./decoding/scores";
export { runSteps } from "./decoding/steps";
