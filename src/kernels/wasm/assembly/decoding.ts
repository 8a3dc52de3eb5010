export { surveyScores } from "./decoding/scores";
export { helpSteps, runSteps } from "./decoding/steps";
