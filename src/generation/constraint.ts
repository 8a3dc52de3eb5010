/** Which tokens may come next: gives them for the tokens generated so far. */
export type Constraint = (ids: readonly number[]) => readonly number[];
