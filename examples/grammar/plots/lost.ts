import { combine, type Entity, named, type Plot } from "../grammar";
import { colored, family, heroes, homes, looks, opening, traits } from "../world";

const wind: Entity = {
  loss: "the wind carried the {lost.noun} to the top of a tall tree",
  attempt: "{Hero} tried to climb up, but the branches were too thin",
  spot: "in the tree",
  helper: "owl",
  rescue: "flew up to the top of the tree",
  lesson: "when the wind blew, {hero} held the {lost} with both hands",
};
const water: Entity = {
  loss: "the {lost.noun} fell from a bridge into the river",
  attempt: "{Hero} reached into the river, but the water was too deep",
  spot: "in the river",
  helper: "otter",
  rescue: "dived down to the bottom of the river",
  lesson: "when {hero} crossed a bridge, {hero.he} held the {lost} with both hands",
};
const hole: Entity = {
  loss: "the {lost.noun} rolled down the hill and fell into a hole",
  attempt: "{Hero} reached into the hole, but it was too small",
  spot: "in the hole",
  helper: "mouse",
  rescue: "climbed deep down into the hole",
  lesson: "when {hero} ran down the hill, {hero.he} held the {lost} with both hands",
};

const lost = [
  ...combine(colored(named("kite", "hat", "scarf", "balloon", "ribbon"), looks), [wind]),
  ...combine(colored(named("stone", "bell", "shell", "cup", "whistle"), looks), [water]),
  ...combine(colored(named("ball", "ring", "coin", "marble", "button"), looks), [hole]),
];

/** Lost and found: how the treasure is lost decides who can bring it back. */
export const lostAndFound: Plot = {
  roles: { hero: heroes, trait: traits, home: homes, giver: family, lost },
  things: ["lost.noun", "lost.helper"],
  lines: [
    opening,
    [
      "{Hero.he} had a {lost}, a gift from {hero.his} {giver}, and took it everywhere.",
      "{Hero.his} {giver} had given {hero.him} a {lost}, and {hero.he} loved it very much.",
      "More than anything, {hero.he} loved a {lost}, a gift from {hero.his} {giver}.",
    ],
    ["One day {lost.loss}.", "One morning {lost.loss}.", "But one day {lost.loss}."],
    ["{Lost.attempt}.", "{Lost.attempt}, so {hero.he} sat down and cried."],
    [
      '"Why are you so sad?" asked a {lost.helper}. "My {lost} is {lost.spot}," said {hero}.',
      '"Can you help me?" {hero.he} asked a {lost.helper}. "My {lost} is {lost.spot}."',
      'A {lost.helper} came by. "My {lost} is {lost.spot}," said {hero}. "Please help me."',
    ],
    [
      "The {lost.helper} {lost.rescue} and came back with the {lost.noun}.",
      '"I will try," said the {lost.helper}. It {lost.rescue} and found the {lost.noun}.',
    ],
    [
      "From that day on, {lost.lesson}.",
      "After that, {lost.lesson}.",
      '"Thank you!" said {hero} and held the {lost} with both hands all the way home.',
      "{Hero} was so happy that {hero.he} gave the {lost.helper} some bread, and never lost the {lost} again.",
      "That night {hero} fell asleep with the {lost} in {hero.his} arms.",
    ],
  ],
};
