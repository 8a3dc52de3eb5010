import { capitalize, words } from "../grammar";
import type { Words } from "./clause";
import {
  a,
  bare,
  type Case,
  cases,
  type Determiner,
  decline,
  type Gender,
  her,
  his,
  my,
  no,
  nounPhrase,
  numbers,
  type Phrase,
  pronouns,
  the,
} from "./phrases";
import * as places from "./places";
import { modals, preterite, verbs } from "./verbs";
import * as vocabulary from "./vocabulary";

const genders: readonly Gender[] = ["masculine", "feminine", "neuter", "plural"];
/** An indefinite thing is a subject or an object, never a recipient. */
const introduced: readonly Case[] = ["nominative", "accusative"];
/** Counted things are objects of verbs that take the accusative. */
const counted: readonly Case[] = ["accusative"];
const persons = ["I", "you", "one", "many"] as const;

/** Question words, conjunctions and the few words that only one pattern uses. */
const particles: readonly Words[] = [
  { english: "Where What Who Why When There", german: "Wo Was Wer Warum Wenn" },
  { english: "but and because that", german: "aber und weil dass" },
  { english: "dark cold sun in the river", german: "dunkel kalt Sonne im Fluss" },
  { english: "not likes like", german: "nicht gern" },
];
/** Forms of verbs that are in no table: "do", "be" and the modals. */
const auxiliaries = "do does did is are am was were can cannot could want wants wanted to must had";
const opening = "do does did is are am was were";

/** Verbs that no pattern uses in questions, wishes or statements about everybody. */
const impersonal = new Set([verbs.rain, verbs.snow, verbs.shine]);
const inSubordinate = new Set([verbs.think, verbs.know, verbs.say]);
const always = new Set([...inSubordinate, verbs.love]);
const unasked = new Set([...impersonal, ...always, verbs.swim, verbs.fly, verbs.stay, verbs.cry, verbs.laugh]);
/** Only birds fly, and questions about reading name the reader. */
const onlyOne = new Set([...impersonal, verbs.fly]);
/** Verbs with a separable prefix, joined again in a subordinate clause. */
const joinedAtEnd = ["aufmacht", "aufmachen", "zurückkommt"];

class Collection {
  readonly words = new Set<string>(["."]);
  add(text: string) {
    for (const word of words(text)) this.words.add(word);
  }
  /** Adds a text that may begin a sentence: its first word is written both ways. */
  addOpening(text: string) {
    this.add(text);
    this.add(capitalize(text));
  }
}

function addPlaces(english: Collection, german: Collection) {
  const { home: _home, nowTimes, pastTimes, ...rest } = places;
  for (const time of [...nowTimes, ...pastTimes]) {
    english.addOpening(time.english);
    german.addOpening(time.german);
  }
  for (const [name, list] of Object.entries(rest)) {
    const first = name === "outdoors" || name === "spots";
    for (const place of list) {
      english.add(place.english);
      if (first) german.addOpening(place.german);
      else german.add(place.german);
    }
  }
  for (const { english: left, german: right } of [...vocabulary.states, ...vocabulary.qualities, ...particles]) {
    english.add(left);
    german.add(right);
  }
}

function addPhrase(english: Collection, german: Collection, phrase: Phrase, first: boolean) {
  english.add(phrase.english.object);
  for (const each of cases) german.add(phrase.german[each]);
  english[first ? "addOpening" : "add"](phrase.english.subject);
  german[first ? "addOpening" : "add"](phrase.german.nominative);
}

function addNouns(english: Collection, german: Collection) {
  for (const { noun, plural, adjectives } of vocabulary.everything) {
    for (const each of plural ? [noun, plural] : [noun]) {
      english.add(each.english);
      for (const which of each === noun ? cases : counted) german.add(decline(each, which));
    }
    for (const adjective of adjectives) {
      english.add(adjective.english);
      for (const which of cases) german.add(nounPhrase(the, noun, adjective).german[which]);
      for (const which of introduced) german.add(nounPhrase(a, noun, adjective).german[which]);
      if (plural) german.add(nounPhrase(bare, plural, adjective).german.accusative);
    }
  }
  for (const phrase of [...vocabulary.names, ...Object.values(pronouns)])
    addPhrase(english, german, phrase, !phrase.english.subject.startsWith("it"));
}

function addDeterminers(english: Collection, german: Collection) {
  const subjects: readonly Determiner[] = [the, a];
  for (const determiner of [the, a, no, my, his, her]) {
    for (const gender of genders) {
      for (const which of cases) {
        const text = determiner.german + determiner.declension.article[which][gender];
        const first = subjects.includes(determiner) && which === "nominative";
        if (gender === "plural" && determiner !== the) continue;
        if (which === "dative" && determiner.english === "a") continue;
        if (first) german.addOpening(text);
        else german.add(text);
      }
    }
    english.add(determiner.english);
  }
  for (const { english: left, german: right, declension } of numbers) {
    english.add(left);
    german.add(right + declension.article.accusative.plural);
  }
  english.addOpening("the");
  for (const article of ["a", "an"]) english.addOpening(article);
}

function addVerbs(english: Collection, german: Collection) {
  for (const verb of Object.values(verbs)) {
    const { base, third, past } = verb.english;
    const { present, infinitive, participle, prefix } = verb.german;
    const one = onlyOne.has(verb);
    if (verb !== verbs.be) english.add(third);
    if (verb !== verbs.be && !one) english.add(base);
    if (verb !== verbs.be && !always.has(verb)) english.add(past);
    for (const person of one ? (["one"] as const) : persons) {
      if (person === "you" && inSubordinate.has(verb)) continue;
      if (person === "you" && verb === verbs.love) continue;
      if (unasked.has(verb) || (verb === verbs.read && person !== "one")) german.add(present[person]);
      else german.addOpening(present[person]);
    }
    german.add(prefix);
    if (!one && !always.has(verb) && !prefix) german.add(infinitive);
    if (!preterite.has(verb) && !always.has(verb)) german.add(participle);
  }
  for (const form of [...preterite.values()].flatMap((forms) => Object.values(forms))) german.addOpening(form);
  for (const { present, past } of Object.values(modals)) {
    for (const form of [...Object.values(present), ...Object.values(past)]) german.add(form);
  }
  english.add(auxiliaries);
  for (const word of words(opening)) english.addOpening(word);
  for (const form of joinedAtEnd) german.add(form);
}

/** The words and punctuation of all sentence pairs, by language, from the tables that generate the sentences. */
export function pairWords(): { english: Set<string>; german: Set<string> } {
  const english = new Collection();
  const german = new Collection();
  for (const fill of [addPlaces, addNouns, addDeterminers, addVerbs]) fill(english, german);
  for (const language of [english, german]) language.add("? ,");
  return { english: english.words, german: german.words };
}
