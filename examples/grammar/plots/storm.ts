import type { Entity, Plot } from "../grammar";
import { colored, family, heroes, opening, shores, traits } from "../world";

const fog: Entity = {
  trouble: "a fog came, and nobody could see the shore",
  thought: "In the fog nobody can see a light, but everybody can hear a {signal}",
  sense: "heard",
  end: "{Hero} put the {signal} by the door, ready for the next fog.",
};
const dark: Entity = {
  trouble: "clouds covered the moon, and nobody could see the shore",
  thought: "In the dark nobody can see the shore, but everybody can see a {signal}",
  sense: "saw",
  end: "After that, {hero} watched the shore on every dark night.",
};
const signals: readonly Entity[] = [
  { ...fog, name: "bell", act: "rang the bell" },
  { ...fog, name: "drum", act: "played the drum" },
  { ...dark, name: "lamp", act: "held up the lamp" },
  { ...dark, name: "fire", act: "carried wood to a fire" },
];

/** Weather trouble: fog calls for a sound, darkness for a light. */
export const storm: Plot = {
  roles: {
    hero: heroes,
    trait: traits,
    home: shores,
    sailor: family,
    boat: colored([{ name: "boat" }]),
    signal: signals,
  },
  things: ["boat.noun", "signal.name"],
  lines: [
    opening,
    [
      "One evening {hero.his} {sailor} sailed out in a {boat} to catch fish.",
      '"I will be back tonight," said {hero.his} {sailor} and sailed out in a {boat}.',
      "Every evening {hero.his} {sailor} went out in a {boat} to catch fish.",
    ],
    ["But that night {signal.trouble}.", "That night {signal.trouble}.", "But soon {signal.trouble}."],
    [
      'Then {hero} had an idea. "{Signal.thought}!"',
      '{Hero} was afraid for {hero.his} {sailor}. "{Signal.thought}," {hero.he} thought.',
    ],
    [
      "So {hero.he} {signal.act} until {hero.his} arms were tired.",
      "{Hero.he} {signal.act} and did not stop all night.",
    ],
    [
      "Far out on the water {hero.his} {sailor} {signal.sense} it and knew the way.",
      "Out in the boat {hero.his} {sailor} {signal.sense} it and found the way.",
    ],
    [
      'At last the {boat} came home. "Your {signal} saved me," said {hero.his} {sailor}.',
      'In the morning the {boat} was back. "I {signal.sense} your {signal}," said {hero.his} {sailor}.',
    ],
    [
      "{Signal.end}",
      "They ate some warm soup together, and {hero} fell asleep with a smile.",
      "{Hero} got the biggest fish that night and was very proud.",
    ],
  ],
};
