import { pick, type Random } from "../grammar";
import { nouns } from "./nouns";
import { commoners, type Role, royals } from "./people";
import { countries } from "./places";
import { type Verb, verbs } from "./verbs";

/** a − b + c = d: king − man + woman = queen. */
export interface Analogy {
  readonly kind: string;
  readonly words: readonly [a: string, b: string, c: string];
  readonly expected: string;
}

type Pair = readonly [string, string];

/** Pairs of words with one relation: any of `asked` is completed after the example of any of `examples`. */
interface Relation {
  readonly kind: string;
  readonly asked: readonly Pair[];
  readonly examples: readonly Pair[];
}

const within = (kind: string, pairs: readonly Pair[]): Relation => ({ kind, asked: pairs, examples: pairs });
const genders = (roles: readonly Role[]): Pair[] => roles.map(({ male, female }) => [male, female]);
const past = (form: keyof Verb) => verbs.map((verb): Pair => [verb[form], verb.past]);

const relations: readonly Relation[] = [
  { kind: "royalty", asked: genders(royals), examples: genders([...royals, ...commoners]) },
  within("gender", genders(commoners)),
  within(
    "capital and country",
    countries.map(({ capital, country }) => [country, capital]),
  ),
  within("tense", past("base")),
  within("tense", past("third")),
  within("tense", past("gerund")),
  within(
    "plural",
    nouns.map(({ one, many }) => [one, many]),
  ),
];

/** Asks for either word of a pair, by the other and by a pair with the same relation. */
function* asking({ kind, asked, examples }: Relation): Generator<Analogy> {
  for (const [first, second] of asked) {
    for (const [one, other] of examples) {
      if (one === first) continue;
      yield { kind, words: [first, one, other], expected: second };
      yield { kind, words: [second, other, one], expected: first };
    }
  }
}

/** Every analogy that the tables of the grammar contain. */
export const allAnalogies: readonly Analogy[] = relations.flatMap((relation) => [...asking(relation)]);

export const analogyKinds: readonly string[] = [...new Set(allAnalogies.map(({ kind }) => kind))];

/** Different analogies, as many of each kind. */
export function analogies(random: Random, count: number): Analogy[] {
  return analogyKinds.flatMap((kind, i) => {
    const left = allAnalogies.filter((analogy) => analogy.kind === kind);
    const share = Math.floor((count + i) / analogyKinds.length);
    return Array.from({ length: Math.min(share, left.length) }, () => {
      const drawn = pick(random, left);
      left.splice(left.indexOf(drawn), 1);
      return drawn;
    });
  });
}
