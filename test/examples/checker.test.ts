import { describe, expect, it } from "vitest";
import { type Random, story } from "../../examples/grammar";
import { checkStory, type FaultKind } from "../../examples/grammar/checker";
import { figuresOf } from "../shipped-models/story";

function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = seeded(17);
const stories = Array.from({ length: 2000 }, () => story(random));
const kindsOf = (text: string): FaultKind[] => [...new Set(checkStory(text).map(({ kind }) => kind))];

const kite = [
  "Once upon a time a brave girl named Mia lived by the sea.",
  "She had a red kite, a gift from her mother, and took it everywhere.",
  "One day the wind carried the kite to the top of a tall tree.",
  "Mia tried to climb up, but the branches were too thin.",
  '"Can you help me?" she asked an owl. "My red kite is in the tree."',
  "The owl flew up to the top of the tree and came back with the kite.",
  "That night Mia fell asleep with the red kite in her arms.",
].join(" ");
const quarrel = [
  "Tom was a kind boy who lived on a farm.",
  "He shared a blue boat with his best friend, Pip the fox.",
  "One day Pip wanted to sail it first, but Tom did not let go.",
  "They pulled so hard that the sail broke, and Pip went home without a word.",
  'The next day Pip stood at the door with some cake. "I am sorry," they both said.',
  "Together they made a new sail, and the blue boat sailed faster than before.",
  "From that day on, Tom and Pip took turns.",
].join(" ");
const journey = [
  "In an old mill there lived a quiet hedgehog named Nora.",
  '"One day I will see the sea," she told her father.',
  "So she packed some bread. By the path sat a hungry donkey, and Nora gave it the bread.",
  "Soon Nora came to a hill so high that her legs were too tired.",
  "The donkey had not forgotten the bread. It had strong legs and carried her up the hill.",
  "At last Nora saw the sea. It was wide and blue, and the waves sang.",
  "Nora took home a shell, and her father put it by the window.",
].join(" ");
const storm = [
  "Long ago a clever boy named Leo lived by the river.",
  "One evening his father sailed out in a white boat to catch fish.",
  "That night a fog came, and nobody could see the shore.",
  'Then Leo had an idea. "In the fog nobody can see a light, but everybody can hear a bell!"',
  "So he rang the bell until his arms were tired.",
  "Out in the boat his father heard it and found the way.",
  'At last the white boat came home. "Your bell saved me," said his father.',
  "Leo got the biggest fish that night and was very proud.",
].join(" ");

describe("a story of the grammar", () => {
  it("has no fault, whichever plot and cast it has", () => {
    for (const text of stories) expect(checkStory(text), text).toEqual([]);
  });

  it.each([
    ["kite", kite],
    ["quarrel", quarrel],
    ["journey", journey],
    ["storm", storm],
  ])("has none: %s", (_name, text) => {
    expect(checkStory(text)).toEqual([]);
  });
});

describe("a fault is found when", () => {
  const cases: [what: string, kind: FaultKind, text: string, from: string, to: string][] = [
    ["a hero changes names in the middle", "name", kite, "Mia tried", "Anna tried"],
    ["a hero changes names at the end", "name", kite, "night Mia", "night Rosa"],
    ["somebody speaks who was never introduced", "name", quarrel, "on, Tom and Pip", "on, Tom and Ben"],
    ["hero and friend change places", "name", quarrel, "but Tom did not", "but Pip did not"],
    ["two have the same name", "name", quarrel, "Pip the fox", "a boy named Tom"],
    ["a name belongs to another kind", "name", kite, "girl named Mia", "girl named Tom"],
    ["a relative becomes another", "name", storm, "boat his father", "boat his brother"],
    ["a thing changes its color", "object", kite, "the red kite", "the green kite"],
    ["a thing becomes another", "object", kite, "the red kite", "the red hat"],
    ["a thing was never given", "object", journey, "forgotten the bread", "forgotten the cheese"],
    ["an animal comes from nowhere", "object", kite, "The owl flew", "The otter flew"],
    ["another animal helps than the one that was fed", "object", journey, "The donkey had not", "The owl had not"],
    [
      "the helper does what it cannot",
      "resolution",
      kite,
      "flew up to the top of the tree",
      "climbed deep down into the hole",
    ],
    [
      "help does not fit the trouble",
      "resolution",
      journey,
      "had strong legs and carried her up the hill",
      "could see in the dark and showed her the path",
    ],
    [
      "a wish for one place ends at another",
      "resolution",
      journey,
      "saw the sea. It was wide and blue, and the waves sang",
      "saw the castle. Its tall towers touched the clouds",
    ],
    ["what broke is not what is mended", "resolution", quarrel, "made a new sail", "made a new wheel"],
    ["a light is shown in fog", "resolution", storm, "he rang the bell", "he held up the lamp"],
    ["a pronoun has the wrong gender", "agreement", kite, "she asked", "he asked"],
    ["a possessive has the wrong gender", "agreement", kite, "in her arms", "in his arms"],
    ["an article does not fit", "agreement", kite, "an owl", "a owl"],
    ["a kind does not fit the name", "name", quarrel, "Pip the fox", "Pip the dog"],
    ["a word is not of this world", "form", kite, "a tall tree", "a tall rocket"],
    ["a sentence is cut short", "form", kite, " in her arms.", ""],
    ["a sentence is missing", "form", kite, "Mia tried to climb up, but the branches were too thin. ", ""],
    ["a sentence comes twice", "form", storm, "Leo got", "So he rang the bell until his arms were tired. Leo got"],
  ];

  it.each(cases)("%s: %s", (_what, kind, text, from, to) => {
    expect(text).toContain(from);
    expect(kindsOf(text.replace(from, to))).toContain(kind);
  });

  it("a name is exchanged anywhere after the first sentence, in any story", () => {
    for (const text of stories.slice(0, 300)) {
      const hero = /named (\p{Lu}\p{L}+)|^(\p{Lu}\p{L}+) was/u.exec(text)!.slice(1).find(Boolean)!;
      const other = hero === "Olga" ? "Simon" : "Olga";
      if (text.includes(other)) continue;
      const places = [...text.matchAll(new RegExp(`\\b${hero}\\b`, "g"))].map(({ index }) => index).slice(1);
      for (const place of places) {
        const broken = text.slice(0, place) + other + text.slice(place + hero.length);
        expect(kindsOf(broken), broken).toContain("name");
      }
    }
  });

  it("a story is empty, or is no story", () => {
    for (const text of ["", " ", "Once upon a time", "Hello, world!", "🦊".repeat(100)])
      expect(kindsOf(text)).not.toEqual([]);
  });
});

describe("the figures of a storyteller", () => {
  it("count the stories without each kind of fault", () => {
    const figures = figuresOf([
      kite,
      kite.replace("the red kite", "the green kite"),
      quarrel.replace("Tom and", "Ben and"),
    ]);
    const counts = Object.fromEntries(figures.map(({ what, count, of }) => [what, `${count}/${of}`]));
    expect(counts).toMatchObject({
      "stories keep every name": "2/3",
      "stories bring no object from nowhere": "2/3",
      "stories keep every name and every object": "1/3",
      "stories agree in articles and pronouns": "3/3",
      "stories are without any fault": "1/3",
    });
  });
});
