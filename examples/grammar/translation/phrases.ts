export type Gender = "masculine" | "feminine" | "neuter" | "plural";
export type Case = "nominative" | "accusative" | "dative";
/** The form of the verb for a subject, in both languages. */
export type Person = "I" | "you" | "one" | "many";

export const cases: readonly Case[] = ["nominative", "accusative", "dative"];

/** A noun in both languages; `oblique` is the form of weak nouns and of plurals outside the nominative. */
export interface Noun {
  readonly english: string;
  readonly german: string;
  readonly gender: Gender;
  readonly accusative?: string;
  readonly dative?: string;
  /** The pronoun; omitted if the languages disagree ("das Mädchen"). */
  readonly pronoun?: Phrase;
}

export interface Adjective {
  readonly english: string;
  readonly german: string;
  /** The form that takes endings, if it differs ("dunkel", "dunkl-"). */
  readonly stem?: string;
}

/** A noun phrase or a pronoun, in all forms that a sentence needs. */
export interface Phrase {
  readonly english: { readonly subject: string; readonly object: string };
  readonly german: Readonly<Record<Case, string>>;
  readonly person: Person;
  readonly kind: "pronoun" | "definite" | "indefinite";
  readonly pronoun?: Phrase;
  /** "sein" or "ihr": the translation of "his" and "her" if this phrase is the subject. */
  readonly possessive?: Determiner;
}

type Forms = Readonly<Record<Gender, string>>;
const forms = (masculine: string, feminine: string, neuter: string, plural: string): Forms => ({
  masculine,
  feminine,
  neuter,
  plural,
});

interface Declension {
  readonly article: Readonly<Record<Case, Forms>>;
  readonly adjective: Readonly<Record<Case, Forms>>;
}

const afterThe: Declension = {
  article: {
    nominative: forms("der", "die", "das", "die"),
    accusative: forms("den", "die", "das", "die"),
    dative: forms("dem", "der", "dem", "den"),
  },
  adjective: {
    nominative: forms("e", "e", "e", "en"),
    accusative: forms("en", "e", "e", "en"),
    dative: forms("en", "en", "en", "en"),
  },
};

const afterA: Declension = {
  article: {
    nominative: forms("", "e", "", "e"),
    accusative: forms("en", "e", "", "e"),
    dative: forms("em", "er", "em", "en"),
  },
  adjective: {
    nominative: forms("er", "e", "es", "en"),
    accusative: forms("en", "e", "es", "en"),
    dative: forms("en", "en", "en", "en"),
  },
};

/** After a number no article shows the case, so the adjective does. */
const afterNumber: Declension = {
  article: { nominative: forms("", "", "", ""), accusative: forms("", "", "", ""), dative: forms("", "", "", "") },
  adjective: {
    nominative: forms("er", "e", "es", "e"),
    accusative: forms("en", "e", "es", "e"),
    dative: forms("em", "er", "em", "en"),
  },
};

export interface Determiner {
  readonly english: string;
  readonly german: string;
  readonly declension: Declension;
  readonly kind: "definite" | "indefinite";
}

export const the: Determiner = { english: "the", german: "", declension: afterThe, kind: "definite" };
export const a: Determiner = { english: "a", german: "ein", declension: afterA, kind: "indefinite" };
/** English negates the verb, German the article. */
export const no: Determiner = { english: "a", german: "kein", declension: afterA, kind: "indefinite" };
export const my: Determiner = { english: "my", german: "mein", declension: afterA, kind: "definite" };
export const his: Determiner = { english: "his", german: "sein", declension: afterA, kind: "definite" };
export const her: Determiner = { english: "her", german: "ihr", declension: afterA, kind: "definite" };
export const bare: Determiner = { english: "", german: "", declension: afterNumber, kind: "indefinite" };
export const numbers: readonly Determiner[] = [
  { ...bare, english: "two", german: "zwei" },
  { ...bare, english: "three", german: "drei" },
  { ...bare, english: "many", german: "viel", declension: { ...afterNumber, article: afterA.article } },
];

export function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(" ");
}

export function decline(noun: Noun, grammaticalCase: Case): string {
  if (grammaticalCase === "nominative") return noun.german;
  return noun[grammaticalCase] ?? noun.german;
}

function declined(determiner: Determiner, adjective: Adjective | undefined, noun: Noun, which: Case): string {
  const { article, adjective: endings } = determiner.declension;
  const stem = adjective && (adjective.stem ?? adjective.german) + endings[which][noun.gender];
  return joined([determiner.german + article[which][noun.gender], stem, decline(noun, which)]);
}

export function nounPhrase(determiner: Determiner, noun: Noun, adjective?: Adjective): Phrase {
  const english = joined([determiner.english, adjective?.english, noun.english]);
  return {
    english: { subject: english, object: english },
    german: {
      nominative: declined(determiner, adjective, noun, "nominative"),
      accusative: declined(determiner, adjective, noun, "accusative"),
      dative: declined(determiner, adjective, noun, "dative"),
    },
    person: noun.gender === "plural" ? "many" : "one",
    kind: determiner.kind,
    ...(noun.pronoun && { pronoun: noun.pronoun }),
  };
}

function pronoun(person: Person, english: string, german: string, possessive?: Determiner): Phrase {
  const [subject = "", object = ""] = english.split(" ");
  const [nominative = "", accusative = "", dative = ""] = german.split(" ");
  return {
    english: { subject, object },
    german: { nominative, accusative, dative },
    person,
    kind: "pronoun",
    ...(possessive && { possessive }),
  };
}

export const pronouns = {
  I: pronoun("I", "I me", "ich mich mir", my),
  you: pronoun("you", "you you", "du dich dir"),
  he: pronoun("one", "he him", "er ihn ihm", his),
  she: pronoun("one", "she her", "sie sie ihr", her),
  it: pronoun("one", "it it", "es es ihm"),
  we: pronoun("many", "we us", "wir uns uns"),
  they: pronoun("many", "they them", "sie sie ihnen"),
  /** "it" for a thing with a grammatical gender. */
  itMasculine: pronoun("one", "it it", "er ihn ihm"),
  itFeminine: pronoun("one", "it it", "sie sie ihr"),
};

export function person(name: string, as: "he" | "she"): Phrase {
  return {
    english: { subject: name, object: name },
    german: { nominative: name, accusative: name, dative: name },
    person: "one",
    kind: "definite",
    pronoun: pronouns[as],
    possessive: as === "he" ? his : her,
  };
}
