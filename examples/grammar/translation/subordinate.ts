import { pick, type Random } from "../grammar";
import type { Clause, Pair, Words } from "./clause";
import {
  always,
  cannotSleep,
  cold,
  type Doing,
  dark,
  does,
  drinks,
  eats,
  enjoys,
  feels,
  finds,
  loses,
  rain,
  reads,
  returns,
  shelters,
  sleeps,
  snow,
  sun,
} from "./doings";
import * as part from "./parts";
import { pronouns } from "./phrases";
import * as say from "./sentences";
import { type Tense, verbs } from "./verbs";
import * as vocabulary from "./vocabulary";

type Pattern = (random: Random) => Pair;
const both = (english: string, german: string): Words => ({ english, german });
const because = both("because", "weil");
const that = both("that", "dass");
const when = both("when", "wenn");

/** Effects with their causes; a cause that is over is in the past tense. */
const causes: readonly (readonly [Doing, Doing, "over"?])[] = [
  [eats, feels("hungry", "hungrig")],
  [drinks, feels("thirsty", "durstig")],
  [sleeps, feels("tired", "müde")],
  [shelters, always(rain)],
  [shelters, always(snow)],
  [shelters, always(cold)],
  [shelters, always(dark)],
  [enjoys, always(sun)],
  [cannotSleep, feels("hungry", "hungrig")],
  [cannotSleep, feels("sick", "krank")],
  [does(verbs.cry), loses, "over"],
  [feels("sad", "traurig"), loses, "over"],
  [feels("happy", "froh"), finds, "over"],
  [does(verbs.laugh), finds, "over"],
  [feels("happy", "froh"), returns],
  [does(verbs.dance), feels("happy", "froh")],
];

const caused: Pattern = (random) => {
  const pronoun = part.chance(random, 0.2) ? pick(random, part.subjectPronouns) : undefined;
  const known = part.somebodyKnown(random);
  const { subject, again } = pronoun ? { subject: pronoun, again: pronoun } : known;
  const [effect, cause, over] = pick(random, causes);
  const tense = part.tense(random);
  return say.withSubordinate({ ...effect(random, subject), tense }, because, {
    ...cause(random, again),
    tense: over ? "past" : tense,
  });
};

const helped: Pattern = (random) => {
  const subject = pick(random, vocabulary.names);
  const { subject: other, again } = part.somebodyKnown(random);
  if (other === subject) return caused(random);
  const tense = part.tense(random);
  if (part.chance(random, 0.5)) {
    const state = pick(random, [
      both("sick", "krank"),
      both("tired", "müde"),
      both("sad", "traurig"),
      both("old", "alt"),
    ]);
    const help = { subject, verb: verbs.help, object: other, tense };
    return say.withSubordinate(help, because, { subject: again, verb: verbs.be, tense, complement: state });
  }
  const me = subject.pronoun ?? pronouns.I;
  const verb = pick(random, [verbs.help, verbs.find]);
  const thanks = { subject, verb: verbs.thank, object: other, tense };
  return say.withSubordinate(thanks, because, { subject: again, verb, object: me, tense: "past" });
};

const thought: Pattern = (random) => {
  const subject = pick(random, [
    ...vocabulary.names,
    pronouns.I,
    pronouns.we,
    pronouns.he,
    pronouns.she,
    pronouns.they,
  ]);
  const other = part.somebody(random);
  if (other === subject) return caused(random);
  const tense: Tense = part.tense(random);
  const kinds: readonly Doing[] = [
    part.deed,
    part.staying,
    part.living,
    part.moving,
    part.feeling,
    (source) => part.lying(source),
  ];
  const content = pick<Doing>(random, [...kinds, () => pick(random, [rain, snow, cold, sun])]);
  const verb = pick(random, [verbs.think, verbs.know, verbs.say]);
  return say.withSubordinate({ subject, verb }, that, { ...content(random, other), tense });
};

const weathers: readonly (readonly [Clause, readonly Doing[]])[] = [
  [rain, [shelters, reads]],
  [snow, [shelters, reads, drinks]],
  [cold, [shelters, drinks]],
  [sun, [enjoys]],
  [dark, [sleeps, shelters]],
];
const moods: readonly (readonly [Doing, Doing])[] = [
  [feels("hungry", "hungrig"), eats],
  [feels("thirsty", "durstig"), drinks],
  [feels("tired", "müde"), sleeps],
  [feels("happy", "froh"), enjoys],
  [feels("sad", "traurig"), does(verbs.cry)],
];

const whenever: Pattern = (random) => {
  if (part.chance(random, 0.5)) {
    const [weather, reactions] = pick(random, weathers);
    return say.subordinateFirst(when, weather, pick(random, reactions)(random, part.subject(random)));
  }
  const { subject, again } = part.somebodyKnown(random);
  const [mood, reaction] = pick(random, moods);
  return say.subordinateFirst(when, mood(random, subject), reaction(random, again));
};

export const complexPatterns: readonly Pattern[] = [
  caused,
  caused,
  caused,
  helped,
  thought,
  thought,
  whenever,
  whenever,
];
