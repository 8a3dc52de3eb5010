import type { Entity, Plot } from "../grammar";

/** A noun with its plural, and phrases that fit both. */
interface Noun {
  readonly one: string;
  readonly many: string;
  readonly phrases: readonly string[];
}

const noun = (one: string, many: string, ...phrases: Noun["phrases"]): Noun => ({ one, many, phrases });

/** Things of one kind also share phrases. */
const kind = (shared: readonly string[], nouns: readonly Noun[]): Noun[] =>
  nouns.map((each) => ({ ...each, phrases: [...each.phrases, ...shared] }));

const animals = kind(
  ["fed by the keeper", "at the veterinarian", "sniffing at the fodder"],
  [
    noun("cat", "cats", "with long whiskers", "purring in the basket", "licking a paw"),
    noun("dog", "dogs", "on a leash", "barking in the kennel", "chewing a bone"),
    noun("horse", "horses", "with a brown mane", "trotting out of the stable", "pulling a cart full of hay"),
    noun("cow", "cows", "grazing on the meadow", "giving fresh cream", "with a bell in the barn"),
    noun("bird", "birds", "with colorful feathers", "hatching in the nest", "chirping at dawn"),
    noun("mouse", "mice", "nibbling at the cheese", "squeaking in the attic", "hiding from the owl"),
    noun("goose", "geese", "cackling in the farmyard", "with a white beak", "paddling on the pond"),
    noun("wolf", "wolves", "howling at the moon", "from the dark den", "hunting in the tundra"),
  ],
);
const plants = kind(
  ["in the garden", "wet with dew", "nipped by the frost"],
  [
    noun("tree", "trees", "with deep roots", "with green leaves", "with a thick trunk"),
    noun("flower", "flowers", "with a sweet scent", "with pink petals", "visited by bees"),
    noun("leaf", "leaves", "turning yellow in autumn", "falling from the oak", "swept up with a rake"),
    noun("apple", "apples", "from the orchard", "ripe and juicy", "for the cider"),
  ],
);
const buildings = kind(
  ["in need of repair", "planned by the architect", "older than the town"],
  [
    noun("house", "houses", "with a red roof", "with smoke from the chimney", "with a balcony"),
    noun("door", "doors", "with a rusty lock", "with squeaking hinges", "with a brass handle"),
    noun("bridge", "bridges", "over the canal", "with stone arches", "across the valley"),
  ],
);
const others: readonly Noun[] = [
  noun("child", "children", "with dolls and toys", "on the swing", "in kindergarten"),
  noun("book", "books", "from the library", "with torn pages", "on the shelf"),
  noun("car", "cars", "parked in the garage", "with flat tires", "without gasoline"),
  noun("ship", "ships", "anchored in the harbor", "with white sails", "with a brave captain"),
  noun("star", "stars", "seen through a telescope", "twinkling at midnight", "in the galaxy"),
  noun("knife", "knives", "with a sharp blade", "from the kitchen drawer", "beside forks"),
  noun("tooth", "teeth", "pulled by the dentist", "aching at night", "cleaned with paste"),
  noun("foot", "feet", "with a blister", "in warm socks", "with ticklish toes"),
  noun("shoe", "shoes", "with leather soles", "with untied laces", "polished until bright"),
  noun("bottle", "bottles", "with a cork", "of lemonade", "full of vinegar"),
  noun("clock", "clocks", "ticking loudly", "with a broken alarm", "with a pendulum"),
  noun("egg", "eggs", "laid by the hen", "boiled for breakfast", "with a cracked shell"),
];

export const nouns: readonly Noun[] = [...animals, ...plants, ...buildings, ...others];

const one = [
  "this is a {thing} {thing.what}",
  "there was only one {thing} {thing.what}",
  "a single {thing} {thing.what} was there",
  "each {thing} {thing.what} has been counted",
];
const many = [
  "these are {thing} {thing.what}",
  "there were many {thing} {thing.what}",
  "several {thing} {thing.what} were there",
  "all {thing} {thing.what} have been counted",
];

const things = (name: "one" | "many"): Entity[] =>
  nouns.flatMap(({ phrases, ...names }) => phrases.map((what) => ({ name: names[name], what })));

/** About one thing, and about several of them. */
export const nounPlots: readonly Plot[] = [
  { roles: { thing: things("one") }, lines: [one] },
  { roles: { thing: things("many") }, lines: [many] },
];
