import { type Entity, named, type Plot } from "../grammar";

/** A man's and a woman's word for one role, and what people in that role do. */
export interface Role {
  readonly male: string;
  readonly female: string;
  readonly deeds: readonly [string, string, string, string];
}

const role = (male: string, female: string, ...deeds: Role["deeds"]): Role => ({ male, female, deeds });

export const royals: readonly Role[] = [
  role("king", "queen", "ruled the kingdom", "sat on the throne", "had a golden crown", "signed the new laws"),
  role("prince", "princess", "was heir to the crown", "fed a white pony", "waltzed at the ball", "had a royal tutor"),
  role("emperor", "empress", "ruled a vast empire", "commanded an army", "conquered provinces", "received ambassadors"),
  role("duke", "duchess", "owned a large estate", "kept hounds", "gave banquets", "collected the rent"),
  role("baron", "baroness", "owned a small fortress", "won a tournament", "kept a falcon", "collected swords"),
];

const relatives: readonly Role[] = [
  role("father", "mother", "was a good parent", "prepared supper", "packed the lunch", "told us a bedtime tale"),
  role("son", "daughter", "was born in spring", "made the parents proud", "left the nest", "learned to crawl"),
  role("brother", "sister", "shared a bedroom with me", "quarreled about toys", "is my sibling", "is my twin"),
  role(
    "grandfather",
    "grandmother",
    "has gray hair",
    "sat in a rocking chair",
    "spoils the grandchildren",
    "is very old",
  ),
  role(
    "uncle",
    "aunt",
    "visited with my cousins",
    "brought presents from abroad",
    "sent a postcard",
    "came for Easter",
  ),
  role(
    "nephew",
    "niece",
    "got a present for the christening",
    "stayed for the weekend",
    "stayed up late",
    "is very shy",
  ),
  role("husband", "wife", "had a wedding ring", "celebrated the anniversary", "got married", "went on a honeymoon"),
];

const workers: readonly Role[] = [
  role("man", "woman", "worked in an office", "waited for the bus", "paid the bill", "is an adult"),
  role("boy", "girl", "did homework after school", "went to the playground", "is a pupil", "got good grades"),
  role("actor", "actress", "bowed on the stage", "rehearsed the scene", "appeared in a film", "forgot the lines"),
  role("waiter", "waitress", "brought the menu", "carried the plates", "took the order", "got a tip in the restaurant"),
  role("wizard", "witch", "cast a spell", "brewed a potion", "waved a magic wand", "owned a black cauldron"),
  role("monk", "nun", "prayed in the chapel", "lived in the abbey", "copied holy scriptures", "kept silence"),
  role("host", "hostess", "welcomed the guests", "set the table", "poured the wine", "held a party"),
];

export const commoners: readonly Role[] = [...relatives, ...workers];

const he = { he: "he", him: "him", his: "his", self: "himself", mark: "beard", wear: "necktie" };
const she = { he: "she", him: "her", his: "her", self: "herself", mark: "braid", wear: "dress" };

/** Sentences that say the role and not the gender, and sentences that say the gender and not the role. */
const lines = [
  "the {person} {person.a}",
  "the {person} {person.b}",
  "the {person} {person.c}",
  "the {person} {person.d}",
  "a {person} {person.a}, and {person.he} {person.b}",
  "a {person} {person.c}, and {person.he} {person.d}",
  "{name} is a kind {person}, and everybody likes {person.him}",
  "the {person} lost {person.his} hat, so {person.he} looked for it",
  "the {person} saw {person.self} in the mirror and combed {person.his} {person.mark}",
  "the {person} put on {person.his} {person.wear}, because {person.he} had a visitor",
  "{name} was the name of the {person}, and {person.he} knew {person.self}",
];
const courtLines = [
  "the guards bowed before the {person} in the castle",
  "the noble {person} lived in a palace with servants",
  "trumpets sounded when the royal {person} entered the court",
];
const familyLines = [
  "my {person} came to the family dinner",
  "my dear {person} is a relative of ours",
  "our family loves my {person}",
];
const workLines = [
  "the {person} crossed the road in the town",
  "somebody asked the {person} for the way",
  "an ordinary {person} stood in the crowd",
];

const men = named("Tom", "Ben", "Max", "Leo");
const women = named("Anna", "Mia", "Rosa", "Lena");

function persons(roles: readonly Role[], gender: "male" | "female"): Entity[] {
  const forms = gender === "male" ? he : she;
  return roles.map(({ deeds: [a, b, c, d], ...words }) => ({ name: words[gender], ...forms, a, b, c, d }));
}

const plotsOf = (roles: readonly Role[], own: readonly string[]): Plot[] => [
  { roles: { person: persons(roles, "male"), name: men }, lines: [[...lines, ...own]] },
  { roles: { person: persons(roles, "female"), name: women }, lines: [[...lines, ...own]] },
];

/** About people of the court, of the family and at work. */
export const peoplePlots: readonly Plot[] = [
  ...plotsOf(royals, courtLines),
  ...plotsOf(relatives, familyLines),
  ...plotsOf(workers, workLines),
];
