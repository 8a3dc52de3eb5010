import type { Words } from "./clause";
import { type Adjective, type Gender, type Noun, type Phrase, person, pronouns } from "./phrases";

/** A noun with suitable adjectives, and its plural if countable. */
export interface Item {
  readonly noun: Noun;
  readonly adjectives: readonly Adjective[];
  readonly plural?: Noun;
}

const adjective = (english: string, german: string): Adjective => ({ english, german });
const small = adjective("small", "klein");
const big = adjective("big", "groß");
const old = adjective("old", "alt");
const young = adjective("young", "jung");
const fresh = adjective("new", "neu");
const beautiful = adjective("beautiful", "schön");
const clever = adjective("clever", "klug");
const brave = adjective("brave", "mutig");
const good = adjective("good", "gut");
const warm = adjective("warm", "warm");
const colors = [
  adjective("red", "rot"),
  adjective("blue", "blau"),
  adjective("green", "grün"),
  adjective("white", "weiß"),
  adjective("yellow", "gelb"),
  adjective("black", "schwarz"),
];
const ofAnimals = [small, big, old, young, clever, brave];
const ofPeople = [old, young, clever, brave];
const ofThings = [...colors, small, big, old, fresh, beautiful];
const ofTexts = [...colors.slice(0, 2), small, old, fresh, beautiful];
const ofFood = [small, big, good];

const articles: Readonly<Record<string, Gender>> = { der: "masculine", die: "feminine", das: "neuter" };

const pronounOf: Readonly<Record<string, Phrase>> = { he: pronouns.he, she: pronouns.she, it: pronouns.it };

/** Parses "fox: der Fuchs he"; weak nouns have a second form: "bear: der Bär/Bären he". */
function entry(text: string): Noun {
  const [english = "", german = ""] = text.split(": ");
  const [article = "", forms = "", as = ""] = german.split(" ");
  const [nominative = "", other] = forms.split("/");
  const known = pronounOf[as];
  return {
    english,
    german: nominative,
    gender: articles[article] ?? "plural",
    ...(other && { accusative: other, dative: other }),
    ...(known && { pronoun: known }),
  };
}

/** Parses "birds: Vögel/Vögeln"; plurals differ only in the dative. */
function plural(text: string): Noun {
  const [english = "", german = ""] = text.split(": ");
  const [nominative = "", dative = nominative] = german.split("/");
  return { english, german: nominative, gender: "plural", dative, pronoun: pronouns.they };
}

function items(suiting: readonly Adjective[], entries: readonly (readonly [string, string?])[]): Item[] {
  return entries.map(([one, many]) => ({
    noun: entry(one),
    adjectives: suiting,
    ...(many && { plural: plural(many) }),
  }));
}

export const names: readonly Phrase[] = [
  ...["Mia", "Anna", "Lena", "Rosa"].map((name) => person(name, "she")),
  ...["Tom", "Ben", "Max", "Leo"].map((name) => person(name, "he")),
];

export const fliers = items(ofAnimals, [
  ["bird: der Vogel he", "birds: Vögel/Vögeln"],
  ["owl: die Eule she"],
  ["duck: die Ente she"],
]);
export const animals: readonly Item[] = [
  ...fliers,
  ...items(ofAnimals, [
    ["fox: der Fuchs he"],
    ["bear: der Bär/Bären he"],
    ["dog: der Hund he", "dogs: Hunde/Hunden"],
    ["cat: die Katze she", "cats: Katzen"],
    ["mouse: die Maus she", "mice: Mäuse/Mäusen"],
    ["horse: das Pferd it", "horses: Pferde/Pferden"],
  ]),
];
export const people: readonly Item[] = [
  ...items(ofPeople, [
    ["farmer: der Bauer/Bauern he"],
    ["fisherman: der Fischer he"],
    ["boy: der Junge/Jungen he"],
    ["girl: das Mädchen"],
  ]),
];
export const relatives = items(
  [],
  [
    ["mother: die Mutter she"],
    ["father: der Vater he"],
    ["grandmother: die Großmutter she"],
    ["grandfather: der Großvater he"],
    ["sister: die Schwester she"],
    ["brother: der Bruder he"],
  ],
);
export const friend = items(ofPeople, [["friend: der Freund he"]]);
export const children: Item = { noun: plural("children: Kinder/Kindern"), adjectives: [small, brave, clever] };

export const things = items(ofThings, [
  ["ball: der Ball", "balls: Bälle/Bällen"],
  ["key: der Schlüssel", "keys: Schlüssel/Schlüsseln"],
  ["ring: der Ring", "rings: Ringe/Ringen"],
  ["kite: der Drachen", "kites: Drachen"],
  ["hat: der Hut", "hats: Hüte/Hüten"],
  ["boat: das Boot", "boats: Boote/Booten"],
  ["bell: die Glocke", "bells: Glocken"],
  ["drum: die Trommel", "drums: Trommeln"],
  ["shell: die Muschel", "shells: Muscheln"],
  ["flower: die Blume", "flowers: Blumen"],
]);
export const sounding = things.filter(({ noun }) => ["bell", "drum"].includes(noun.english));
export const texts = items(ofTexts, [
  ["book: das Buch", "books: Bücher/Büchern"],
  ["letter: der Brief", "letters: Briefe/Briefen"],
]);
export const written = items([beautiful, good], [["book: das Buch"], ["letter: der Brief"]]);
export const doors = items(ofThings, [["door: die Tür"], ["window: das Fenster"], ["box: die Kiste"]]);
export const foods = [
  ...items(
    [...colors.filter(({ english }) => ["red", "green"].includes(english)), small, good],
    [["apple: der Apfel", "apples: Äpfel/Äpfeln"]],
  ),
  ...items([small, big], [["egg: das Ei", "eggs: Eier/Eiern"]]),
  ...items(ofFood, [["cake: der Kuchen"]]),
];
export const baked = [...foods.slice(2), ...items([good, warm], [["bread: das Brot"]])];
export const drinks = items([warm, good], [["milk: die Milch"], ["tea: der Tee"]]);

const both = (english: string, german: string): Words => ({ english, german });
export const states = [
  both("hungry", "hungrig"),
  both("tired", "müde"),
  both("happy", "froh"),
  both("sad", "traurig"),
  both("thirsty", "durstig"),
  both("sick", "krank"),
].flatMap((state) => [state, both(`very ${state.english}`, `sehr ${state.german}`)]);
export const qualities = [...colors, small, big, old, fresh, beautiful].map(({ english, german }) =>
  both(english, german),
);

export const everything: readonly Item[] = [
  ...[animals, people, relatives, friend, [children]].flat(),
  ...[things, texts, written, doors, foods, baked, drinks].flat(),
];
