import type { Module } from "../blocks";
import type { Shape } from "../tensor";

/**
 * Maps one checkpoint tensor to parameters of ours, by names with `*` for an index. If there are several parameters,
 * the tensor concatenates them along the first axis. A number in a name of ours stands for itself: such a rule goes
 * before one with `*`. Of rules for the same parameter the last one counts, and rules for parameters that the model
 * lacks are ignored: a family can therefore append its differences to the rules of another.
 */
export interface NameRule {
  readonly ours: string | readonly string[];
  readonly theirs: string;
  /** Theirs is [in, out], ours is [out, in]; several of ours are side by side in it. */
  readonly transpose?: boolean | undefined;
  /**
   * Theirs interleaves the rows of several of ours: it is this many repeats of [rows of the first, rows of the second,
   * …], with an equal share of each in every repeat. A fused projection that goes head by head has as many groups as
   * heads, gate and up in alternating rows have as many as there are rows.
   */
  readonly groups?: number | undefined;
  /**
   * Ours are many modules, such as experts, and theirs is one tensor with a further first axis that counts them. The
   * last `*` of ours is the place on that axis, so ours has one `*` more. What else the rule says holds for each slice.
   */
  readonly stacked?: boolean | undefined;
  /** Theirs has one more axis, of length 1, at this place: 0 for [1, n] where ours is [n]. */
  readonly unitAxis?: number | undefined;
  /** How many rows theirs has before ours. No model uses them; they are saved as they were loaded, or as zeros. */
  readonly unusedRows?: number | undefined;
}

