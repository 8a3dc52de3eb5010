import {
  callOf,
  choice,
  type Expression,
  literal,
  newRule,
  nothing,
  optional,
  type Rule,
  repeat,
  sequence,
} from "../automaton/expression";
import { type Facts, namePlaces, type Place, propertyPlaces, type Resolver, strictest } from "./facts";
import type { Layout } from "./layout";
import { meets } from "./meets";
import { otherNames } from "./names";

/** The most properties with a count. */
const MOST_COUNTED = 5000;

/** An object: its properties in the order of the schema, then others if they are allowed. */
export class ObjectExpression {
  readonly #document: Resolver;
  readonly #facts: Facts;
  readonly #layout: Layout;
  readonly #expressionOf: (places: readonly Place[]) => Expression;
  readonly #names: readonly string[];
  readonly #required: ReadonlySet<string>;
  readonly #values: readonly Expression[];
  /** One more property with another name; undefined if there may be none. */
  readonly #other: Expression | undefined;
  readonly #least: number;
  readonly #most: number;
  readonly #rules = new Map<string, Rule>();

  constructor(
    document: Resolver,
    facts: Facts,
    layout: Layout,
    expressionOf: (places: readonly Place[]) => Expression,
  ) {
    this.#document = document;
    this.#facts = facts;
    this.#layout = layout;
    this.#expressionOf = expressionOf;
    const required = facts.members.flatMap(({ schema }) => schema.required ?? []);
    const declared = facts.members.flatMap(({ schema }) => Object.keys(schema.properties ?? {}));
    this.#required = new Set(required);
    this.#names = [...new Set([...declared, ...required])];
    const names = document.alternatives(namePlaces(facts));
    this.#values = this.#names.map((name) =>
      names.some((one) => meets(document, one, name)) ? expressionOf(propertyPlaces(facts, name)) : choice([]),
    );
    this.#least = strictest(facts, "minProperties");
    this.#most = strictest(facts, "maxProperties");
    this.#other = this.#otherProperty();
  }

  expression(): Expression {
    const { inside } = this.#layout;
    return sequence([literal("{"), inside, callOf(this.#from(0, 0)), inside, literal("}")]);
  }

  #otherProperty(): Expression | undefined {
    const options = otherNames(this.#document, this.#facts, this.#names).map(({ name, places }) =>
      sequence([name, this.#layout.colon, this.#expressionOf(places)]),
    );
    return options.length === 0 ? undefined : choice(options);
  }

  /** What follows some properties, of which a number were written. Only limits make more than "some" and "none" matter. */
  #from(index: number, written: number): Rule {
    const counted =
      this.#least === 0 && this.#most === Infinity ? Math.min(written, 1) : Math.min(written, this.#cap());
    const key = `${index} ${counted}`;
    let rule = this.#rules.get(key);
    if (rule !== undefined) return rule;
    if (this.#rules.size > MOST_COUNTED)
      throw this.#document.error(this.#facts.path, "counts too many properties; remove minProperties or maxProperties");
    rule = newRule(this.#facts.path);
    this.#rules.set(key, rule);
    rule.body = index === this.#names.length ? this.#others(counted) : this.#property(index, counted);
    return rule;
  }

  #cap(): number {
    return Number.isFinite(this.#most) ? this.#most + 1 : Math.max(1, this.#least);
  }

  #property(index: number, written: number): Expression {
    const name = this.#names[index]!;
    const { colon, comma } = this.#layout;
    const pair = sequence([written > 0 ? comma : nothing, literal(JSON.stringify(name)), colon, this.#values[index]!]);
    const options: Expression[] = [];
    if (written < this.#most) options.push(sequence([pair, callOf(this.#from(index + 1, written + 1))]));
    if (!this.#required.has(name)) options.push(callOf(this.#from(index + 1, written)));
    return choice(options);
  }

  #others(written: number): Expression {
    const missing = Math.max(0, this.#least - written);
    const room = this.#most - written;
    if (missing > room) return choice([]);
    if (this.#other === undefined) return missing === 0 ? nothing : choice([]);
    // Two other properties might have the same name, and would count as one.
    if (missing > 1)
      throw this.#document.error(
        `${this.#facts.path}/minProperties`,
        "is not supported where it needs more than one property that is not named",
      );
    const more = (least: number, most: number) => repeat(sequence([this.#layout.comma, this.#other!]), least, most);
    if (written > 0) return more(missing, room);
    if (room === 0) return nothing;
    const some = sequence([this.#other, more(0, room - 1)]);
    return missing === 0 ? optional(some) : some;
  }
}
