export { surveyScores } from "./decoding/scores";
export { runSteps } from "./decoding/steps";
