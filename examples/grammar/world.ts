import { combine, type Entity, named } from "./grammar";

const she = { he: "she", him: "her", his: "her" };
const he = { he: "he", him: "him", his: "his" };

const girls = ["Mia", "Anna", "Lena", "Rosa"].map((name) => ({ name, kind: "girl", ...she }));
const boys = ["Tom", "Ben", "Max", "Leo"].map((name) => ({ name, kind: "boy", ...he }));
const children: Entity[] = [...girls, ...boys].map((child) => ({
  ...child,
  full: `a ${child.kind} named ${child.name}`,
}));

const animals: Entity[] = [
  { name: "Pip", kind: "fox", ...he },
  { name: "Emil", kind: "rabbit", ...he },
  { name: "Hugo", kind: "dog", ...he },
  { name: "Oscar", kind: "goat", ...he },
  { name: "Bella", kind: "bear", ...she },
  { name: "Nora", kind: "hedgehog", ...she },
  { name: "Lotte", kind: "lamb", ...she },
  { name: "Ida", kind: "pony", ...she },
].map((animal) => ({ ...animal, full: `${animal.name} the ${animal.kind}` }));

export const characters: readonly Entity[] = [...children, ...animals];

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

/** "red kite" with the kite's other forms; `noun` keeps the bare "kite". */
export function colored(things: readonly Entity[]): Entity[] {
  return combine(
    colors,
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
