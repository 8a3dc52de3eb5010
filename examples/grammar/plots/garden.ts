import { combine, type Entity, type Plot } from "../grammar";
import { family, heroes, homes, opening, traits } from "../world";

const plants: Entity[] = [
  { seed: "brown seed", grown: "a tree full of sweet apples", use: "baked an apple cake" },
  { seed: "white seed", grown: "a plant with a big orange pumpkin", use: "made some warm soup" },
  { seed: "black seed", grown: "a tall plant with red roses", use: "put one rose by the window" },
  { seed: "green seed", grown: "a flower as yellow as the sun", use: "sat by it every evening" },
];

const dangers: Entity[] = [
  {
    danger: "no rain fell for many weeks",
    care: "carried water from the well",
    proof: "the green leaves stood up again",
  },
  {
    danger: "the nights were cold, and snow fell",
    care: "covered the plant with a warm blanket",
    proof: "the leaves were still green after the snow",
  },
  {
    danger: "a storm pulled at the leaves",
    care: "tied the plant to a strong stick",
    proof: "it still stood after the storm",
  },
];

/** A seed: each danger has its own remedy, and patience bears fruit. */
export const garden: Plot = {
  roles: { hero: heroes, trait: traits, home: homes, giver: family, plant: combine(plants, dangers) },
  things: ["plant.seed"],
  lines: [
    opening,
    [
      '{Hero.his} {giver} gave {hero.him} a {plant.seed}. "What will it be?" {hero.he} asked. "Wait and see."',
      "On {hero.his} birthday {hero.he} got a {plant.seed} from {hero.his} {giver}.",
      "One day {hero.he} found a {plant.seed} and showed it to {hero.his} {giver}.",
    ],
    [
      "{Hero} put it into the earth, and soon a plant grew, with two green leaves.",
      "{Hero} put it into the earth behind the house, and a small plant grew.",
    ],
    ["But then {plant.danger}.", "Then {plant.danger}, and {hero} was afraid for the plant."],
    [
      "{Hero.he} {plant.care}, and {plant.proof}.",
      "So {hero.he} {plant.care}. It worked, for {plant.proof}.",
      '"I will help you," said {hero} and {plant.care}. Soon {plant.proof}.',
    ],
    ["The next summer it was {plant.grown}.", "At last it had become {plant.grown}."],
    [
      '{Hero} and {hero.his} {giver} {plant.use}. "All this from a {plant.seed}!" said {hero}.',
      "Together they {plant.use}, and {hero} kept a {plant.seed} for the next spring.",
    ],
  ],
};
