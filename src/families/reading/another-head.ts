import { type Checks, checkOptions, oneOf, wholeIn, wrongKind } from "../../checks";
import type { ConfigObject } from "../config-fields";
import type { Family } from "../family";
import { classesOf, decoderHeads, encoderHeads, type Head } from "./heads";

/** A head that the checkpoint need not have: what it lacks is drawn at random. */
export interface NewHead {
  kind: Head;
  /** The number of classes, for `sequenceClass` and `tokenClass`; that of the config if omitted. */
  labels?: number | undefined;
  /** Draws the parameters of the head that the checkpoint lacks, as `initialize` does. Without it, they are an error. */
  seed?: number | undefined;
}

const kinds = [...new Set(Object.values({ ...decoderHeads, ...encoderHeads })), "replacedToken"];
const isKind = oneOf(kinds);
const newHeadChecks: Checks<NewHead> = { kind: isKind, labels: wholeIn({ least: 1 }), seed: wholeIn({ least: 0 }) };

/** Checks the option `head`. */
export function expectHead(where: string, name: string, value: unknown): void {
  if (typeof value === "string") isKind(where, name, value);
  else if (typeof value === "object" && value !== null)
    checkOptions(`${where}: ${name}`, value, newHeadChecks, ["kind"]);
  else throw wrongKind(where, name, "a head, or { kind, labels, seed }", value);
}

/**
 * A config with another head, in the class name and the number of classes.
 *
 * @throws RangeError if the family has no such head
 */
export function withHead(family: Family, config: ConfigObject, { kind, labels }: NewHead): ConfigObject {
  const end = Object.entries(family.heads ?? {}).find(([, head]) => head === kind)?.[0];
  if (end === undefined) {
    const known = [...new Set(Object.values(family.heads ?? {}))].join(", ") || "only the one that its config names";
    throw new RangeError(`fromPretrained: head: ${family.modelTypes[0]} has no ${kind}; its heads are ${known}`);
  }
  const architectures = [classPrefix(family, config) + end];
  if (labels === undefined) return { ...config, architectures };
  if (kind !== "sequenceClass" && kind !== "tokenClass")
    throw new RangeError(`fromPretrained: head: labels has no effect for ${kind}; omit it`);
  const id2label = Object.fromEntries(Array.from({ length: labels }, (_, id) => [id, `LABEL_${id}`]));
  const label2id = Object.fromEntries(Object.entries(id2label).map(([id, label]) => [label, Number(id)]));
  const { num_labels: _, ...others } = config;
  return { ...others, architectures, id2label, label2id };
}

/** The start of the class name in a config, or the family's own. */
function classPrefix(family: Family, { architectures }: ConfigObject): string {
  const named = Array.isArray(architectures) ? String(architectures[0]) : "";
  const ends = Object.keys(family.heads ?? {});
  return (
    classesOf(family.classes).find((start) => ends.some((end) => named === start + end)) ??
    classesOf(family.classes)[0]!
  );
}
