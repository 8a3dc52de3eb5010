/** What kernels in the middle of a row program call: attention over keys and values, which lie in another memory. */
export interface Outside {
  /** Readies an attention, by its place in the chain. @returns the heads of a part; 0 if the program must end here */
  beginAttention(place: number): number;
  attendHeads(from: number, to: number): void;
  /** Takes its result. @returns 0 if the program must end here */
  endAttention(place: number): number;
}

let current: Outside | undefined;

/** What instances of those kernels import. */
export const calls = {
  beginAttention: (place: number): number => current!.beginAttention(place),
  attendHeads: (from: number, to: number): void => current!.attendHeads(from, to),
  endAttention: (place: number): number => current!.endAttention(place),
};

/** Runs a computation whose kernels call this. */
export function withOutside<Result>(outside: Outside, compute: () => Result): Result {
  current = outside;
  try {
    return compute();
  } finally {
    current = undefined;
  }
}