/** The weight and bias of a layer, or of several layers in one tensor of theirs. A layer may have no bias. */
export function layer(
  ours: string | readonly string[],
  theirs: string,
  { transpose, groups, stacked }: Pick<NameRule, "transpose" | "groups" | "stacked"> = {},
): NameRule[] {
  const each = (field: string) =>
    typeof ours === "string" ? `${ours}.${field}` : ours.map((one) => `${one}.${field}`);
  return [
    { ours: each("weight"), theirs: `${theirs}.weight`, transpose, groups, stacked },
    { ours: each("bias"), theirs: `${theirs}.bias`, groups, stacked },
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
  /** Those of the first slice, then those of the second one. */
  readonly ours: readonly LinkedParameter[];
  /** The number of slices along the first axis of theirs; 1 if it is not stacked. */
  readonly stack: number;
  readonly groups: number;
  readonly transpose: boolean;
  readonly unusedRows: number;
}

/**
 * Applies the rules to every parameter of a model.
 *
 * @throws RangeError if a parameter has no rule, or if rows do not divide into groups
 */
export function linksOf(rules: readonly NameRule[], model: Module): Link[] {
  const parameters = model.parameters();
  const ruleOf = ruleFinder(rules);
  const links = new Map<string, Link>();
  for (const path of parameters.keys()) {
    const found = ruleOf(path);
    if (found === undefined) throw new RangeError(`the family has no name for parameter ${path}`);
    const { rule, indices } = found;
    if (rule.stacked && indices.length === 0)
      throw new RangeError(`the family stacks ${path} in ${rule.theirs}, but its name has no * for the place`);
    const outer = rule.stacked ? indices.slice(0, -1) : indices;
    const theirs = fillIn(rule.theirs, outer);
    if (links.has(theirs)) continue;
    const slices = rule.stacked ? stackedIndices(listOf(rule.ours)[0]!, outer, parameters) : [indices];
    const ours = slices.flatMap((slice) =>
      listOf(rule.ours).map((part) => {
        const name = fillIn(part, slice);
        const parameter = parameters.get(name);
        if (parameter === undefined) throw new RangeError(`the family needs parameter ${name} next to ${path}`);
        return { path: name, shape: parameter.shape };
      }),
    );
    links.set(theirs, linkOf(theirs, rule, ours, slices.length));
  }
  return expectEachOnce([...links.values()], parameters);
}

/** @throws RangeError if a parameter is in two tensors, or in none */
function expectEachOnce(links: Link[], parameters: ReadonlyMap<string, unknown>): Link[] {
  const holder = new Map<string, string>();
  for (const { theirs, ours } of links)
    for (const { path } of ours) {
      const other = holder.get(path);
      if (other !== undefined)
        throw new RangeError(`the family has two names for parameter ${path}: ${other} and ${theirs}`);
      holder.set(path, theirs);
    }
  for (const path of parameters.keys())
    if (!holder.has(path)) throw new RangeError(`the family gives two parameters one name; one of them is ${path}`);
  return links;
}

/** Finds the rule for a path, and the indices that its `*` stand for. */
function ruleFinder(rules: readonly NameRule[]) {
  const each = rules.flatMap((rule) => listOf(rule.ours).map((ours) => [ours, rule] as const));
  const general = new Map(each);
  const special = each
    .filter(([ours]) => /(^|\.)\d+(\.|$)/.test(ours))
    .map(([ours, rule]) => [ours.split("."), rule] as const)
    .reverse();
  return (path: string): { rule: NameRule; indices: string[] } | undefined => {
    const fields = special.length > 0 ? path.split(".") : [];
    for (const [wanted, rule] of special) {
      const indices = indicesIn(fields, wanted);
      if (indices !== undefined) return { rule, indices };
    }
    const { template, indices } = templateOf(path);
    const rule = general.get(template);
    return rule && { rule, indices };
  };
}

const isIndex = (field: string): boolean => /^\d+$/.test(field);

/** What the `*` of a pattern stand for in a name, both field by field; undefined if the name is another one. */
function indicesIn(fields: readonly string[], wanted: readonly string[]): string[] | undefined {
  const fits = (field: string, i: number) => field === wanted[i] || (wanted[i] === "*" && isIndex(field));
  if (fields.length !== wanted.length || !fields.every(fits)) return undefined;
  return fields.filter((_, i) => wanted[i] === "*");
}

/** The indices of the modules in a stack. */
function stackedIndices(part: string, outer: readonly string[], parameters: ReadonlyMap<string, unknown>): string[][] {
  const slices: string[][] = [];
  while (parameters.has(fillIn(part, [...outer, String(slices.length)])))
    slices.push([...outer, String(slices.length)]);
  return slices;
}

/** A name with its indices replaced by `*`. */
export function templateOf(name: string): { template: string; indices: string[] } {
  const indices: string[] = [];
  if (!/\d/.test(name)) return { template: name, indices };
  const template = name
    .split(".")
    .map((field) => (isIndex(field) && indices.push(field) ? "*" : field))
    .join(".");
  return { template, indices };
}

const listOf = (ours: string | readonly string[]): readonly string[] => (typeof ours === "string" ? [ours] : ours);

function fillIn(template: string, indices: readonly string[]): string {
  if (indices.length === 0) return template;
  let next = 0;
  return template.replaceAll("*", () => indices[next++] ?? "*");
}

function linkOf(theirs: string, rule: NameRule, ours: readonly LinkedParameter[], stack: number): Link {
  const { transpose = false, groups = 1, unusedRows = 0, unitAxis, stacked } = rule;
  const slice = ours.slice(0, ours.length / stack);
  // A single number has no rows.
  if (slice[0]!.shape.length === 0)
    return { theirs, shape: [], ours, stack, groups: 1, transpose: false, unusedRows: 0 };
  for (const { path, shape } of slice)
    if (shape[0]! % groups !== 0)
      throw new RangeError(`${path} has ${shape[0]} rows, which do not divide into ${groups} groups of ${theirs}`);
  const rest = slice[0]!.shape.slice(1);
  const joined = [slice.reduce((length, part) => length + part.shape[0]!, unusedRows), ...rest];
  const turned = transpose ? joined.toReversed() : joined;
  const whole = unitAxis === undefined ? turned : turned.toSpliced(unitAxis, 0, 1);
  return { theirs, shape: stacked ? [stack, ...whole] : whole, ours, stack, groups, transpose, unusedRows };
}
