import type { Module } from "../blocks";
import type { Shape } from "../tensor";

/**
 * Maps one checkpoint tensor to parameters of ours, by names with `*` for an index. If there are several parameters,
 * the tensor concatenates them along the first axis.
 */
export interface NameRule {
  readonly ours: string | readonly string[];
  readonly theirs: string;
  /** Theirs is [in, out], ours is [out, in]; several of ours are side by side in it. */
  readonly transpose?: boolean | undefined;
  /** Theirs is [1, n], ours is [n]. */
  readonly row?: boolean | undefined;
  /** How many rows theirs has before ours. No model uses them; they are saved as they were loaded, or as zeros. */
  readonly unusedRows?: number | undefined;
}

/** The weight and bias of a layer, or of several layers in one tensor of theirs. A layer may have no bias. */
export function layer(
  ours: string | readonly string[],
  theirs: string,
  { transpose }: { transpose?: boolean } = {},
): NameRule[] {
  const each = (field: string) =>
    typeof ours === "string" ? `${ours}.${field}` : ours.map((one) => `${one}.${field}`);
  return [
    { ours: each("weight"), theirs: `${theirs}.weight`, transpose },
    { ours: each("bias"), theirs: `${theirs}.bias` },
  ];
}

/** A parameter's part of a checkpoint tensor. */
export interface LinkedParameter {
  readonly path: string;
  readonly shape: Shape;
}

/** A rule at one index: a tensor of theirs and the parameters it holds. */
export interface Link {
  readonly theirs: string;
  /** The shape of theirs. */
  readonly shape: Shape;
  readonly ours: readonly LinkedParameter[];
  readonly transpose: boolean;
  readonly unusedRows: number;
}

/**
 * Applies the rules to every parameter of a model.
 *
 * @throws RangeError if a parameter has no rule
 */
export function linksOf(rules: readonly NameRule[], model: Module): Link[] {
  const parameters = model.parameters();
  const ruleOf = new Map(rules.flatMap((rule) => listOf(rule.ours).map((ours) => [ours, rule] as const)));
  const links = new Map<string, Link>();
  for (const path of parameters.keys()) {
    const { template, indices } = templateOf(path);
    const rule = ruleOf.get(template);
    if (rule === undefined) throw new RangeError(`the family has no name for parameter ${path}`);
    const ours = listOf(rule.ours).map((part) => {
      const name = fillIn(part, indices);
      const parameter = parameters.get(name);
      if (parameter === undefined) throw new RangeError(`the family needs parameter ${name} next to ${path}`);
      return { path: name, shape: parameter.shape };
    });
    const theirs = fillIn(rule.theirs, indices);
    const { transpose = false, unusedRows = 0 } = rule;
    links.set(theirs, { theirs, ours, transpose, unusedRows, shape: theirShape(ours, rule) });
  }
  return [...links.values()];
}

/** A name with its indices replaced by `*`. */
export function templateOf(name: string): { template: string; indices: string[] } {
  const indices: string[] = [];
  const template = name
    .split(".")
    .map((field) => (/^\d+$/.test(field) && indices.push(field) ? "*" : field))
    .join(".");
  return { template, indices };
}

const listOf = (ours: string | readonly string[]): readonly string[] => (typeof ours === "string" ? [ours] : ours);

function fillIn(template: string, indices: readonly string[]): string {
  let next = 0;
  return template.replaceAll("*", () => indices[next++] ?? "*");
}

function theirShape(ours: readonly LinkedParameter[], { transpose, row, unusedRows = 0 }: NameRule): Shape {
  const rest = ours[0]!.shape.slice(1);
  const joined = [ours.reduce((length, part) => length + part.shape[0]!, unusedRows), ...rest];
  const turned = transpose ? joined.toReversed() : joined;
  return row ? [1, ...turned] : turned;
}
