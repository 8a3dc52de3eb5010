import type { CheckpointTensor } from "../../checkpoint";
import { FormatError } from "../../errors";
import { sameShape } from "../../tensor/internal";
import type { Family, Spelling } from "../family";
import { type Link, templateOf } from "../name-map";
import { classesOf } from "./heads";

/** A tensor with its name in the file. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: CheckpointTensor;
}

/** A checkpoint's tensors by the names that the family's rules use. */
export type Spelled = ReadonlyMap<string, NamedTensor>;

/** @throws FormatError if two tensors map to the same name */
export function spelled(stored: ReadonlyMap<string, CheckpointTensor>, spelling: Spelling, file: string): Spelled {
  const tensors = new Map<string, NamedTensor>();
  for (const [name, tensor] of stored) {
    const ours = spell(name, spelling);
    const other = tensors.get(ours);
    if (other !== undefined)
      throw new FormatError({
        file,
        at: `tensor "${name}"`,
        found: `the same tensor as "${other.name}"`,
        expected: "each tensor once",
      });
    tensors.set(ours, { name, tensor });
  }
  return tensors;
}

function spell(name: string, { prefix, aliases = {} }: Spelling): string {
  const old = Object.keys(aliases).find((ending) => name.endsWith(ending));
  const now = old === undefined ? name : name.slice(0, -old.length) + aliases[old];
  const other = Object.values(prefix?.others ?? {}).find((start) => now.startsWith(start));
  if (prefix !== undefined && other !== undefined) return prefix.text + now.slice(other.length);
  if (prefix === undefined || [prefix.text, ...prefix.outside].some((start) => now.startsWith(start))) return now;
  return prefix.text + now;
}

/** The name in a saved model of this architecture. */
export function written(theirs: string, { spelling: { prefix }, classes }: Written, architecture: unknown): string {
  if (prefix === undefined || !theirs.startsWith(prefix.text)) return theirs;
  const other = Object.entries(prefix.others ?? {}).find(([end]) => String(architecture).endsWith(end))?.[1];
  if (other !== undefined) return other + theirs.slice(prefix.text.length);
  const { bare = classesOf(classes).map((start) => `${start}Model`) } = prefix;
  return bare.some((one) => one === architecture) ? theirs.slice(prefix.text.length) : theirs;
}

type Written = Pick<Family, "spelling" | "classes">;

/**
 * The tensors without tied copies.
 *
 * @throws FormatError if a copy differs from the tensor it is tied to
 */
export async function withoutCopies(
  tensors: Spelled,
  links: readonly Link[],
  { tied = {} }: Spelling,
  file: string,
): Promise<Spelled> {
  const own = new Set(links.map(({ theirs }) => theirs));
  const once = new Map(tensors);
  for (const [copy, original] of Object.entries(tied)) {
    const second = once.get(copy);
    if (second === undefined || own.has(copy)) continue;
    const first = once.get(original);
    if (first !== undefined && !(await sameTensor(first.tensor, second.tensor)))
      throw new FormatError({
        file,
        at: `tensor "${second.name}"`,
        found: `other values than in "${first.name}"`,
        expected: "the same values, because config.json ties the two weights",
      });
    once.delete(copy);
    if (first === undefined) once.set(original, second);
  }
  return once;
}

async function sameTensor(left: CheckpointTensor, right: CheckpointTensor): Promise<boolean> {
  if (left.dtype !== right.dtype || !sameShape(left.shape, right.shape)) return false;
  const [one, other] = [(await left.read()).bytes, (await right.read()).bytes];
  return one.every((byte, i) => byte === other[i]);
}

/** Whether the model does not need a tensor of this name. */
export const isIgnored = (name: string, { ignored }: Spelling): boolean => isListed(name, ignored);

/** Whether the model does not use a tensor of this name, which is saved again with it. */
export const isUnused = (name: string, { unused }: Spelling): boolean => isListed(name, unused);

const isListed = (name: string, list: readonly string[] = []): boolean =>
  list.some((one) => (one.endsWith(".**") ? name.startsWith(one.slice(0, -2)) : one === templateOf(name).template)) ||
  list.includes(name);
