import { expect } from "vitest";

/**
 * Expects counts that draws from these probabilities give, unless one time in a million: Pearson's statistic, with the
 * bound by Wilson and Hilferty 1931. What has no probability must not occur.
 */
export function expectDistribution(counts: readonly number[], probabilities: readonly number[]): void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const possible = [...counts.keys()].filter((i) => probabilities[i]! > 0);
  expect(possible.reduce((sum, i) => sum + counts[i]!, 0)).toBe(total);
  const statistic = possible.reduce((sum, i) => {
    const wanted = total * probabilities[i]!;
    return sum + (counts[i]! - wanted) ** 2 / wanted;
  }, 0);
  const freedom = possible.length - 1;
  const spread = 2 / (9 * freedom);
  const bound = freedom * (1 - spread + 4.753 * Math.sqrt(spread)) ** 3;
  if (freedom > 0) expect(statistic).toBeLessThan(bound);
}
