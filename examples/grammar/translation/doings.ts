import { pick, type Random } from "../grammar";
import type { Clause, Words } from "./clause";
import * as part from "./parts";
import { nounPhrase, type Phrase, pronouns, the } from "./phrases";
import * as places from "./places";
import { modals, verbs } from "./verbs";
import * as vocabulary from "./vocabulary";

const both = (english: string, german: string): Words => ({ english, german });

export const is = (subject: Phrase, english: string, german: string): Clause => ({
  subject,
  verb: verbs.be,
  complement: both(english, german),
});
export const rain: Clause = { subject: pronouns.it, verb: verbs.rain };
export const snow: Clause = { subject: pronouns.it, verb: verbs.snow };
export const dark = is(pronouns.it, "dark", "dunkel");
export const cold = is(pronouns.it, "cold", "kalt");
export const sun: Clause = {
  subject: nounPhrase(the, { english: "sun", german: "Sonne", gender: "feminine" }),
  verb: verbs.shine,
};
const inside = both("in the house", "im Haus");

export type Doing = (random: Random, subject: Phrase) => Clause;
export const eats: Doing = (random, subject) => ({
  subject,
  verb: verbs.eat,
  object: part.object(random, [...vocabulary.foods, ...vocabulary.baked], subject),
});
export const drinks: Doing = (random, subject) => ({
  subject,
  verb: verbs.drink,
  object: part.object(random, vocabulary.drinks, subject),
});
export const reads: Doing = (random, subject) => ({
  subject,
  verb: verbs.read,
  object: part.object(random, vocabulary.texts, subject),
});
export const sleeps: Doing = (random, subject) =>
  pick<Clause>(random, [
    { subject, verb: verbs.sleep, complement: pick(random, [...places.outdoors, inside]) },
    { subject, verb: verbs.fallAsleep },
    { subject, verb: verbs.go, complement: places.home },
  ]);
export const shelters: Doing = (random, subject) =>
  pick<Clause>(random, [
    { subject, verb: verbs.stay, complement: inside },
    { subject, verb: verbs.go, complement: places.home },
    { subject, verb: verbs.run, complement: places.home },
    { subject, verb: verbs.comeBack },
  ]);
export const enjoys: Doing = (random, subject) =>
  pick<Clause>(random, [
    {
      subject,
      verb: pick(random, [verbs.play, verbs.sit, verbs.sing, verbs.dance]),
      complement: pick(random, places.outdoors),
    },
    { subject, verb: verbs.swim, complement: both("in the lake", "im See") },
    { subject, verb: verbs.go, complement: both("to the sea", "ans Meer") },
  ]);
export const loses: Doing = (random, subject) => ({
  subject,
  verb: verbs.lose,
  object: part.object(random, [...vocabulary.things, ...vocabulary.texts], subject),
});
export const finds: Doing = (random, subject) => ({ ...loses(random, subject), verb: verbs.find });
export const returns: Doing = (random, subject) => ({
  subject: nounPhrase(subject.possessive ?? the, pick(random, [...vocabulary.relatives, ...vocabulary.friend]).noun),
  verb: verbs.comeBack,
});
export const does =
  (verb: Clause["verb"]): Doing =>
  (_random, subject) => ({ subject, verb });
export const feels =
  (english: string, german: string): Doing =>
  (_random, subject) =>
    is(subject, english, german);
export const always =
  (clause: Clause): Doing =>
  () =>
    clause;
export const cannotSleep: Doing = (_random, subject) => ({
  subject,
  verb: verbs.sleep,
  modal: modals.can,
  negated: true,
});
