import type { Scorer } from "./scorer";
import { grouped } from "./start";

/** A row of one of several scorers. */
interface Place {
  readonly scorer: Scorer;
  readonly row: number;
}

/** Several scorers as one. The rows of each are of one length, so that none of them has padding. */
export class Apart implements Scorer {
  #places: readonly Place[];

  /** @param parts scorers with the numbers of their rows, which together are all */
  constructor(parts: readonly (readonly [Scorer, readonly number[]])[]) {
    const placed = parts.flatMap(([scorer, rows]) => rows.map((number, row) => ({ number, place: { scorer, row } })));
    this.#places = placed.sort((a, b) => a.number - b.number).map(({ place }) => place);
  }

  async scores(): Promise<Float32Array[]> {
    const scores = new Map<Scorer, Float32Array[]>();
    for (const scorer of this.#parts().keys()) scores.set(scorer, await scorer.scores());
    return this.#places.map(({ scorer, row }) => scores.get(scorer)![row]!);
  }

  push(tokens: readonly number[]): void {
    for (const [scorer, numbers] of this.#parts()) {
      const own: number[] = [];
      for (const number of numbers) own[this.#places[number]!.row] = tokens[number]!;
      scorer.push(own);
    }
  }

  reorder(rows: readonly number[]): void {
    const chosen = rows.map((row) => this.#places[row]!);
    const parts = grouped(chosen, (place) => place.scorer);
    for (const [scorer, numbers] of parts) scorer.reorder(numbers.map((number) => chosen[number]!.row));
    this.#places = chosen.map(({ scorer }, number) => ({ scorer, row: parts.get(scorer)!.indexOf(number) }));
  }

  /** The scorers that still have rows, with the numbers of these rows. */
  #parts(): Map<Scorer, number[]> {
    return grouped(this.#places, (place) => place.scorer);
  }
}
