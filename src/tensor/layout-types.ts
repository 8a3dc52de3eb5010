import type { Quotient } from "./quotient";
import type {
  Agree,
  AxisIndex,
  Fits,
  Listed,
  Meet,
  PermuteShape,
  Shape,
  SizeAt,
  Sizes,
  TransposeShape,
  Unranked,
  WithAxis,
  WithoutAxes,
} from "./shape-types";

/** A shape in which one size may be −1: as large as the elements of S ask for. `never` if no size fits. */
export type ReshapeShape<S extends Shape, To extends Shape> = -1 extends To[number]
  ? number extends To["length"]
    ? Shape
    : [Missing<S, To>] extends [never]
      ? never
      : { [I in keyof To]: To[I] extends -1 ? Missing<S, To> : To[I] }
  : To;
type Missing<S extends Shape, To extends Shape> = true extends Unranked<S> ? number : Quotient<S, Known<To>>;
type Known<To extends Shape> = To extends readonly [infer Head extends number, ...infer Rest extends number[]]
  ? Head extends -1
    ? Known<Rest>
    : [Head, ...Known<Rest>]
  : [];

/** The wider shape, with S's size where it says −1; `never` where S does not broadcast to it. */
export type ExpandShape<S extends Shape, To extends Shape> =
  true extends Unranked<S>
    ? { [I in keyof To]: To[I] extends -1 ? number : To[I] }
    : true extends Unranked<To>
      ? Shape
      : S extends readonly []
        ? -1 extends To[number]
          ? never
          : To
        : [S, To] extends [
              readonly [...infer RestS extends number[], infer LastS extends number],
              readonly [...infer RestTo extends number[], infer LastTo extends number],
            ]
          ? [ExpandSize<LastS, LastTo>] extends [never]
            ? never
            : ExpandShape<RestS, RestTo> extends infer Rest extends Shape
              ? [...Rest, ExpandSize<LastS, LastTo>]
              : never
          : never;
type ExpandSize<Size extends number, To extends number> = To extends -1
  ? Size
  : Size extends 1
    ? To
    : Fits<Size, To> extends true
      ? Meet<To, Size>
      : never;

/** Without the axes of a list, or without every axis of size 1. */
export type SqueezeShape<S extends Shape, Axis extends number | readonly number[] | undefined> =
  true extends Unranked<S>
    ? Shape
    : [Axis] extends [undefined]
      ? number extends S[number]
        ? Shape
        : LargerThanOne<S>
      : undefined extends Axis
        ? Shape
        : Removed<S, Listed<Axis>>;
type LargerThanOne<S extends Shape> = S extends readonly [infer Head extends number, ...infer Rest extends number[]]
  ? [...(Head extends 1 ? [] : [Head]), ...LargerThanOne<Rest>]
  : [];
type Removed<S extends Shape, List extends readonly number[]> = number extends List["length"]
  ? Shape
  : number extends List[number]
    ? Shape
    : WithoutAxes<S, { [I in keyof List]: AxisIndex<S, List[I]> }[number]>;

/** With another axis, at a place of the result. */
export type UnsqueezeShape<S extends Shape, Axis extends number, Size extends number = 1> =
  true extends Unranked<S>
    ? Shape
    : number extends Axis
      ? Sizes<[number, ...S]>
      : Inserted<S, AxisIndex<[number, ...S], Axis>, Size>;
type Inserted<
  S extends Shape,
  Index extends number,
  Size extends number,
  Before extends number[] = [],
> = Before["length"] extends Index
  ? [...Before, Size, ...S]
  : S extends readonly [infer Head extends number, ...infer Rest extends number[]]
    ? Inserted<Rest, Index, Size, [...Before, Head]>
    : never;

/** Tensors of one shape as the rows of another axis; `never` where the shapes differ. */
export type StackShape<Shapes extends readonly Shape[], Axis extends number> = Shapes extends readonly [
  infer First extends Shape,
  ...infer Rest extends readonly Shape[],
]
  ? true extends Unranked<First>
    ? Shape
    : AllAgree<First, Rest> extends true
      ? UnsqueezeShape<First, Axis, Shapes["length"]>
      : never
  : Shape;
type AllAgree<First extends Shape, Others extends readonly Shape[]> = Others extends readonly [
  infer Next extends Shape,
  ...infer Rest extends readonly Shape[],
]
  ? true extends Unranked<Next>
    ? true
    : Agree<First, Next> extends true
      ? AllAgree<First, Rest>
      : false
  : true;

/** One axis with another size. */
export type ResizedShape<S extends Shape, Axis extends number, Size extends number> = number extends Axis
  ? Sizes<S>
  : WithAxis<S, AxisIndex<S, Axis>, Size>;

/** Only the rank: that of S, or as many axes as there are numbers of times. */
export type RepeatShape<S extends Shape, Times extends number | readonly number[]> =
  true extends Unranked<S>
    ? Shape
    : Times extends readonly number[]
      ? number extends Times["length"]
        ? Shape
        : Sizes<Times> extends infer Rank extends readonly number[]
          ? S extends readonly [...Rank, ...number[]]
            ? Sizes<S>
            : Rank
          : never
      : Sizes<S>;

/** The windows of an axis are its new elements; those of a window are another axis, the last. */
export type WindowsShape<S extends Shape, Axis extends number, Size extends number> =
  true extends Unranked<S> ? Shape : [...ResizedShape<S, Axis, number>, Size];

/** Two axes exchanged, or all in another order; the last two exchanged if undefined. */
export type TransposedShape<S extends Shape, Order extends readonly number[] | undefined> = [Order] extends [undefined]
  ? TransposeShape<S>
  : Order extends readonly [infer A extends number, infer B extends number]
    ? number extends A | B
      ? Sizes<S>
      : Exchanged<S, AxisIndex<S, A>, AxisIndex<S, B>>
    : Order extends readonly number[]
      ? PermuteShape<S, Order>
      : Shape;
type Exchanged<S extends Shape, A extends number, B extends number> = {
  [I in keyof S]: I extends `${A}` ? SizeAt<S, B> : I extends `${B}` ? SizeAt<S, A> : S[I];
};
