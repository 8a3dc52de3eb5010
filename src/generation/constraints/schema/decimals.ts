import {
  callOf,
  choice,
  type Expression,
  literal,
  newRule,
  nothing,
  oneByte,
  repeat,
  sequence,
} from "../automaton/expression";

/** A double tells all decimals of so many digits apart. */
export const MOST_DIGITS = 15;

const LARGEST = 10n ** BigInt(MOST_DIGITS) - 1n;
const ZERO = 0x30;

export interface DecimalsOptions {
  readonly least: bigint;
  readonly most: bigint;
  /** The number of digits behind the point. */
  readonly fraction: number;
  /** A number n / 10^fraction is allowed or not by its remainder n mod this. */
  readonly modulus: number;
  readonly isAllowed: (remainder: number) => boolean;
}

/**
 * Decimals in a range: n / 10^fraction for least ≤ n ≤ most, written with exactly that many digits behind the point and
 * without −0. The sign of n does not change whether it is allowed.
 */
export function decimals(options: DecimalsOptions): Expression {
  const { least, most } = options;
  const low = least < -LARGEST ? -LARGEST : least;
  const high = most > LARGEST ? LARGEST : most;
  const digits = new Digits(options);
  const positive = digits.between(low > 0n ? low : 0n, high);
  const negative = digits.between(high < 0n ? -high : 1n, -low);
  return choice([positive, sequence([literal("-"), negative])]);
}

/** The digits of numbers that are at least 0. */
class Digits {
  readonly #fraction: number;
  readonly #modulus: number;
  readonly #isAllowed: (remainder: number) => boolean;
  /** The rest of a number that no bound limits any more, by the digits left and what those so far add to the remainder. */
  readonly #free = new Map<string, Expression>();

  constructor({ fraction, modulus, isAllowed }: DecimalsOptions) {
    this.#fraction = fraction;
    this.#modulus = modulus;
    this.#isAllowed = isAllowed;
  }

  between(least: bigint, most: bigint): Expression {
    if (least > most) return nothingFits;
    const options: Expression[] = [];
    const shortest = this.#fraction + 1;
    for (let length = shortest; length <= String(most).length || length === shortest; length++) {
      // Only a number with one digit before the point may begin with 0.
      const smallest = length === shortest ? 0n : 10n ** BigInt(length - 1);
      const largest = 10n ** BigInt(length) - 1n;
      const [from, to] = [least > smallest ? least : smallest, most < largest ? most : largest];
      if (from > to) continue;
      const text = (bound: bigint) => String(bound).padStart(length, "0");
      options.push(this.#rest(text(from), text(to), 0, 0));
    }
    return choice(options);
  }

  /**
   * The digits from a position on.
   *
   * @param low the digits of the smallest number if those so far are its own, or undefined
   * @param high those of the largest
   */
  #rest(low: string | undefined, high: string | undefined, left: number, remainder: number): Expression {
    const length = low?.length ?? high?.length;
    if (length === undefined) return this.#freeDigits(left, remainder);
    const options: Expression[] = [];
    const first = low === undefined ? 0 : Number(low[0]);
    const last = high === undefined ? 9 : Number(high[0]);
    if (length === 0) return this.#end(remainder);
    for (let digit = first; digit <= last; digit++) {
      const isLow = low !== undefined && digit === first;
      const isHigh = high !== undefined && digit === last;
      const rest = this.#rest(
        isLow ? low.slice(1) : undefined,
        isHigh ? high.slice(1) : undefined,
        length - 1,
        (remainder * 10 + digit) % this.#modulus,
      );
      options.push(this.#digit(digit, digit, length, rest));
    }
    return choice(options);
  }

  #end(remainder: number): Expression {
    return this.#isAllowed(remainder) ? nothing : nothingFits;
  }

  /** A digit, and the point if it is next. */
  #digit(first: number, last: number, length: number, rest: Expression): Expression {
    const point = this.#fraction > 0 && length === this.#fraction + 1 ? literal(".") : nothing;
    return sequence([oneByte(ZERO + first, ZERO + last), point, rest]);
  }

  #freeDigits(left: number, remainder: number): Expression {
    if (left === 0) return this.#end(remainder);
    const isPlain = this.#modulus === 1 && left <= this.#fraction;
    if (isPlain) return repeat(oneByte(ZERO, ZERO + 9), left, left);
    const key = `${left} ${this.#shareOf(remainder, left)}`;
    let known = this.#free.get(key);
    if (known !== undefined) return known;
    const rule = newRule("digits");
    known = callOf(rule);
    this.#free.set(key, known);
    if (this.#modulus === 1) rule.body = this.#digit(0, 9, left, this.#freeDigits(left - 1, 0));
    else
      rule.body = choice(
        Array.from({ length: 10 }, (_, digit) =>
          this.#digit(digit, digit, left, this.#freeDigits(left - 1, (remainder * 10 + digit) % this.#modulus)),
        ),
      );
    return known;
  }

  /**
   * What digits with this remainder add to that of the whole number, if others follow: remainder · 10^left. Digits that add
   * the same go on alike. Of a multiple of 1000 only the last three digits matter, whatever stands before them.
   */
  #shareOf(remainder: number, left: number): number {
    let share = remainder;
    for (let digit = 0; digit < left && share > 0; digit++) share = (share * 10) % this.#modulus;
    return share;
  }
}

const nothingFits = /* @__PURE__ */ choice([]);
