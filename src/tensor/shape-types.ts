// Over 200 lines: these types build on each other and are easiest to read in one file, from dimensions to shapes.
/** The sizes of a tensor's axes; `number` for a size that is not known to the compiler. */
export type Shape = readonly number[];

/** What the compiler shows if shapes do not fit: the operation and both dimensions. */
export interface Misfit<Message extends string> {
  readonly "shapes do not fit": Message;
}

/** `unknown` where the result exists, otherwise the message: intersected with a parameter's type. */
export type Check<Result, Message extends string> = [Result] extends [never] ? Misfit<Message> : unknown;

/** Whether the rank is unknown to the compiler, so that only the run-time rules can decide. */
export type Unranked<S extends Shape> = number extends S["length"] ? true : false;

/** One dimension against another; `number` fits everything. */
export type Fits<A extends number, B extends number> = number extends A
  ? true
  : number extends B
    ? true
    : A extends B
      ? true
      : false;

/** The more precise of two dimensions that fit. */
export type Meet<A extends number, B extends number> = number extends A ? B : A;

type BroadcastDimension<A extends number, B extends number> = A extends 1
  ? B
  : B extends 1
    ? A
    : Fits<A, B> extends true
      ? Meet<A, B>
      : never;

/** The shape of two operands under NumPy's broadcasting rules, right-aligned; `never` where they do not fit. */
export type BroadcastShape<A extends Shape, B extends Shape> = true extends Unranked<A> | Unranked<B>
  ? Shape
  : [A, B] extends [B, A] // Two of one type stay that type: a sum of two `Sequence` is a `Sequence`.
    ? A
    : DifferentShapes<A, B>;

type DifferentShapes<A extends Shape, B extends Shape> = A extends readonly []
  ? B
  : B extends readonly []
    ? A
    : [A, B] extends [
          readonly [...infer RestA extends number[], infer LastA extends number],
          readonly [...infer RestB extends number[], infer LastB extends number],
        ]
      ? [BroadcastDimension<LastA, LastB>] extends [never]
        ? never
        : BroadcastShape<RestA, RestB> extends infer Rest extends Shape
          ? [...Rest, BroadcastDimension<LastA, LastB>]
          : never
      : never;

/** The last dimension, `number` where the rank is unknown. */
export type Last<S extends Shape> =
  true extends Unranked<S> ? number : S extends readonly [...number[], infer L extends number] ? L : never;

/** The dimension before the last. */
export type SecondLast<S extends Shape> =
  true extends Unranked<S> ? number : S extends readonly [...number[], infer L extends number, number] ? L : never;

/** All dimensions but the last. */
export type Leading<S extends Shape> = S extends readonly [...infer R extends number[], number] ? R : never;

/** The rows of scores [..., classes]. */
export type RowsShape<S extends Shape> = true extends Unranked<S> ? Shape : Leading<S>;

/** What is left of losses: their shape if `reduction` is "none", one number if it is another word. */
export type LossShape<S extends Shape, Reduction extends string | undefined> = [Reduction] extends ["none"]
  ? S
  : "none" extends Reduction
    ? Shape
    : string extends Reduction
      ? Shape
      : [];

/** The inner dimension of a matrix product's right operand: a vector's only one, otherwise the second to last. */
type Inner<B extends Shape> = B extends readonly [infer K extends number] ? K : SecondLast<B>;

/** [..., m, k] · [..., k, n] → [..., m, n]; a vector is a row on the left, a column on the right, and leaves no axis. */
export type MatmulShape<A extends Shape, B extends Shape> = true extends Unranked<A> | Unranked<B>
  ? Shape
  : Fits<Last<A>, Inner<B>> extends true
    ? A extends readonly [number]
      ? B extends readonly [number]
        ? []
        : [...Leading<Leading<B>>, Last<B>]
      : B extends readonly [number]
        ? Leading<A>
        : BroadcastShape<Leading<Leading<A>>, Leading<Leading<B>>> extends infer Batch extends Shape
          ? [...Batch, SecondLast<A>, Last<B>]
          : never
    : never;

export type MatmulMessage<A extends Shape, B extends Shape> =
  Fits<Last<A>, Inner<B>> extends true
    ? "matmul: the batch dimensions do not broadcast"
    : `matmul: inner dimensions ${Last<A>} and ${Inner<B>} differ`;

/** x [..., in], weight [out, in] → [..., out], or weight [in] → [...] */
export type LinearShape<X extends Shape, W extends Shape> = true extends Unranked<X> | Unranked<W>
  ? Shape
  : Fits<Last<X>, Last<W>> extends true
    ? W extends readonly [number]
      ? Leading<X>
      : [...Leading<X>, SecondLast<W>]
    : never;

/** `true` where the last dimensions of S are W. */
export type EndsWith<S extends Shape, W extends Shape> =
  Unranked<W> extends true // First, so that a generic S is accepted.
    ? true
    : Unranked<S> extends true
      ? true
      : W extends readonly []
        ? true
        : S extends readonly []
          ? never
          : Fits<Last<S>, Last<W>> extends true
            ? EndsWith<Leading<S>, Leading<W>>
            : never;

