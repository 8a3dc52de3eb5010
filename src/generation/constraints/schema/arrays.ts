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
import {
  type Contained,
  containedIn,
  type Facts,
  itemPlaces,
  type Place,
  prefixOf,
  type Resolver,
  strictest,
} from "./facts";
import type { Layout } from "./layout";

/** The most places in an array with a count. */
const MOST_COUNTED = 5000;

/** An array: its first items, then others. */
export function arrayExpression(
  document: Resolver,
  facts: Facts,
  layout: Layout,
  expressionOf: (places: readonly Place[]) => Expression,
): Expression {
  const [least, most] = [strictest(facts, "minItems"), strictest(facts, "maxItems")];
  if (least > most) return choice([]);
  const contained = containedIn(facts);
  if (contained.some(({ least, most }) => least > most)) return choice([]);
  const items =
    contained.length > 0
      ? new CountedItems(document, facts, contained, layout, expressionOf).expression()
      : itemsExpression(facts, layout, expressionOf, least, most);
  return sequence([literal("["), layout.inside, items, layout.inside, literal("]")]);
}

function itemsExpression(
  facts: Facts,
  { comma }: Layout,
  expressionOf: (places: readonly Place[]) => Expression,
  least: number,
  most: number,
): Expression {
  if (most === 0) return nothing;
  const item = (index: number): Expression => expressionOf(itemPlaces(facts, index));
  const base = Math.max(prefixLength(facts), 1);
  const more = sequence([comma, item(base)]);
  // From the last item to the first; those behind the prefix are all alike.
  let rest = most > base ? repeat(more, Math.max(0, least - base), most - base) : nothing;
  for (let index = Math.min(base, most) - 1; index > 0; index--) {
    const rule = newRule(facts.path);
    rule.body = sequence([comma, item(index), rest]);
    rest = index < least ? callOf(rule) : optional(callOf(rule));
  }
  const some = sequence([item(0), rest]);
  return least > 0 ? some : optional(some);
}

const prefixLength = ({ members }: Facts): number =>
  members.reduce((longest, { schema }) => Math.max(longest, prefixOf(schema)[0].length), 0);

/** Items of which some must meet more, as `contains` says. */
class CountedItems {
  readonly #document: Resolver;
  readonly #facts: Facts;
  readonly #contained: readonly Contained[];
  readonly #layout: Layout;
  readonly #expressionOf: (places: readonly Place[]) => Expression;
  readonly #least: number;
  readonly #most: number;
  /** From this index on, all items are alike. */
  readonly #cap: number;
  readonly #rules = new Map<string, Rule>();

  constructor(
    document: Resolver,
    facts: Facts,
    contained: readonly Contained[],
    layout: Layout,
    expressionOf: (places: readonly Place[]) => Expression,
  ) {
    this.#document = document;
    this.#facts = facts;
    this.#contained = contained;
    this.#layout = layout;
    this.#expressionOf = expressionOf;
    this.#least = strictest(facts, "minItems");
    this.#most = strictest(facts, "maxItems");
    const last = Number.isFinite(this.#most) ? this.#most : this.#least;
    this.#cap = Math.max(prefixLength(facts), last, 1);
  }

  expression(): Expression {
    return callOf(
      this.#from(
        0,
        this.#contained.map(() => 0),
      ),
    );
  }

  /** What follows some items, of which numbers were counted. */
  #from(index: number, counts: readonly number[]): Rule {
    const key = `${index} ${counts}`;
    let rule = this.#rules.get(key);
    if (rule !== undefined) return rule;
    if (this.#rules.size > MOST_COUNTED)
      throw this.#document.error(this.#facts.path, "counts too many items; lower minItems, maxItems or minContains");
    rule = newRule(this.#facts.path);
    this.#rules.set(key, rule);
    const isEnough = this.#contained.every(({ least }, i) => counts[i]! >= least);
    const end = index >= this.#least && isEnough ? [nothing] : [];
    rule.body = choice([...end, ...(index < this.#most ? this.#item(index, counts) : [])]);
    return rule;
  }

  #item(index: number, counts: readonly number[]): Expression[] {
    const comma = index > 0 ? this.#layout.comma : nothing;
    const next = Math.min(index + 1, this.#cap);
    return this.#choices(counts).map(([places, counted]) =>
      sequence([
        comma,
        this.#expressionOf([...itemPlaces(this.#facts, index), ...places]),
        callOf(this.#from(next, counted)),
      ]),
    );
  }

  /** For each `contains`, whether the item is counted. */
  #choices(counts: readonly number[]): [readonly Place[], readonly number[]][] {
    let all: [readonly Place[], readonly number[]][] = [[[], []]];
    for (const [i, { place, least, most }] of this.#contained.entries()) {
      const count = counts[i]!;
      const isCounted = count < (Number.isFinite(most) ? most : least);
      // Where there is a largest number, what is not counted must not meet the schema.
      const negation = { schema: this.#document.negationOf(place.schema), path: place.path };
      const others = Number.isFinite(most) ? [negation] : [];
      all = all.flatMap(([places, counted]): typeof all =>
        [
          ...(isCounted
            ? [
                [
                  [...places, place],
                  [...counted, count + 1],
                ] as const,
              ]
            : []),
          [
            [...places, ...others],
            [...counted, count],
          ],
        ].map(([a, b]) => [a as readonly Place[], b as readonly number[]]),
      );
    }
    return all;
  }
}
