/** The candidates closest to a text in spelling, closest first. */
export function nearest(text: string, candidates: readonly string[], count = 5): string[] {
  const distances = candidates.map((candidate) => ({ candidate, distance: editDistance(text, candidate) }));
  distances.sort((a, b) => a.distance - b.distance);
  return distances.slice(0, count).map(({ candidate }) => candidate);
}

/**
 * The number of letters to insert, delete or replace.
 *
 * @see Wagner and Fischer 1974, The String-to-String Correction Problem
 */
export function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    above = row;
  }
  return above[b.length]!;
}
