import { combine, type Entity, named } from "./grammar";

const she = { he: "she", him: "her", his: "her" };
const he = { he: "he", him: "him", his: "his" };

const girls = (...names: string[]) => names.map((name) => child(name, "girl", she));
const boys = (...names: string[]) => names.map((name) => child(name, "boy", he));

function child(name: string, kind: string, forms: Entity): Entity {
  return { name, kind, ...forms, full: `a ${kind} named ${name}` };
}

/** Parses "Pip the fox". */
const animals = (forms: Entity, ...known: string[]): Entity[] =>
  known.map((full) => {
    const [name = "", kind = ""] = full.split(" the ");
    return { name, kind, ...forms, full };
  });

export const characters: readonly Entity[] = [
  ...girls("Mia", "Anna", "Lena", "Rosa"),
  ...boys("Tom", "Ben", "Max", "Leo"),
  ...animals(he, "Pip the fox", "Emil the rabbit", "Hugo the dog", "Oscar the goat"),
  ...animals(she, "Bella the bear", "Nora the hedgehog", "Lotte the lamb", "Ida the pony"),
];

/** Whom stories are about: so many that a model must look back for a name, not guess it. */
export const heroes: readonly Entity[] = [
  ...characters,
  ...girls("Clara", "Emma", "Frida", "Greta", "Hanna", "Julia", "Lucy", "Marie", "Nina", "Olga", "Paula", "Sara"),
  ...boys("Adam", "Anton", "David", "Felix", "Jack", "Jonas", "Karl", "Lukas", "Noah", "Otto", "Paul", "Simon"),
  ...animals(he, "Bruno the wolf", "Fritz the frog", "Moritz the squirrel", "Rudi the raccoon", "Toto the badger"),
  ...animals(she, "Coco the cat", "Dora the duck", "Kiki the goose", "Minka the lynx", "Tilda the turtle"),
];

export const traits = named("little", "clever", "curious", "kind", "quiet", "brave");

export const shores = named("by the sea", "by a wide lake", "by the river");
export const inland = named("on a green hill", "near a dark forest", "in an old mill", "on a farm");
export const homes: readonly Entity[] = [...shores, ...inland, ...named("in a small village")];

export const family: readonly Entity[] = [
  { name: "grandmother", ...she },
  { name: "mother", ...she },
  { name: "sister", ...she },
  { name: "grandfather", ...he },
  { name: "father", ...he },
  { name: "brother", ...he },
];

export const colors = named("red", "blue", "yellow", "green", "white", "orange");

/** What a treasure of a story can look like. */
export const looks = [...colors, ...named("black", "brown", "golden", "silver", "pink", "purple")];

/** "red kite" with the kite's other forms; `noun` keeps the bare "kite". */
export function colored(things: readonly Entity[], from: readonly Entity[] = colors): Entity[] {
  return combine(
    from,
    things.map(({ name, ...forms }) => ({ noun: `${name}`, ...forms })),
  ).map(({ name, ...thing }) => ({ ...thing, name: `${name} ${thing.noun}` }));
}

/** How a story begins: the hero, the hero's character, and the home. */
export const opening = [
  "Once upon a time a {trait} {hero.kind} named {hero} lived {home}.",
  "Once upon a time, {home}, there lived a {trait} {hero.kind} named {hero}.",
  "Once upon a time there was a {trait} {hero.kind} named {hero} who lived {home}.",
  "{Home} there lived a {trait} {hero.kind} named {hero}.",
  "{Hero} was a {trait} {hero.kind} who lived {home}.",
  "Long ago a {trait} {hero.kind} named {hero} lived {home}.",
];
