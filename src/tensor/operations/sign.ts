/** −1, 0 or 1; 0 for NaN, as in PyTorch. */
export const signOf = (x: number): number => (x > 0 ? 1 : x < 0 ? -1 : 0);
