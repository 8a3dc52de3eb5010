import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchema, type TextConstraint } from "../../src/generation";
import { accepts, bytes } from "../generation/constraints/tools";

/** A schema of the suite, and values that it holds for or not. */
interface Group {
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[];
}

/** What became of the schemas and values of one file. */
export interface Count {
  /** Values that were accepted or refused as they should be. */
  passed: number;
  /** Valid values that are refused because they are not written, as the documentation says. */
  narrowed: number;
  /** Schemas that were refused, each with the error. */
  readonly refused: string[];
  /** Values that were accepted or refused wrongly. */
  readonly wrong: string[];
}

export const DRAFTS = ["draft2020-12", "draft2019-09", "draft7"] as const;
const DRAFT_7 = "http://json-schema.org/draft-07/schema#";

export interface SuiteOptions {
  readonly draft: (typeof DRAFTS)[number];
  /** With `strict`, valid values may be refused. */
  readonly strict: boolean;
}

/** Runs all files of a draft, those for formats included; `format.json` itself says that formats are not checked. */
export function runDraft(directory: string, options: SuiteOptions): Map<string, Count> {
  const root = join(directory, "tests", options.draft);
  const files = readdirSync(root).filter((name) => name.endsWith(".json") && name !== "format.json");
  const formats = readdirSync(join(root, "optional/format")).map((name) => `optional/format/${name}`);
  return new Map(
    [...files, ...formats].map((name) => {
      const groups = JSON.parse(readFileSync(join(root, name), "utf8")) as Group[];
      return [name.replace(/\.json$/, ""), runGroups(groups, options, name.startsWith("optional"))] as const;
    }),
  );
}

export function runGroups(groups: readonly Group[], { draft, strict }: SuiteOptions, mayNarrow: boolean): Count {
  const count: Count = { passed: 0, narrowed: 0, refused: [], wrong: [] };
  for (const { description, schema, tests } of groups) {
    const isRecord = typeof schema === "object" && schema !== null;
    const document = draft === "draft7" && isRecord ? { $schema: DRAFT_7, ...schema } : schema;
    const constraint = constraintOf(document, strict);
    if (typeof constraint === "string") {
      count.refused.push(constraint);
      continue;
    }
    for (const test of tests) {
      const isAccepted = constraint !== null && writtenForms(test.data).some((text) => accepts(constraint, text));
      if (isAccepted === test.valid) count.passed++;
      else if (test.valid && (strict || mayNarrow)) count.narrowed++;
      else
        count.wrong.push(
          `${description}: ${test.description}: ${JSON.stringify(test.data)} of ${JSON.stringify(schema)}`,
        );
    }
  }
  return count;
}

/** Null if no value can meet the schema; the error's message if it is refused. */
function constraintOf(schema: unknown, strict: boolean): TextConstraint | string | null {
  try {
    return jsonSchema(schema, bytes, { strict });
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    return /no value can meet the schema/.test(error.message) ? null : error.message;
  }
}

/** Texts of a value: with and without spaces, and with its properties in every order. */
export function writtenForms(value: unknown): string[] {
  return orders(value).flatMap((one) => {
    const compact = JSON.stringify(one);
    return [compact, spaced(one)].filter((text, i) => i === 0 || text !== compact);
  });
}

function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(name)}: ${spaced(inner)}`)
    .join(", ")}}`;
}

const MOST_ORDERS = 2000;

function orders(value: unknown): unknown[] {
  if (Array.isArray(value))
    return value.reduce<unknown[][]>(
      (all, item) => all.flatMap((list) => orders(item).map((one) => [...list, one])),
      [[]],
    );
  if (typeof value !== "object" || value === null) return [value];
  const found = permutations(Object.entries(value)).flatMap((entries) =>
    entries
      .reduce<[string, unknown][][]>(
        (all, [name, inner]) =>
          all.flatMap((list) => orders(inner).map((one): [string, unknown][] => [...list, [name, one]])),
        [[]],
      )
      .map((list) => Object.fromEntries(list)),
  );
  return found.slice(0, MOST_ORDERS);
}

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
