import { type Entity, named, type Plot } from "../grammar";
import { family, heroes, inland, opening, traits } from "../world";

const goals: Entity[] = [
  { name: "the sea", sight: "It was wide and blue, and the waves sang", token: "shell", memory: "hear the waves" },
  {
    name: "the castle",
    sight: "Its tall towers touched the clouds",
    token: "golden key",
    memory: "see the tall towers",
  },
  {
    name: "the white mountain",
    sight: "There was snow on it, even in summer",
    token: "white stone",
    memory: "feel the cold snow",
  },
  {
    name: "the garden of roses",
    sight: "Red and yellow roses grew everywhere",
    token: "red rose",
    memory: "smell the roses",
  },
];

const guides: Entity[] = [
  {
    name: "beaver",
    trouble: "a wide river without a bridge",
    help: "cut down a tall tree, and the tree became a bridge",
  },
  {
    name: "owl",
    trouble: "a forest so dark that {hero.he} could not see the path",
    help: "could see in the dark and showed {hero.him} the path",
  },
  {
    name: "donkey",
    trouble: "a hill so high that {hero.his} legs were too tired",
    help: "had strong legs and carried {hero.him} up the hill",
  },
  {
    name: "swan",
    trouble: "a deep lake without a boat",
    help: "spread its wings and carried {hero.him} across the water",
  },
];

/** Wish and journey: the hungry animal that was fed is able to help. */
export const journey: Plot = {
  roles: {
    hero: heroes,
    trait: traits,
    home: inland,
    teller: family,
    goal: goals,
    guide: guides,
    food: named("bread", "cheese", "cake", "soup"),
  },
  things: ["goal.token", "guide.name", "food.name"],
  lines: [
    opening,
    [
      "{Hero.his} {teller} often told {hero.him} about {goal}, and {hero} wished to see it.",
      "More than anything, {hero.he} wished to see {goal}, because {hero.his} {teller} had told {hero.him} about it.",
      '"One day I will see {goal}," {hero.he} told {hero.his} {teller}.',
    ],
    [
      "One morning {hero.he} packed some {food}, and on the way {hero.he} shared it with a hungry {guide}.",
      "So {hero.he} packed some {food}. By the path sat a hungry {guide}, and {hero} gave it the {food}.",
      'So {hero} went, with some {food}. "I am hungry," said a {guide} by the path, and {hero.he} gave it the {food}.',
    ],
    ["Soon {hero} came to {guide.trouble}.", "In the evening {hero.he} came to {guide.trouble}."],
    [
      '"You helped me, so I will help you," said the {guide}. It {guide.help}.',
      "But the {guide} was still there. It {guide.help}.",
      "The {guide} had not forgotten the {food}. It {guide.help}.",
    ],
    ["At last {hero} saw {goal}. {Goal.sight}.", "The next day {hero} stood before {goal}. {Goal.sight}."],
    [
      "{Hero.he} gave {hero.his} {teller} a {goal.token}, and whenever {hero} held it, {hero.he} could {goal.memory} again.",
      "{Hero} took home a {goal.token}, and {hero.his} {teller} put it by the window.",
      '{Hero} gave {hero.his} {teller} a {goal.token}. "Now I can tell you about {goal}," said {hero}.',
    ],
  ],
};
