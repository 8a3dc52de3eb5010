// The reference's regular expressions use Unicode 16; the JavaScript engine may have a later version.

/** Stretches of characters added in Unicode 17: the first, and their number. */
export const LATER: readonly number[] = [
  0x88f, 1, 0xc5c, 1, 0xcdc, 1, 0x1acf, 29, 0x20c1, 1, 0x2b96, 1, 0xa7ce, 2, 0xa7d2, 1, 0xa7d4, 1, 0xa7f1, 1, 0xfbc3,
  16, 0xfd90, 2, 0xfdc8, 7, 0x10940, 26, 0x10ec5, 55, 0x11b60, 8, 0x11db0, 58, 0x16ea0, 52, 0x16ff2, 5, 0x187f8, 8,
  0x18d09, 234, 0x1ccfa, 3, 0x1ceba, 55, 0x1e6c0, 64, 0x1f6d8, 1, 0x1f777, 4, 0x1f8d0, 9, 0x1fa54, 4, 0x1fa8a, 5,
  0x1fac8, 6, 0x1faea, 6, 0x1fbfa, 1, 0x2b73a, 6, 0x2cea2, 12, 0x323b0, 4298,
];

/** A letter that lost its case. */
export const WAS_SMALL = 0x295;

/** The end of the stretch in which Unicode 17 added this character; undefined for older characters. */
export function laterUntil(codePoint: number): number | undefined {
  for (let i = 0; i < LATER.length; i += 2) {
    const [first, count] = [LATER[i] as number, LATER[i + 1] as number];
    if (codePoint >= first && codePoint < first + count) return first + count;
  }
  return undefined;
}
