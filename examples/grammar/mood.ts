import { type Entity, named, type Plot } from "./grammar";
import { characters } from "./world";

/** What a sentence can be: of a mood, or plain. */
export const moods = ["happy", "sad", "angry", "afraid", "neutral"] as const;
export type Mood = (typeof moods)[number];

/** What brings a mood, and what shows it. */
interface Signs {
  readonly causes: readonly Entity[];
  readonly acts: readonly Entity[];
}

const signs: Readonly<Record<Mood, Signs>> = {
  happy: {
    causes: named(
      "found {hero.his} lost kite again",
      "won the race",
      "got a new drum from {hero.his} mother",
      "saw the first flowers of spring",
      "met an old friend again",
      "got a big cake with honey",
    ),
    acts: named("laughed", "danced and sang", "smiled all day", "clapped", "jumped for joy", "hugged everybody"),
  },
  sad: {
    causes: named(
      "lost {hero.his} kite",
      "had nobody to play with",
      "had to say goodbye to {hero.his} best friend",
      "heard that {hero.his} grandmother was ill",
      "missed {hero.his} home",
      "got nothing from anybody",
    ),
    acts: named(
      "cried",
      "did not smile",
      "wept all night",
      "sat alone in the corner",
      "sighed",
      "hung {hero.his} head",
    ),
  },
  angry: {
    causes: named(
      "saw that somebody took {hero.his} cake",
      "had to wait much too long",
      "was pushed into the mud",
      "heard a lie",
      "saw that somebody broke {hero.his} drum",
      "got no turn in the game",
    ),
    acts: named(
      "shouted",
      "stamped {hero.his} feet",
      "slammed the door",
      "kicked a stone",
      "frowned at everybody",
      "growled",
    ),
  },
  afraid: {
    causes: named(
      "heard a wolf in the night",
      "saw lightning",
      "was lost in the dark forest",
      "heard steps behind the door",
      "saw a big snake",
      "stood on a high bridge without a rail",
    ),
    acts: named(
      "trembled",
      "hid under the bed",
      "ran away",
      "held {hero.his} breath",
      "called for help",
      "turned pale",
    ),
  },
  neutral: {
    causes: named(
      "went to the market",
      "closed the window",
      "put on {hero.his} hat",
      "read a book",
      "walked along the river",
      "had breakfast with {hero.his} mother",
    ),
    acts: named(
      "washed the plates",
      "counted the trees",
      "sat down at the table",
      "wrote a letter",
      "swept the floor",
      "fed the hens",
    ),
  },
};

const others = (mood: Mood): Entity[] =>
  moods.filter((other) => other !== mood && other !== "neutral").flatMap((other) => [...signs[other].acts]);

const lines = [
  "{Hero} {cause} and {act}.",
  "When {hero} {cause}, {hero.he} {act}.",
  "{Hero} {act}, because {hero.he} {cause}.",
  "{Hero} {cause}. Then {hero.he} {act}.",
  "{Hero} {act} and {more}.",
  "{Hero} {cause}.",
  "{Hero} {act}.",
  // What comes last counts.
  "First {hero} {before}, but then {hero.he} {cause} and {act}.",
  "{Hero} {before}. But soon {hero.he} {act}.",
];
const naming = [
  "{Hero} was {mood}, because {hero.he} {cause}.",
  "{Hero} was {mood} and {act}.",
  "{Hero} {cause}, so {hero.he} was {mood}.",
];

function plotOf(mood: Mood): Plot {
  const { causes, acts } = signs[mood];
  const roles = { hero: characters, cause: causes, act: acts, more: acts, before: others(mood), mood: named(mood) };
  return { roles, lines: [mood === "neutral" ? lines : [...lines, ...naming]] };
}

/** Sentences of each mood. */
export const moodPlots: Readonly<Record<Mood, Plot>> = {
  ...{ happy: plotOf("happy"), sad: plotOf("sad"), angry: plotOf("angry"), afraid: plotOf("afraid") },
  neutral: plotOf("neutral"),
};
