import type { Entity, Plot } from "../grammar";
import { heroes, homes, opening, traits } from "../world";

const bird = { healed: "it spread its wings and flew away", hurt: "broken wing", meal: "bread" };
const runner = { healed: "it stood up and ran into the forest", hurt: "broken leg", meal: "milk" };

const patients: Entity[] = [
  { name: "swan", ...bird, gift: "white feather" },
  { name: "owl", ...bird, gift: "brown feather" },
  { name: "deer", ...runner, gift: "red rose" },
  { name: "hare", ...runner, gift: "yellow flower" },
];

const places: Entity[] = [
  { name: "under a bridge", again: "under the bridge" },
  { name: "behind a castle", again: "behind the castle" },
  { name: "near a well", again: "near the well" },
  { name: "under a big tree", again: "under the big tree" },
];

/** A secret: a friend goes away alone, for a reason that the two then keep secret. */
export const secret: Plot = {
  roles: {
    hero: heroes,
    friend: heroes,
    trait: traits,
    home: homes,
    patient: patients,
    place: places,
  },
  things: ["patient.name", "patient.meal", "patient.gift"],
  lines: [
    opening,
    [
      "Every evening {hero.his} friend, {friend.full}, packed some {patient.meal} and went away alone.",
      "{Hero.his} best friend was {friend.full}, who went away alone every evening with some {patient.meal}.",
    ],
    [
      '"Where do you go?" asked {hero}, but {friend} did not say a word.',
      "{Hero} was sad, because {friend} did not say why.",
      '"Does {friend} have a new friend?" thought {hero} and was sad.',
    ],
    [
      "One night {hero.he} followed {friend} and found a young {patient} {place}. It had a {patient.hurt}.",
      "So {hero} followed {friend}. There, {place}, sat a young {patient} with a {patient.hurt}.",
    ],
    [
      '"Please tell nobody," said {friend}. So {hero} kept the secret and brought a warm blanket.',
      '"It is a secret," said {friend}, "because it is afraid." {Hero} sat down quietly and helped.',
      '"I will help you," said {hero} quietly, and from then on they went together.',
    ],
    [
      "Every day the {patient} grew stronger, and one morning {patient.healed}.",
      "The {patient} ate and slept and grew. When spring came, {patient.healed}.",
    ],
    [
      "The next day {hero} and {friend} found a {patient.gift} {place.again}.",
      "Only {hero} and {friend} knew why there was a {patient.gift} {place.again} the next day.",
      "But every spring it came back with a {patient.gift} for {friend} and {hero}.",
    ],
  ],
};
