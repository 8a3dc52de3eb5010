import { laterUntil } from "../../unicode-16";
import { CodePoints } from "./code-points";
import { codePointsOf } from "./properties";

/** Has no other case. */
const DOTLESS_I = "\u0131";

/** A character with case folded: `ß` becomes `ss`. */
export function folded(character: string): string {
  return character === DOTLESS_I ? character : character.toLowerCase().toUpperCase().toLowerCase();
}

interface Folds {
  /** Characters with the same folding, by their folding; only if there are several. */
  readonly same: ReadonlyMap<string, CodePoints>;
  /** Foldings of two and three characters, with the characters that have them. */
  readonly long: ReadonlyMap<string, CodePoints>;
}

let made: Folds | undefined;

function folds(): Folds {
  made ??= makeFolds();
  return made;
}

function makeFolds(): Folds {
  const byFold = new Map<string, number[]>();
  for (const codePoint of members(codePointsOf("\\p{Changes_When_Casefolded}\\p{Changes_When_Casemapped}"))) {
    if (laterUntil(codePoint) !== undefined) continue;
    const fold = folded(String.fromCodePoint(codePoint));
    byFold.set(fold, [...(byFold.get(fold) ?? []), codePoint]);
  }
  const sets = Array.from(byFold, ([fold, codePoints]) => {
    return [fold, CodePoints.of(codePoints.flatMap((codePoint) => [codePoint, codePoint + 1]))] as const;
  });
  const long = sets.filter(([fold]) => fold.length > 1 && Array.from(fold).length > 1);
  return { same: new Map(sets), long: new Map(long.sort(([a], [b]) => a.length - b.length)) };
}

function* members(set: CodePoints): Iterable<number> {
  for (let i = 0; i < set.bounds.length; i += 2) {
    for (let codePoint = set.bounds[i] as number; codePoint < (set.bounds[i + 1] as number); codePoint++)
      yield codePoint;
  }
}

/** The character and those that differ only in case. */
export function otherCases(codePoint: number): CodePoints {
  return folds().same.get(folded(String.fromCodePoint(codePoint))) ?? CodePoints.single(codePoint);
}

/** The folding of the character, if it is several characters. */
export function longFold(codePoint: number): string | undefined {
  const fold = folded(String.fromCodePoint(codePoint));
  return folds().long.has(fold) ? fold : undefined;
}

/** The characters whose folding is this text of several characters. */
export function foldingTo(text: string): CodePoints | undefined {
  return folds().long.get(text);
}

const withOthers = /* @__PURE__ */ new WeakMap<CodePoints, CodePoints>();

/** A set with every character that differs only in case from a member. */
export function withOtherCases(set: CodePoints): CodePoints {
  const known = withOthers.get(set);
  if (known !== undefined) return known;
  const more = Array.from(folds().same.values()).filter((same) => holdsAny(set, same));
  const all = more.length === 0 ? set : CodePoints.of([set, ...more].flatMap(({ bounds }) => bounds));
  withOthers.set(set, all);
  return all;
}

/** Whether a set contains one of a few characters. */
function holdsAny(set: CodePoints, few: CodePoints): boolean {
  for (const codePoint of members(few)) if (set.has(codePoint)) return true;
  return false;
}

/** The texts of several characters that differ only in case from a member of the set, shorter ones first. */
export function longFoldsOf(set: CodePoints): string[] {
  return Array.from(folds().long).flatMap(([fold, same]) => (holdsAny(set, same) ? [fold] : []));
}

const asciiLetters = /^[a-zA-Z]$/;

/** The same for `(?I)`: only ASCII letters have another case. */
export function otherAsciiCase(codePoint: number): CodePoints {
  if (!asciiLetters.test(String.fromCodePoint(codePoint))) return CodePoints.single(codePoint);
  return CodePoints.of([codePoint & ~0x20, (codePoint & ~0x20) + 1, codePoint | 0x20, (codePoint | 0x20) + 1]);
}

export function withOtherAsciiCases(set: CodePoints): CodePoints {
  const letters = members(set.intersect(CodePoints.of([0x41, 0x5b, 0x61, 0x7b])));
  return CodePoints.union([set, ...Array.from(letters, otherAsciiCase)]);
}
