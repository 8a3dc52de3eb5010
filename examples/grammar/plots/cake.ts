import { combine, type Entity, type Plot } from "../grammar";
import { family, heroes, homes, opening, traits } from "../world";

const hosts: Entity[] = [
  { name: "hen", item: "eggs", cake: "egg cake" },
  { name: "cow", item: "milk", cake: "milk cake" },
  { name: "bee", item: "honey", cake: "honey cake" },
  { name: "horse", item: "apples", cake: "apple cake" },
];

const needs: Entity[] = [
  { need: "My house is cold", favor: "carried wood and made a fire", result: "the house was warm" },
  { need: "My roof is broken", favor: "climbed up and put wood on the roof", result: "no rain came in" },
  { need: "My well is dry", favor: "carried water from the river", result: "the well was full" },
];

/** A birthday: one favor for another, which provides the ingredient of the cake. */
export const cake: Plot = {
  roles: { hero: heroes, trait: traits, home: homes, guest: family, host: combine(hosts, needs) },
  things: ["host.name", "host.item", "host.cake"],
  lines: [
    opening,
    [
      "{Hero.he} wished to bake a {host.cake} for {hero.his} {guest}, but {hero.he} had no {host.item}.",
      "It was the birthday of {hero.his} {guest}, but {hero} had no {host.item} for a {host.cake}.",
    ],
    [
      'So {hero.he} went to a {host}. "Can you give me some {host.item}?" {hero.he} asked.',
      'A {host} had {host.item}, so {hero} went there. "Can I have some?" {hero.he} asked.',
    ],
    ['"Yes, but I need help too," said the {host}. "{Host.need}."', 'The {host} was sad. "{Host.need}," it said.'],
    [
      "{Hero} {host.favor}, and soon {host.result}.",
      '"I can help you," said {hero}. {Hero.he} {host.favor}, and soon {host.result}.',
    ],
    [
      "The {host} laughed and gave {hero.him} more {host.item} than {hero.he} could carry.",
      '"You helped me, so I will help you," said the {host} and gave {hero.him} the {host.item}.',
    ],
    [
      'At home {hero} baked until the house smelled sweet. "This is the best {host.cake} of all," said {hero.his} {guest}.',
      "In the evening they ate the {host.cake} together, and {hero} took the last piece to the {host}.",
      "{Hero} baked all day, and the first piece of the {host.cake} was for {hero.his} {guest}.",
      "That evening the {host} sat with them at the table, and {hero} gave it the biggest piece of the {host.cake}.",
    ],
  ],
};