/** An axis counted from the front. */
export type AxisIndex<S extends Shape, A extends number> = `${A}` extends `-${infer Back extends number}`
  ? FromBack<S, Back>
  : A;
type FromBack<S extends Shape, Back extends number, Dropped extends 0[] = []> = Dropped["length"] extends Back
  ? S["length"]
  : S extends readonly []
    ? never
    : FromBack<Leading<S>, Back, [...Dropped, 0]>;

/** One axis with another size. */
export type WithAxis<S extends Shape, Index extends number, Size extends number> = {
  [I in keyof S]: I extends `${Index}` ? Size : S[I];
};

/** Only the rank. */
export type Sizes<S extends Shape> = { [I in keyof S]: number };

export type WithoutAxes<
  S extends Shape,
  Indices extends number,
  Seen extends 0[] = [],
  Done extends number[] = [],
> = S extends readonly [infer Head extends number, ...infer Rest extends number[]]
  ? WithoutAxes<Rest, Indices, [...Seen, 0], Seen["length"] extends Indices ? Done : [...Done, Head]>
  : Done;

/** A part of one axis, or another number along it; `number` if that is known only at run time. */
export type SliceShape<S extends Shape, Axis extends number, Size extends number = number> = number extends Axis
  ? Sizes<S>
  : WithAxis<S, AxisIndex<S, Axis>, Size>;

/** The axes of a reduction: one, several, or all if undefined. */
export type Axes = number | readonly number[] | undefined;

/** A shape after a sum along one axis, along several, or along all if omitted. */
export type ReducedShape<S extends Shape, Axis extends Axes, Keep extends boolean | undefined> = [Axis] extends [
  undefined,
]
  ? [Keep] extends [true]
    ? { [I in keyof S]: 1 }
    : [true] extends [Keep]
      ? Shape
      : []
  : true extends Unranked<S>
    ? Shape
    : undefined extends Axis
      ? Shape
      : [Keep] extends [true]
        ? Kept<S, Listed<Axis>>
        : true extends Keep
          ? Shape
          : Reduced<S, Listed<Axis>>;
export type Listed<Axis> = Axis extends readonly number[] ? Axis : Axis extends number ? [Axis] : never;
/** The axes of a list, counted from the front: a union. `number` where one is not known to the compiler. */
export type Indices<S extends Shape, List extends readonly number[]> = {
  [I in keyof List]: number extends List[I] ? number : AxisIndex<S, List[I]>;
}[number];
type Kept<S extends Shape, List extends readonly number[]> =
  number extends Indices<S, List> ? Sizes<S> : { [I in keyof S]: I extends `${Indices<S, List>}` ? 1 : S[I] };
type Reduced<S extends Shape, List extends readonly number[]> = number extends List["length"]
  ? Shape
  : number extends Indices<S, List>
    ? WithoutFirst<S, List>
    : WithoutAxes<S, Indices<S, List>>;
/** Only the rank: as many axes fewer as the list has. */
type WithoutFirst<S extends Shape, List extends readonly unknown[]> = List extends readonly [unknown, ...infer Rest]
  ? WithoutFirst<WithoutAxes<S, 0>, Rest>
  : Sizes<S>;

/** Axis i of the result is axis `Order[i]`. */
export type PermuteShape<S extends Shape, Order extends readonly number[]> = number extends Order["length"]
  ? Sizes<S>
  : true extends Unranked<S>
    ? Sizes<Order>
    : { [I in keyof Order]: number extends Order[I] ? number : SizeAt<S, AxisIndex<S, Order[I]>> };
export type SizeAt<S extends Shape, Index extends number> = S[Index] extends infer Size extends number ? Size : number;

/** Whether two ranks are the same and their sizes fit. */
export type Agree<A extends Shape, B extends Shape> = [A, B] extends [
  readonly [infer HeadA extends number, ...infer RestA extends number[]],
  readonly [infer HeadB extends number, ...infer RestB extends number[]],
]
  ? Fits<HeadA, HeadB> extends true
    ? Agree<RestA, RestB>
    : false
  : [A["length"], B["length"]] extends [0, 0]
    ? true
    : false;

/**
 * The shape of a result in its context: sizes known only at run time are taken from the type that the context expects,
 * so that `let x = ones([1, 3, 4]); x = add(x, slice(y, { axis: 0, end }))` compiles. Without a context, or if it does
 * not fit, the shape that was found.
 */
export type Settled<Found extends Shape, Wanted extends Shape> = [Found] extends [never]
  ? never
  : true extends Unranked<Wanted>
    ? Found
    : true extends Unranked<Found>
      ? Wanted
      : Agree<Found, Wanted> extends true
        ? Wanted
        : Found;

