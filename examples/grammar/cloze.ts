import { type Entity, named, type Plot } from "./grammar";
import { characters, colored, family, homes } from "./world";

const feelings: Entity[] = [
  { name: "hungry", act: "ate an apple", habit: "ate some bread", first: "sat down at the table" },
  { name: "thirsty", act: "drank some water", habit: "drank some milk", first: "went to the well" },
  { name: "tired", act: "fell asleep", habit: "slept all night", first: "went to bed" },
  { name: "cold", act: "sat by the fire", habit: "put on a warm scarf", first: "came into the house" },
  { name: "sad", act: "cried", habit: "did not smile", first: "sat alone" },
  { name: "happy", act: "laughed", habit: "danced and sang", first: "ran home with a smile" },
];

const creatures: Entity[] = [
  { name: "owl", move: "flew up into the tree", fact: "has wings, so it can fly" },
  { name: "swan", move: "swam across the lake", fact: "has wings, so it can fly" },
  { name: "bird", move: "flew over the trees", fact: "has wings, so it can fly" },
  { name: "fish", move: "swam in the deep river", fact: "has no legs, but it can swim" },
  { name: "mouse", move: "ran into its small hole", fact: "has four legs, so it can run" },
  { name: "horse", move: "ran across the green field", fact: "has four legs, so it can run" },
];

const tools: Entity[] = [
  { name: "key", use: "opened the door", need: "open the door" },
  { name: "boat", use: "sailed across the lake", need: "sail across the lake" },
  { name: "lamp", use: "saw the path in the dark", need: "see in the dark" },
  { name: "bridge", use: "crossed the river", need: "cross the river" },
  { name: "bed", use: "slept all night", need: "sleep" },
  { name: "drum", use: "played a song", need: "play a song" },
];

const weathers: Entity[] = [
  { name: "it rained", effect: "the grass was wet", act: "stayed in the house" },
  { name: "snow fell", effect: "everything was white", act: "put on a warm scarf" },
  { name: "the wind blew", effect: "the kite flew high", act: "held the kite with both hands" },
  { name: "the sun was hot", effect: "the earth was dry", act: "sat under a big tree" },
  { name: "fog came", effect: "nobody could see the shore", act: "rang the bell" },
];

const sources: Entity[] = [
  { name: "hen", gift: "eggs", rule: "Eggs come from a hen" },
  { name: "cow", gift: "milk", rule: "Milk comes from a cow" },
  { name: "bee", gift: "honey", rule: "Honey comes from a bee" },
];

const truths = named(
  "The snow is white, and the grass is green.",
  "The sky is blue, and the sun is yellow.",
  "A rose is red, and a pumpkin is orange.",
  "The night is black, but the snow is white.",
  "The boat sailed on the sea.",
  "The fish swam in the water, and the bird flew in the sky.",
  "The bird sat on a branch of the tree.",
  "In the morning the sun came up, and in the evening the moon came up.",
  "At night the stars and the moon are in the sky.",
  "In winter snow fell, and in spring the flowers grew.",
  "A mouse is small, but a bear is big.",
  "A feather is light, but a stone is heavy.",
  "The fire is hot, but the snow is cold.",
  "The boat was not new. It was very old.",
  "The river was not small. It was very wide.",
  "The farmer worked in the field, and the fisherman sailed out to catch fish.",
);

const things = colored(named("kite", "hat", "scarf", "stone", "bell", "shell", "ball", "ring", "boat", "drum"));

const feelingPlot: Plot = {
  roles: { hero: characters, feeling: feelings },
  lines: [
    [
      "{Hero} was {feeling}, so {hero.he} {feeling.act}.",
      "{Hero} {feeling.habit}, because {hero.he} was {feeling}.",
      "{Hero} was {feeling} and {feeling.first}. Soon {hero.he} {feeling.act}.",
      "{Hero} {feeling.first}, because {hero.he} was {feeling}. Then {hero.he} {feeling.habit}.",
    ],
  ],
};

/** What is told without a mood. */
export const plainPlots: readonly Plot[] = [
  {
    roles: { hero: characters, giver: family, tool: tools },
    lines: [
      [
        "{Hero} had a {tool} and {tool.use}.",
        "Without a {tool}, {hero} could not {tool.need}.",
        "{Hero} wanted to {tool.need}, so {hero.his} {giver} gave {hero.him} a {tool}.",
        "{Hero} found a {tool}. With it, {hero.he} {tool.use}.",
      ],
    ],
  },
  {
    roles: { hero: characters, weather: weathers },
    lines: [
      [
        "{Weather}, so {weather.effect}.",
        "When {weather}, {hero} {weather.act}.",
        "{Weather}, so {hero} {weather.act}.",
        "{Hero} {weather.act}, because {weather}, and {weather.effect}.",
      ],
    ],
  },
  {
    roles: { hero: characters, creature: creatures },
    lines: [
      [
        "The {creature} {creature.move}.",
        "A {creature} {creature.fact}.",
        "{Hero} saw a {creature}. It {creature.move}.",
      ],
    ],
  },
  {
    roles: { hero: characters, source: sources },
    lines: [
      [
        "The {source} gave {hero} some {source.gift}.",
        "{Source.rule}.",
        "{Hero} needed some {source.gift}, so {hero.he} went to the {source}.",
      ],
    ],
  },
  { roles: { truth: truths }, lines: [["{truth}"]] },
];

/** What may bring a mood, or not. */
const socialPlots: readonly Plot[] = [
  {
    roles: { hero: characters, friend: characters, thing: things },
    lines: [
      [
        "{Hero} gave the {thing} to {friend}, and {friend} thanked {hero}.",
        "{Hero} lost {hero.his} {thing}. When {friend} found the {thing.noun}, {hero} was happy.",
        "{Hero} and {friend} both wanted the {thing}. They pulled until the {thing.noun} broke.",
        '"This is my {thing}," said {hero}. "I know that it is your {thing.noun}," said {friend}.',
        "{Hero} made a {thing} with {friend}. The {thing.noun} was {hero.his} idea, and {friend} helped {hero.him}.",
      ],
    ],
  },
  {
    roles: { hero: characters, relative: family, home: homes },
    lines: [
      [
        "{Hero} lived {home} with {hero.his} {relative}.",
        "{Hero} loved {hero.his} {relative}, and {relative.he} loved {hero.him}.",
        "{Hero} was happy, because {hero.his} {relative} came home and gave {hero.him} an apple.",
      ],
    ],
  },
];

/** Passages of one to three sentences in which every hidden word can be inferred from the others. */
export const clozePlots: readonly Plot[] = [
  feelingPlot,
  ...plainPlots,
  // Twice, as there is most to learn: names and things that come again.
  ...socialPlots,
  ...socialPlots,
];
