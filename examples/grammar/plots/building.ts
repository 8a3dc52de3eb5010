import { type Entity, named, type Plot } from "../grammar";
import { colors, heroes, homes, opening, traits } from "../world";

const projects: Entity[] = [
  {
    name: "boat",
    purpose: "to sail across the lake",
    failure: "it was so heavy that it sank",
    advice: "Heavy wood sinks. Use light wood",
    repair: "used light wood",
    success: "it sailed across the lake like a swan",
  },
  {
    name: "kite",
    purpose: "to touch the clouds",
    failure: "it was so heavy that it did not fly",
    advice: "Heavy wood does not fly. Use paper",
    repair: "used paper",
    success: "it flew up and touched the clouds",
  },
  {
    name: "bridge",
    purpose: "to cross the river",
    failure: "it was so weak that the river carried it away",
    advice: "The river is strong. Use stones",
    repair: "used stones",
    success: "they crossed the river with dry feet",
  },
  {
    name: "tree house",
    purpose: "to sleep near the stars",
    failure: "the branches were so thin that it fell down",
    advice: "Thin branches are weak. Find a big tree",
    repair: "found a big tree",
    success: "they slept in it, near the stars",
  },
];

/** Building together: the first attempt fails for a reason, which the advice addresses. */
export const building: Plot = {
  roles: {
    hero: heroes,
    friend: heroes,
    trait: traits,
    home: homes,
    project: projects,
    color: colors,
    teacher: named("an old farmer", "a wise beaver", "a wise owl"),
  },
  things: ["project.name"],
  lines: [
    opening,
    [
      "{Hero.he} wanted to build a {project} with {friend.full} {project.purpose}.",
      "With {hero.his} friend, {friend.full}, {hero.he} wanted to build a {project} {project.purpose}.",
      '"Let us build a {project} {project.purpose}," {hero.he} said to {hero.his} friend, {friend.full}.',
    ],
    [
      "They worked from morning until evening, but {project.failure}.",
      "They worked hard for many days, but {project.failure}.",
    ],
    [
      '{Friend} was sad and wanted to stop. "We will try again," said {hero}.',
      '"It is no use," said {friend}. But {hero} did not want to stop.',
    ],
    [
      'They asked {teacher} for help. "{Project.advice}," was the answer.',
      'Then {teacher} came by and laughed. "{Project.advice}."',
      'So they went to {teacher}. "{Project.advice}," was the answer.',
    ],
    [
      "The next day they {project.repair} and painted everything {color}.",
      "They {project.repair} and painted everything {color}.",
    ],
    [
      "This time {project.success}.",
      "It worked, for {project.success}!",
      "{Friend} laughed, because {project.success}.",
    ],
    [
      '"It is good that we tried again," said {friend}, and {hero} smiled.',
      '"Who made the {color} {project}?" asked a bird. "We did," said {hero} and {friend}.',
      "When something was hard after that, {hero} thought of the {color} {project} and tried again.",
    ],
  ],
};
