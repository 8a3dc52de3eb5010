import { agreementFaults } from "./agreement";
import { coherence } from "./coherence";
import type { Fault } from "./fault";
import { nameFaults } from "./names";
import { thingFaults } from "./things";

export { type Fault, type FaultKind, faultKinds } from "./fault";

/**
 * What is wrong with a story, in the grammar's own terms. It asks twice: word by word, whether everybody and everything
 * was introduced before, and sentence by sentence, whether a plot tells this with one cast from beginning to end.
 *
 * @example
 * checkStory("Mia was a brave girl who lived by the sea. Tom …"); // [{ kind: "name", message: "Tom was not introduced" }, …]
 */
export function checkStory(text: string): Fault[] {
  return [nameFaults, thingFaults, agreementFaults, coherence].flatMap((ask) => ask(text));
}
