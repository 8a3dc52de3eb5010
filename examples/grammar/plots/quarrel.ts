import { type Entity, named, type Plot } from "../grammar";
import { colored, heroes, homes, looks, opening, traits } from "../world";

const toys: Entity[] = [
  { name: "kite", use: "fly", damage: "the paper broke", repair: "put new paper on it", joy: "flew higher" },
  { name: "boat", use: "sail", damage: "the sail broke", repair: "made a new sail", joy: "sailed faster" },
  { name: "cart", use: "pull", damage: "a wheel broke", repair: "made a new wheel", joy: "rolled faster" },
  { name: "drum", use: "play", damage: "the skin broke", repair: "put a new skin on it", joy: "was louder" },
];

/** A quarrel and reconciliation: two friends break a toy and repair it together. */
export const quarrel: Plot = {
  roles: {
    hero: heroes,
    friend: heroes,
    trait: traits,
    home: homes,
    toy: colored(toys, looks),
    gift: named("cake", "honey", "bread", "cheese"),
  },
  things: ["toy.noun", "gift.name"],
  lines: [
    opening,
    [
      "{Hero.his} best friend was {friend.full}, and together they had a {toy}.",
      "{Hero.he} shared a {toy} with {hero.his} best friend, {friend.full}.",
    ],
    [
      'One day both wanted to {toy.use} it. "It is mine!" cried {hero}. "No, mine!" cried {friend}.',
      'One morning {hero} wanted to {toy.use} it first, and so did {friend}. "Let go!" they cried.',
      "One day {friend} wanted to {toy.use} it first, but {hero} did not let go.",
    ],
    [
      "They pulled so hard that {toy.damage}, and {friend} went home without a word.",
      "They pulled and pulled until {toy.damage}. {Friend} was angry and ran home.",
    ],
    [
      'Without {friend} no game was fun, so {hero} took some {gift} and went to say, "I am sorry."',
      'That night {hero} could not sleep. "I am sorry," {hero.he} told {friend} in the morning and shared some {gift}.',
      'The next day {friend} stood at the door with some {gift}. "I am sorry," they both said.',
      'But {hero} had nobody to laugh with. "You are more to me than a {toy.noun}," {hero.he} told {friend}.',
    ],
    [
      "Together they {toy.repair}, and the {toy} {toy.joy} than before.",
      "They {toy.repair}, and soon the {toy} {toy.joy} than before.",
    ],
    [
      '"You go first," said {hero}. "No, you," said {friend}, and they both laughed.',
      "From that day on, {hero} and {friend} took turns.",
      "After that, {friend} was first in the morning, and {hero} was first in the evening.",
    ],
  ],
};
