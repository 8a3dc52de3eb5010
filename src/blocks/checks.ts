import {
  type Check,
  type Checks,
  checkOptions,
  describe,
  expectFunction,
  expectRecord,
  meantWord,
  numberIn,
  oneOf,
  unchecked,
  wholeIn,
  wrongKind,
} from "../checks";
import { Parameter, ShapeError, Tensor } from "../tensor";
import { Module } from "./module";
import type { Sequence } from "./pass";

/** A number of dimensions, heads, tokens in a vocabulary. */
export const size = wholeIn({ least: 1, most: 2 ** 32 });

/** A number of layers: all are created by the constructor. */
export const depth = /* @__PURE__ */ wholeIn({ least: 1, most: 2 ** 16 });

/** The share that dropout zeroes. */
export const rate = numberIn({ least: 0, below: 1 });

/** Added to a variance before its square root. */
export const epsilon = /* @__PURE__ */ numberIn({ least: 0 });

/** The initial distribution of a parameter. */
export const initial: Check = expectFunction;

/** A parameter to share. */
export const parameter: Check = (where, name, value) => {
  if (!(value instanceof Parameter)) throw wrongKind(where, name, "a Parameter", value);
};

/** The allowed and the required fields of each kind of config. */
export type KindChecks<Config extends { kind: string }> = {
  readonly [Kind in Config["kind"]]: {
    readonly checks: Checks<Omit<Extract<Config, { kind: Kind }>, "kind">>;
    readonly required: readonly Exclude<keyof Extract<Config, { kind: Kind }> & string, "kind">[];
  };
};

/** Checks a config by the options of its kind. @throws as `checkOptions` */
export function checkKind<Config extends { kind: string }>(
  where: string,
  config: Config,
  kinds: KindChecks<Config>,
): void {
  if (typeof config === "string")
    throw new TypeError(
      `${where}: config must be an object, { kind: … }, not ${describe(config)}${meantWord(config, Object.keys(kinds))}`,
    );
  expectRecord(where, "config", config);
  oneOf(Object.keys(kinds))(where, "kind", config.kind);
  const { checks, required } = kinds[config.kind as Config["kind"]];
  checkOptions<Record<string, unknown>>(where, config, { kind: unchecked, ...checks }, required);
}

/** The options that a part knows, for a block or model that passes its own options on. */
export function pick<Part extends object>(options: Part, checks: object): Part {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(checks, name))) as Part;
}

/** @throws TypeError unless it is a tensor; ShapeError unless its shape is [batch, seq, dModel] */
export function expectSequence(where: string, name: string, x: unknown): asserts x is Tensor<Sequence> {
  if (!(x instanceof Tensor)) throw wrongKind(where, name, "a Tensor", x);
  if (x.rank !== 3) throw new ShapeError(`${where}: ${name} ${x.describe()} is not [batch, seq, dModel]`);
}

/** A module that turns a tensor into another, such as a layer of a block. */
export const expectLayer: Check = (where, name, value) => {
  if (!(value instanceof Module) || typeof Reflect.get(value, "forward") !== "function")
    throw wrongKind(where, name, "a Module with forward(x, pass)", value);
};
