import { FormatError } from "../../errors";
import type { Shape } from "../../tensor";
import { sameShape } from "../../tensor/internal";
import type { ConfigFields } from "../config-fields";
import { fieldsOf } from "../config-fields";
import type { Family } from "../family";
import { type Link, linksOf } from "../name-map";
import { withHead } from "./another-head";
import { isIgnored, isUnused, type Spelled } from "./stored-names";

/** What becomes of the parameters of a model and the tensors of a checkpoint. */
export interface Matched {
  /** Those with a tensor. */
  readonly links: readonly Link[];
  /** Those of a new head, which has none. */
  readonly fresh: readonly Link[];
  /** Tensors that the model does not use, but which are saved with it. */
  readonly kept: readonly string[];
}

/**
 * Finds a tensor for each parameter, and a use for each tensor. Parameters of a head may lack theirs if there is a seed
 * for a new one, which also replaces those of another number of classes. The tensors of the family's other heads are
 * kept.
 *
 * @throws FormatError that lists missing and unused tensors
 */
export function matched(
  family: Family,
  fields: ConfigFields,
  links: readonly Link[],
  tensors: Spelled,
  { file, seed }: { file: string; seed: number | undefined },
): Matched {
  const claimed = new Set(links.map(({ theirs }) => theirs));
  const isNew = (link: Link) => seed !== undefined && isOfHead(link);
  const [present, absent] = parted(links, (link) => {
    const shape = tensors.get(link.theirs)?.tensor.shape;
    return shape !== undefined && !(isNew(link) && differsInClasses(shape, link.shape));
  });
  const [fresh, missing] = parted(absent, isNew);
  const unclaimed = [...tensors.keys()].filter((name) => !claimed.has(name));
  const known = unclaimed.filter((name) => isUnused(name, family.spelling));
  const left = unclaimed.filter((name) => !known.includes(name) && !isIgnored(name, family.spelling));
  // Otherwise it is an error in any case.
  const needed = left.length > 0 && missing.every(isOfHead);
  const others = needed ? namesOfHeads(family, fields, tensors) : new Set<string>();
  const [ofOtherHeads, surplus] = parted(left, (name) => others.has(name));
  if (missing.length + surplus.length > 0)
    throw misfit(
      family,
      missing,
      surplus.map((name) => tensors.get(name)!.name),
      file,
    );
  return { links: present, fresh, kept: [...known, ...ofOtherHeads] };
}

function misfit(family: Family, missing: readonly Link[], surplus: readonly string[], file: string): FormatError {
  const named = missing.map(({ theirs, ours }) => `${theirs} (${ours.map(({ path }) => path).join(", ")})`);
  const found = [
    ...(missing.length > 0 ? [`missing tensors: ${named.join(", ")}`] : []),
    ...(surplus.length > 0 ? [`unused tensors: ${surplus.join(", ")}`] : []),
  ];
  const advice =
    missing.length > 0 && missing.every(isOfHead)
      ? "; for a new head, pass the option head: { kind, seed } to fromPretrained"
      : "";
  const expected = `one tensor for each parameter of the ${family.modelTypes[0]} model that config.json describes${advice}`;
  return new FormatError({ file, at: "tensors", found: found.join("; "), expected });
}

/** The classes of a head are the first axis of its tensors. */
const differsInClasses = ([theirs, ...rest]: Shape, [ours, ...others]: Shape): boolean =>
  theirs !== ours && sameShape(rest, others);

const isOfHead = ({ ours }: Link): boolean => ours.every(({ path }) => /(^|\.)(head|pooler)\./.test(path));

/** The tensors of every model that the config describes with one head or another. */
function namesOfHeads(family: Family, fields: ConfigFields, tensors: Spelled): Set<string> {
  const names = new Set<string>();
  const has = (name: string) => tensors.has(name);
  for (const kind of new Set(Object.values(family.heads ?? {}))) {
    try {
      const model = family.toModel(fieldsOf(family, withHead(family, { ...fields.value }, { kind }), {}), has);
      for (const { theirs } of linksOf(family.names(model, has), model)) names.add(theirs);
    } catch {
      // The config may not fit a head that nobody asked for.
    }
  }
  return names;
}

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): [first: T[], second: T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}
