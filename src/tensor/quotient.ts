import type { Shape } from "./shape-types";

/**
 * product(S) / product(Others): the size that a reshape leaves to be found. `number` where a size is unknown to the
 * compiler or too large for it, `never` where there is no such size. It is worked out digit by digit, as on paper, since
 * types can count but not calculate: the elements of a tuple, fewer than 10,000.
 */
export type Quotient<S extends Shape, Others extends Shape> = number extends S[number] | Others[number]
  ? number
  : 0 extends S[number] | Others[number]
    ? number
    : Cancelled<S, Others>;

/** What both have is left out first. */
type Cancelled<S extends Shape, Others extends Shape, Left extends Shape = []> = Others extends readonly [
  infer Size extends number,
  ...infer Rest extends number[],
]
  ? Size extends S[number]
    ? Cancelled<Without<S, Size>, Rest, Left>
    : Cancelled<S, Rest, [...Left, Size]>
  : Divided<Product<S>, Left>;

type Without<S extends Shape, Size extends number> = S extends readonly [infer Head, ...infer Rest extends number[]]
  ? Head extends Size
    ? Rest
    : [Head & number, ...Without<Rest, Size>]
  : [];

/** Its digits; `string` if it is too large. */
type Product<S extends Shape, Digits extends string = "1"> = S extends readonly [
  infer Head extends number,
  ...infer Rest extends number[],
]
  ? Product<Rest, Multiplied<Digits, `${Head}`>>
  : Digits;

type Multiplied<A extends string, B extends string> =
  IsShort<B> extends true
    ? Multiple<Reversed<A>, Count<B>>
    : IsShort<A> extends true
      ? Multiple<Reversed<B>, Count<A>>
      : string;

/** From the last digit on. */
type Multiple<
  Digits extends string,
  Factor extends 0[],
  Carry extends 0[] = [],
  Done extends string = "",
> = Digits extends `${infer Next extends keyof Digit}${infer Rest}`
  ? Reversed<`${[...Times<Factor, Digit[Next]>, ...Carry]["length"] & number}`> extends `${infer Last}${infer Tens}`
    ? Multiple<Rest, Factor, Count<Reversed<Tens>>, `${Last}${Done}`>
    : never
  : Trimmed<`${Carry["length"]}${Done}`>;

type Divided<Digits extends string, Divisors extends Shape> = Divisors extends readonly [
  infer Head extends number,
  ...infer Rest extends number[],
]
  ? string extends Digits
    ? number
    : IsShort<`${Head}`> extends true
      ? Divided<Share<Digits, Count<`${Head}`>>, Rest>
      : number
  : string extends Digits
    ? number
    : Digits extends `${infer Size extends number}`
      ? Size
      : never;

/** From the first digit on; `never` if something remains. */
type Share<
  Digits extends string,
  Divisor extends 0[],
  Over extends 0[] = [],
  Done extends string = "",
> = Digits extends `${infer Next extends keyof Digit}${infer Rest}`
  ? Taken<[...Tens<Over>, ...Digit[Next]], Divisor> extends [infer Left extends 0[], infer Often extends number]
    ? Share<Rest, Divisor, Left, `${Done}${Often}`>
    : never
  : Over extends []
    ? Trimmed<Done>
    : never;

/** What remains of a count after the divisor is taken as often as possible, and how often that is. */
type Taken<Left extends 0[], Divisor extends 0[], Often extends 0[] = []> = Left extends [
  ...Divisor,
  ...infer Less extends 0[],
]
  ? Taken<Less, Divisor, [...Often, 0]>
  : [Left, Often["length"]];

interface Digit {
  0: [];
  1: [0];
  2: [0, 0];
  3: [0, 0, 0];
  4: [0, 0, 0, 0];
  5: [0, 0, 0, 0, 0];
  6: [0, 0, 0, 0, 0, 0];
  7: [0, 0, 0, 0, 0, 0, 0];
  8: [0, 0, 0, 0, 0, 0, 0, 0];
  9: [0, 0, 0, 0, 0, 0, 0, 0, 0];
}
type Times<T extends 0[], Often extends 0[]> = Often extends [0, ...infer Less extends 0[]]
  ? [...T, ...Times<T, Less>]
  : [];
type Tens<T extends 0[]> = [...Times<T, Digit[9]>, ...T];

/** As many zeros as the digits say. */
type Count<
  Digits extends string,
  Done extends 0[] = [],
> = Digits extends `${infer Next extends keyof Digit}${infer Rest}`
  ? Count<Rest, [...Tens<Done>, ...Digit[Next]]>
  : Done;

type Reversed<Digits extends string> = Digits extends `${infer First}${infer Rest}` ? `${Reversed<Rest>}${First}` : "";
type Trimmed<Digits extends string> = Digits extends `0${infer Rest}` ? Trimmed<Rest> : Digits;

/** Whether there are at most three digits. */
type IsShort<Digits extends string> = Digits extends `${infer _}${infer _}${infer _}${infer Rest}`
  ? Rest extends ""
    ? true
    : false
  : true;
