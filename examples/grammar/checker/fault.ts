/**
 * What can be wrong with a story:
 * - name: somebody who was not introduced, or is called otherwise than before
 * - object: a thing or an animal that was not introduced, or that changed
 * - resolution: a help, remedy or place that does not fit what the story gave
 * - agreement: an article, a pronoun or a kind that does not fit
 * - form: words that no plot has at this point
 */
export const faultKinds = ["name", "object", "resolution", "agreement", "form"] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly message: string;
}
