import { type Checks, checkOptions, describe, expectBoolean, oneOf } from "../../../checks";
import { callOf, choice, type Expression, literal, newRule, type Rule } from "../automaton/expression";
import { oneOfTexts } from "../choices";
import { grammarFor } from "../grammar-cache";
import { TextConstraint } from "../text-constraint";
import type { TokenVocabulary } from "../vocabulary";
import { SchemaDocument } from "./alternatives";
import { arrayExpression } from "./arrays";
import { type Facts, listedBy, type Place, writtenTypes } from "./facts";
import { expectSchema } from "./keywords";
import { LAYOUTS, type Layout } from "./layout";
import { meets } from "./meets";
import { numberExpression } from "./numbers";
import { ObjectExpression } from "./objects";
import { stringExpression } from "./strings";

/** Options of `jsonSchema`. */
export interface JsonSchemaOptions {
  /**
   * Where white space may be: "none", "spaced" (one space after a comma or a colon), or "any" (up to 20 characters wherever
   * JSON allows it). "spaced" if omitted.
   */
  readonly whitespace?: "none" | "spaced" | "any" | undefined;
  /**
   * Whether the schema is read as its author probably means it; true if omitted. An object whose schema names properties
   * then has no others, unless `additionalProperties` is given, and a schema without `type` is of the types that its
   * keywords are about. With false, everything is allowed that JSON Schema allows.
   */
  readonly strict?: boolean | undefined;
}

const checks: Checks<JsonSchemaOptions> = {
  whitespace: /* @__PURE__ */ oneOf(["none", "spaced", "any"]),
  strict: expectBoolean,
};

/**
 * JSON that meets a schema. Properties come in the order of the schema. An object whose schema names properties has no
 * others, unless `additionalProperties` is given.
 *
 * All keywords of drafts 7, 2019-09 and 2020-12 are supported but for `uniqueItems: true`, `$dynamicRef`, `$recursiveRef`,
 * their anchors, and references to other documents. Annotations such as `title` are ignored; all else is refused by its
 * path. `format` and a few others cannot be negated, as by `not`, `if` or a `oneOf` of schemas that overlap.
 *
 * @param tokenizer the tokenizer of the model; tasks pass theirs if it is omitted
 * @throws TypeError or RangeError that names the keyword's path, if it is wrong, not supported, or cannot be met; RangeError
 * if the tokenizer cannot write such a text
 * @see https://json-schema.org/draft/2020-12/json-schema-validation
 * @example
 * ```ts
 * import { jsonSchema } from "transformer-blocks";
 * import { characterTokenizer } from "transformer-blocks/tokenizer";
 * const tokenizer = characterTokenizer(['{}[]":, truefalsn0123456789']);
 * const schema = { type: "array", items: { type: "boolean" }, minItems: 1 };
 * let state = jsonSchema(schema, tokenizer).start();
 * for (const id of tokenizer.encode("[true").ids) state = state.after(id);
 * state.isComplete; // false
 * state.after(tokenizer.encode("]").ids[0] ?? 0).isComplete; // true
 * ```
 */
export function jsonSchema(
  schema: unknown,
  tokenizer?: TokenVocabulary,
  options: JsonSchemaOptions = {},
): TextConstraint {
  checkOptions("jsonSchema", options, checks);
  expectShallow(schema);
  expectSchema("jsonSchema", "#", schema);
  const { whitespace = "spaced", strict = true } = options;
  const copy: unknown = JSON.parse(textOf(schema));
  const recipe = { make: "jsonSchema", args: [copy, { whitespace, strict }] } as const;
  const made = grammarFor(recipe, `${whitespace} ${strict} ${JSON.stringify(copy)}`, copy, () => {
    const compiler = new SchemaCompiler(new SchemaDocument("jsonSchema", copy, strict), LAYOUTS[whitespace]());
    return { root: compiler.root(), whyEmpty: () => compiler.whyEmpty() };
  });
  return new TextConstraint(made, tokenizer);
}

/** How deep a schema may be: it is read by functions that call themselves. */
const MOST_DEPTH = 500;

/** @throws RangeError for a schema that is too deep, or has no end */
function expectShallow(schema: unknown): void {
  const objectsIn = (values: Iterable<unknown>) =>
    new Set([...values].filter((value): value is object => typeof value === "object" && value !== null));
  let level = objectsIn([schema]);
  for (let depth = 0; level.size > 0; depth++) {
    if (depth === MOST_DEPTH)
      throw new RangeError(`jsonSchema: the schema is nested more than ${MOST_DEPTH} deep, or contains itself`);
    level = objectsIn([...level].flatMap((value) => Object.values(value)));
  }
}

/** @throws TypeError for what JSON cannot hold */
function textOf(schema: unknown): string {
  try {
    return JSON.stringify(schema);
  } catch (cause) {
    throw new TypeError(`jsonSchema: schema must be a JSON value without cycles, not ${describe(schema)}`, { cause });
  }
}

/** Translates schemas to expressions; equal sets of schemas are one rule, so that recursion ends. */
class SchemaCompiler {
  readonly #document: SchemaDocument;
  readonly #layout: Layout;
  readonly #rules = new Map<string, Rule>();
  readonly #waiting: [Rule, readonly Place[]][] = [];
  readonly #numbers = new Map<Place["schema"], number>();
  /** The paths of schemas that nothing meets. */
  readonly #empty: string[] = [];

  constructor(document: SchemaDocument, layout: Layout) {
    this.#document = document;
    this.#layout = layout;
  }

  root(): Expression {
    const root = this.#valueOf([this.#document.root]);
    for (const [rule, places] of this.#waiting) rule.body = this.#body(places);
    return root;
  }

  whyEmpty(): string {
    const [first] = this.#empty;
    return `no value can meet the schema${first === undefined ? "; it always needs another value inside" : `: none meets ${first}`}`;
  }

  #valueOf = (places: readonly Place[]): Expression => {
    const key = [...new Set(places.map((place) => this.#numberOf(place)))].sort((a, b) => a - b).join(" ");
    let rule = this.#rules.get(key);
    if (rule === undefined) {
      rule = newRule(places[0]?.path ?? "#");
      this.#rules.set(key, rule);
      this.#waiting.push([rule, places]);
    }
    return callOf(rule);
  };

  #numberOf({ schema }: Place): number {
    let number = this.#numbers.get(schema);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(schema, number);
    }
    return number;
  }

  #body(places: readonly Place[]): Expression {
    const body = choice(this.#document.alternatives(places).map((facts) => this.#ofFacts(facts)));
    if (body.kind === "choice" && body.options.length === 0) this.#empty.push(places[0]?.path ?? "#");
    return body;
  }

  #ofFacts(facts: Facts): Expression {
    const listed = listedBy(facts);
    if (listed !== undefined) {
      const values = [...listed.values()].filter((value) => meets(this.#document, facts, value));
      const texts = values.map((value) => JSON.stringify(value));
      return texts.length === 0 ? choice([]) : oneOfTexts(texts);
    }
    return choice(Array.from(writtenTypes(this.#document, facts), (type) => this.#ofType(type, facts)));
  }

  #ofType(type: string, facts: Facts): Expression {
    switch (type) {
      case "null":
        return literal("null");
      case "boolean":
        return choice([literal("true"), literal("false")]);
      case "string":
        return stringExpression(this.#document, facts);
      case "array":
        return arrayExpression(this.#document, facts, this.#layout, this.#valueOf);
      case "object":
        return new ObjectExpression(this.#document, facts, this.#layout, this.#valueOf).expression();
      default:
        return numberExpression(this.#document, facts, type === "integer");
    }
  }
}