/** Two shapes, joined along one axis: the others must fit; the joined one is summed at run time. */
type ConcatenatePair<A extends Shape, B extends Shape, Axis extends number, Done extends number[] = []> = A extends
  | readonly []
  | never
  ? B extends readonly []
    ? Done
    : never
  : [A, B] extends [
        readonly [infer HeadA extends number, ...infer RestA extends number[]],
        readonly [infer HeadB extends number, ...infer RestB extends number[]],
      ]
    ? Done["length"] extends Axis
      ? ConcatenatePair<RestA, RestB, Axis, [...Done, number]>
      : Fits<HeadA, HeadB> extends true
        ? ConcatenatePair<RestA, RestB, Axis, [...Done, Meet<HeadA, HeadB>]>
        : never
    : never;

/** The shape of a list of tensors joined along an axis; `never` where another dimension differs. */
export type ConcatenateShape<Shapes extends readonly Shape[], Axis extends number> = Shapes extends readonly [
  infer First extends Shape,
  infer Second extends Shape,
  ...infer Rest extends Shape[],
]
  ? true extends Unranked<First> | Unranked<Second>
    ? Shape
    : number extends Axis
      ? Shape
      : ConcatenatePair<First, Second, AxisIndex<First, Axis>> extends infer Joined extends Shape
        ? ConcatenateShape<[Joined, ...Rest], Axis>
        : never
  : Shapes extends readonly [infer Only extends Shape]
    ? Only
    : Shape;

/** The last two axes exchanged: [..., a, b] → [..., b, a]. */
export type TransposeShape<S extends Shape> =
  true extends Unranked<S> ? Shape : [...Leading<Leading<S>>, Last<S>, SecondLast<S>];

/** The size of a vector; `never` for another rank. */
export type VectorSize<S extends Shape> =
  true extends Unranked<S> ? number : S extends readonly [infer Size extends number] ? Size : never;

/** x [batch, channels, …] or [channels, …] with `Rank` or one axis fewer, weight [out, …]; places are known at run time. */
export type ConvolutionShape<X extends Shape, W extends Shape, Rank extends 3 | 4> = true extends
  | Unranked<X>
  | Unranked<W>
  ? Shape
  : W extends readonly [infer Out extends number, number, ...infer Kernel extends number[]]
    ? W["length"] extends Rank
      ? X["length"] extends Rank
        ? [X[0], Out, ...Sizes<Kernel>]
        : X extends readonly [number, ...Sizes<Kernel>]
          ? [Out, ...Sizes<Kernel>]
          : never
      : never
    : never;

/** The letters of a term of `einsum`. */
type Letters<Term extends string> = Term extends `${infer First}${infer Rest}`
  ? First extends " "
    ? Letters<Rest>
    : [First, ...Letters<Rest>]
  : [];
/** The letters of all terms, each with its size: a union of pairs. */
type LetterSizes<Terms extends string, Shapes extends readonly Shape[]> = Shapes extends readonly [
  infer First extends Shape,
  ...infer Rest extends Shape[],
]
  ? Terms extends `${infer Term},${infer Others}`
    ? PairUp<Letters<Term>, First> | LetterSizes<Others, Rest>
    : PairUp<Letters<Terms>, First>
  : never;
type PairUp<Names extends readonly string[], S extends Shape> = {
  [I in keyof Names]: [Names[I], I extends keyof S ? S[I] : number];
}[number];
/** The size of a letter: a size of 1 broadcasts. */
type LetterSize<Pairs, Name> =
  Extract<Pairs, [Name, unknown]> extends [Name, infer Size extends number]
    ? [Exclude<Size, 1>] extends [never]
      ? Size
      : Exclude<Size, 1>
    : number;

/** The result of `einsum`, where the equation is literal, has an arrow and no ellipsis. */
export type EinsumShape<
  Equation extends string,
  Shapes extends readonly Shape[],
> = Equation extends `${string}.${string}`
  ? Shape
  : Equation extends `${infer Terms}->${infer Output}`
    ? Letters<Output> extends infer Names extends readonly string[]
      ? { [I in keyof Names]: LetterSize<LetterSizes<Terms, Shapes>, Names[I]> }
      : never
    : Shape;

/** All dimensions but the first: a row's. */
export type RowShape<S extends Shape> = S extends readonly [number, ...infer Rest extends number[]] ? Rest : Shape;

/** Numbers nested to any depth. */
export type NestedArray = number | readonly NestedArray[];

/** Nested arrays of the rank of a shape; a number at rank 0. */
export type NestedIndices<S extends Shape> =
  true extends Unranked<S>
    ? NestedArray
    : S extends readonly [number, ...infer Rest extends number[]]
      ? NestedIndices<Rest>[]
      : number;

/** The shape that a nested array spells out. */
export type ShapeOf<Data> = Data extends Float32Array
  ? [number]
  : Data extends number
    ? []
    : Data extends readonly (infer Element)[]
      ? NestedArray extends Element
        ? Shape
        : ShapeOf<Element> extends infer Inner extends Shape
          ? [Data["length"], ...Inner]
          : Shape
      : Shape;
