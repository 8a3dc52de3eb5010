import { pick, type Random } from "../grammar";
import type { Clause, Pair, Words } from "./clause";
import * as part from "./parts";
import { a, nounPhrase, type Phrase, pronouns, the } from "./phrases";
import * as places from "./places";
import * as say from "./sentences";
import { modals, verbs } from "./verbs";
import * as vocabulary from "./vocabulary";

type Pattern = (random: Random) => Pair;
const both = (english: string, german: string): Words => ({ english, german });

/** Any event, in a tense and possibly negated. */
function event(random: Random, who: Phrase): Clause {
  const negated = part.chance(random, 0.15);
  const kinds = [part.deed, part.deed, part.giving, part.staying, part.moving];
  return { ...pick(random, kinds)(random, who, negated), tense: part.tense(random) };
}

const told: Pattern = (random) => say.statement(event(random, part.subject(random)));

const timed: Pattern = (random) => {
  const happening = event(random, part.subject(random));
  const { subject, tense = "present" } = happening;
  const positive = happening.negated ? { ...part.moving(random, subject), tense } : happening;
  const clause = { ...positive, time: part.time(random, tense) };
  return part.chance(random, 0.6) ? say.timeFirst(clause) : say.statement(clause);
};

const lived: Pattern = (random) => {
  const clause = { ...part.living(random, part.subject(random)), tense: part.tense(random) };
  return part.chance(random, 0.2) ? say.question(clause) : say.statement(clause);
};

const felt: Pattern = (random) => {
  const clause = { ...part.feeling(random, part.subject(random)), tense: part.tense(random) };
  const negated = part.chance(random, 0.2);
  return part.chance(random, 0.2) ? say.question(clause) : say.statement({ ...clause, negated });
};

const lies: Pattern = (random) => {
  const clause = { ...part.lying(random), tense: part.tense(random), negated: part.chance(random, 0.2) };
  return part.chance(random, 0.3) ? say.question({ ...clause, negated: false }) : say.statement(clause);
};

const unwilled = new Set([verbs.lose, verbs.have]);

const wish: Pattern = (random) => {
  const subject = part.subject(random);
  const modal = pick(random, [modals.want, modals.can, modals.must]);
  const negated = modal !== modals.must && part.chance(random, 0.25);
  const kinds = [part.deed, part.deed, part.giving, part.moving, part.staying];
  const wanted = pick(random, kinds)(random, subject, negated);
  return unwilled.has(wanted.verb) ? told(random) : say.statement({ ...wanted, modal, tense: part.tense(random) });
};

const asked: Pattern = (random) => {
  const clause = event(random, part.subject(random));
  if (clause.negated) return say.question({ ...part.moving(random, clause.subject), tense: part.tense(random) });
  return say.question(clause);
};

const whereAsked: Pattern = (random) => {
  const subject = part.somebody(random);
  const verb = pick(random, [verbs.be, verbs.live, verbs.sleep, verbs.play, verbs.wait]);
  const tense = part.tense(random);
  if (verb !== verbs.be) return say.asking(both("where", "wo"), { subject, verb, tense });
  return say.asking(both("where", "wo"), { subject: part.lying(random).subject, verb, tense });
};

const whatAsked: Pattern = (random) => {
  const subject = part.subject(random);
  const verb = pick(random, [verbs.see, verbs.find, verbs.eat, verbs.buy, verbs.hear]);
  return say.asking(both("what", "was"), { subject, verb, tense: part.tense(random) });
};

const who: Phrase = {
  ...pronouns.it,
  english: { subject: "who", object: "who" },
  german: { ...pronouns.it.german, nominative: "wer" },
};

const whoAsked: Pattern = (random) => {
  const clause = pick(random, [part.deed, part.giving])(random, who);
  return say.whoQuestion({ ...clause, tense: part.tense(random) });
};

const whyAsked: Pattern = (random) =>
  say.asking(both("why", "warum"), { ...part.feeling(random, part.subject(random)), tense: part.tense(random) });

const liked: Pattern = (random) => {
  const subject = part.subject(random);
  const clause = pick<Omit<Clause, "subject">>(random, [
    { verb: verbs.sing },
    { verb: verbs.dance },
    { verb: verbs.swim, complement: both("in the lake", "im See") },
    { verb: verbs.swim, complement: both("in the river", "im Fluss") },
    { verb: verbs.eat, object: part.plain("apples") },
    { verb: verbs.eat, object: part.plain("eggs") },
    { verb: verbs.read, object: part.plain("books") },
    { verb: verbs.write, object: part.plain("letters") },
    { verb: verbs.play, complement: pick(random, places.outdoors) },
    { verb: verbs.sit, complement: pick(random, [...places.outdoors, ...places.indoors]) },
  ]);
  return say.statement({ ...clause, subject, gladly: true });
};

const exists: Pattern = (random) => {
  const thing = part.chance(random, 0.5) ? vocabulary.animals : vocabulary.things;
  const item = pick(random, thing);
  return say.existence(
    nounPhrase(a, item.noun, part.chance(random, 0.6) ? pick(random, item.adjectives) : undefined),
    pick(random, thing === vocabulary.things ? [...places.spots, ...places.outdoors] : places.outdoors),
  );
};

const flying: Pattern = (random) => {
  const flier = pick(random, vocabulary.fliers);
  const subject = nounPhrase(pick(random, [the, a]), flier.noun, pick(random, flier.adjectives));
  return say.statement({
    subject,
    verb: verbs.fly,
    tense: part.tense(random),
    complement: pick(random, places.flights),
  });
};

const genderPronoun = {
  masculine: pronouns.itMasculine,
  feminine: pronouns.itFeminine,
  neuter: pronouns.it,
  plural: pronouns.they,
};

/** "It" takes the gender of the thing: "Der Ball ist alt, aber Mia liebt ihn." */
const loved: Pattern = (random) => {
  const { noun } = pick(random, [...vocabulary.things, ...vocabulary.texts]);
  const complement = pick(random, vocabulary.qualities);
  const conjunction = ["old", "small"].includes(complement.english) ? both("but", "aber") : both("and", "und");
  const subject = pick(random, [...vocabulary.names, pronouns.I, pronouns.we]);
  return say.coordinated({ subject: nounPhrase(the, noun), verb: verbs.be, complement }, conjunction, {
    subject,
    verb: verbs.love,
    object: genderPronoun[noun.gender],
  });
};

export const simplePatterns: readonly Pattern[] = [
  ...[told, told, told, timed, timed, timed, felt, lies, lived, wish, wish, asked],
  ...[whereAsked, whatAsked, whoAsked, whyAsked, liked, exists, flying, loved],
];
