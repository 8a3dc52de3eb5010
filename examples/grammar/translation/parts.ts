import { pick, type Random } from "../grammar";
import type { Clause, Words } from "./clause";
import { a, bare, no, nounPhrase, numbers, type Phrase, pronouns, the } from "./phrases";
import * as places from "./places";
import type { Tense, Verb } from "./verbs";
import { verbs } from "./verbs";
import * as vocabulary from "./vocabulary";

export function chance(random: Random, probability: number): boolean {
  return random() < probability;
}

export const subjectPronouns = [pronouns.I, pronouns.you, pronouns.he, pronouns.she, pronouns.we, pronouns.they];
const everybody = [...vocabulary.animals, ...vocabulary.people, vocabulary.children];

function adjectiveFor(random: Random, item: vocabulary.Item, probability: number) {
  return item.adjectives.length > 0 && chance(random, probability) ? pick(random, item.adjectives) : undefined;
}

/** Somebody with a name or a noun: "Mia", "the small fox". */
export function somebody(random: Random): Phrase {
  if (chance(random, 0.45)) return pick(random, vocabulary.names);
  const item = pick(random, everybody);
  return nounPhrase(the, item.noun, adjectiveFor(random, item, 0.4));
}

/** A person that the next clause can refer to as "he", "she", "it" or "they". */
export function somebodyKnown(random: Random): { subject: Phrase; again: Phrase } {
  for (;;) {
    const subject = somebody(random);
    if (subject.pronoun) return { subject, again: subject.pronoun };
  }
}

export function subject(random: Random): Phrase {
  return chance(random, 0.3) ? pick(random, subjectPronouns) : somebody(random);
}

/** A thing as an object; negated, "a" becomes "kein". */
export function object(random: Random, list: readonly vocabulary.Item[], of: Phrase, negated = false): Phrase {
  const item = pick(random, list);
  const roll = random();
  const possessive = of.possessive ?? of.pronoun?.possessive;
  if (item.plural && !negated && roll < 0.12) {
    return nounPhrase(pick(random, numbers), item.plural, adjectiveFor(random, item, 0.3));
  }
  const uncounted = vocabulary.drinks.includes(item) || item.noun.english === "bread";
  const determiner = roll < 0.25 && possessive ? possessive : roll < 0.6 && !uncounted ? (negated ? no : a) : the;
  return nounPhrase(determiner, item.noun, adjectiveFor(random, item, 0.45));
}

const mine = new Set([pronouns.I, pronouns.we]);

/** Another person as an object: "him", "the old farmer", "her grandmother". */
export function another(random: Random, of: Phrase): Phrase {
  for (;;) {
    const roll = random();
    const possessive = of.possessive ?? of.pronoun?.possessive;
    const other =
      roll < 0.3
        ? pick(random, subjectPronouns)
        : roll < 0.5 && possessive
          ? nounPhrase(possessive, pick(random, [...vocabulary.relatives, ...vocabulary.friend]).noun)
          : somebody(random);
    const same = other.german.nominative === of.german.nominative || (mine.has(other) && mine.has(of));
    if (!same) return other;
  }
}

const found = [...vocabulary.things, ...vocabulary.texts];

/** The possible objects of each verb. */
const deeds: readonly (readonly [Verb, readonly vocabulary.Item[]])[] = [
  [verbs.see, [...vocabulary.things, ...vocabulary.animals]],
  [verbs.find, found],
  [verbs.lose, found],
  [verbs.seek, [...found, ...vocabulary.animals]],
  [verbs.buy, [...found, ...vocabulary.foods]],
  [verbs.have, found],
  [verbs.read, vocabulary.texts],
  [verbs.write, vocabulary.written],
  [verbs.eat, [...vocabulary.foods, ...vocabulary.baked]],
  [verbs.drink, vocabulary.drinks],
  [verbs.bake, vocabulary.baked],
  [verbs.hear, [...vocabulary.sounding, ...vocabulary.fliers]],
  [verbs.open, [...vocabulary.doors, vocabulary.texts[1] ?? vocabulary.texts[0]].flatMap((item) => item ?? [])],
];
const meetings = [verbs.see, verbs.hear, verbs.help, verbs.thank, verbs.follow, verbs.seek, verbs.find];

export function deed(random: Random, who: Phrase, negated = false): Clause {
  if (chance(random, 0.3)) {
    return { subject: who, verb: pick(random, meetings), object: another(random, who), negated };
  }
  // "You read" may be present or past; "he reads" and "he read" are unambiguous.
  const [verb, list] = pick(
    random,
    deeds.filter(([candidate]) => candidate !== verbs.read || who.person === "one"),
  );
  return { subject: who, verb, object: object(random, list, who, negated), negated };
}

const gifts = [...found, ...vocabulary.foods];

/** Giving, showing and bringing: a dative and an accusative. */
export function giving(random: Random, who: Phrase, negated = false): Clause {
  const verb = pick(random, [verbs.give, verbs.bring]);
  return { subject: who, verb, recipient: another(random, who), object: object(random, gifts, who, negated), negated };
}

const inPlaces = [verbs.sleep, verbs.sit, verbs.play, verbs.wait, verbs.sing, verbs.dance];
const allPlaces = [...places.outdoors, ...places.indoors];

export function staying(random: Random, who: Phrase): Clause {
  return { subject: who, verb: pick(random, inPlaces), complement: pick(random, allPlaces) };
}

export function living(random: Random, who: Phrase): Clause {
  return { subject: who, verb: verbs.live, complement: pick(random, places.outdoors) };
}

export function moving(random: Random, who: Phrase, negated = false): Clause {
  const verb = pick(random, [verbs.go, verbs.run, verbs.come, verbs.go]);
  const complement = verb === verbs.come ? places.home : pick(random, places.directions);
  return { subject: who, verb, complement, negated };
}

export function feeling(random: Random, who: Phrase): Clause {
  return { subject: who, verb: verbs.be, complement: pick(random, vocabulary.states) };
}

export function lying(random: Random): Clause {
  const item = pick(random, [...vocabulary.things, ...vocabulary.texts]);
  const complement = pick(random, [...places.spots, ...places.outdoors]);
  return { subject: nounPhrase(the, item.noun, adjectiveFor(random, item, 0.4)), verb: verbs.be, complement };
}

export function time(random: Random, tense: Tense): Words {
  return pick(random, tense === "past" ? places.pastTimes : places.nowTimes);
}

export function tense(random: Random): Tense {
  return chance(random, 0.5) ? "past" : "present";
}

export function plain(english: string): Phrase {
  const item = [...vocabulary.foods, ...vocabulary.texts].find(({ plural }) => plural?.english === english);
  if (!item?.plural) throw new RangeError(`plain: the vocabulary has no plural "${english}"`);
  return nounPhrase(bare, item.plural);
}
