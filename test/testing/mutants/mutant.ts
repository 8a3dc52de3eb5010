import type { Law } from "transformer-blocks/testing";

/** Laws of any kind, for implementations of that kind. */
export type Laws<Implementation> = Readonly<Record<string, Law<Implementation, unknown>>>;

/** A bug that people write, and the law that finds it. */
export interface Mutant<Implementation, Name extends string> {
  bug: string;
  law: Name;
  implementation: Implementation;
}
