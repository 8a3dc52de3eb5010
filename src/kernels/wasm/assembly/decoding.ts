export { runSteps } from "./decoding/steps";
