import type { Module } from "../blocks";
import { expectModule, settingsOf } from "../blocks/internal";
import { classOf } from "../describe";
import type { Parameter } from "../tensor";
import { sameShape } from "../tensor/internal";
import type { Difference, ParameterDifference } from "./difference";
import { printDifference } from "./print-difference";

/**
 * What two models differ in, such as a model before and after training, or in float32 and quantized: modules, settings,
 * shapes, and the values of parameters, by how much.
 *
 * @throws TypeError unless both are modules
 * @example
 * ```ts
 * import { gpt, Parameter } from "transformer-blocks";
 * import { diff } from "transformer-blocks/inspect";
 * const config = { vocabSize: 8, contextLength: 16, dModel: 8, heads: 2, layers: 2 };
 * const [before, after] = [gpt(config, { seed: 1 }), gpt(config, { seed: 1 })];
 * diff(before, after).same; // true
 * const weight = after.find("blocks.1.feedForward.up.weight", Parameter);
 * weight.assign(weight.data.map((value) => 2 * value));
 * diff(before, after).values.map(({ path, relative }) => [path, relative]); // [["blocks.1.feedForward.up.weight", 1]]
 * ```
 */
export function diff(first: Module, second: Module): Difference {
  expectModule("diff", "first", first);
  expectModule("diff", "second", second);
  const modules = compared(classesOf(first), classesOf(second));
  const settings = compared(textsOf(settingsOf(first)), textsOf(settingsOf(second)));
  const [ours, theirs] = [first.parameters(), second.parameters()];
  const shapes = compared(shapesOf(ours), shapesOf(theirs));
  const isWithin = (paths: readonly string[]) => (path: string) => !paths.some((outer) => path.startsWith(`${outer}.`));
  const onlyFirst = [...modules.onlyFirst, ...shapes.onlyFirst];
  const onlySecond = [...modules.onlySecond, ...shapes.onlySecond];
  // The settings of a module that only one of them has say nothing more.
  const found = {
    onlyFirst: onlyFirst.filter(isWithin(onlyFirst)),
    onlySecond: onlySecond.filter(isWithin(onlySecond)),
    changed: [...modules.changed, ...settings.changed, ...shapes.changed],
    values: valuesApart(ours, theirs),
  };
  const same = Object.values(found).every(({ length }) => length === 0);
  return Object.defineProperty({ same, ...found } as Difference, "toString", {
    value(this: Difference) {
      return printDifference(this);
    },
  });
}

type Texts = ReadonlyMap<string, string>;

const classesOf = (model: Module): Texts =>
  new Map([...model.modules()].map(([path, module]) => [path, classOf(module)]));

const textsOf = (settings: Record<string, unknown>): Texts =>
  new Map(Object.entries(settings).map(([path, value]) => [path, JSON.stringify(value)]));

const shapesOf = (parameters: ReadonlyMap<string, Parameter>): Texts =>
  new Map(
    [...parameters].map(([path, { shape, quantized }]) => [
      path,
      `[${shape.join(", ")}]${quantized ? ` ${quantized.format}` : ""}`,
    ]),
  );

function compared(first: Texts, second: Texts) {
  return {
    onlyFirst: [...first.keys()].filter((path) => !second.has(path)),
    onlySecond: [...second.keys()].filter((path) => !first.has(path)),
    changed: [...first].flatMap(([path, text]) => {
      const other = second.get(path);
      return other === undefined || other === text ? [] : [{ path, first: text, second: other }];
    }),
  };
}

function valuesApart(first: ReadonlyMap<string, Parameter>, second: ReadonlyMap<string, Parameter>) {
  return [...first]
    .flatMap(([path, parameter]) => {
      const other = second.get(path);
      if (other === undefined || other === parameter || !sameShape(parameter.shape, other.shape)) return [];
      if (!parameter.hasValues || !other.hasValues) return [];
      const found = apart(path, parameter.data, other.data);
      return found.greatest === 0 ? [] : [found];
    })
    .sort((a, b) => b.relative - a.relative);
}

function apart(path: string, a: Float32Array, b: Float32Array): ParameterDifference {
  let [greatest, difference, norm] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    // NaN in one of them, and not in the other, is as far apart as can be.
    const gap = Object.is(a[i], b[i]) ? 0 : Math.abs(a[i]! - b[i]!);
    const counted = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap;
    greatest = Math.max(greatest, counted);
    difference += counted ** 2;
    norm += a[i]! ** 2;
  }
  return { path, greatest, relative: Math.sqrt(difference) / (norm > 0 ? Math.sqrt(norm) : 1) };
}
