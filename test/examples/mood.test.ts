import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  clozeExamples,
  fittingWords,
  moodExamples,
  moods,
  type Passage,
  partOf,
  partOfPassage,
  passage,
} from "../../examples/grammar";
import { everyText } from "../../examples/grammar/every-text";
import { named } from "../../examples/grammar/grammar";
import { moodPlots } from "../../examples/grammar/mood";
import { fromPretrained } from "../../src/families";
import { classify, fillMask } from "../../src/tasks";
import { random } from "../../src/tensor";

const source = random(6);
const passages: Passage[] = Array.from({ length: 4000 }, () => passage(() => source.next()));

describe("passages with a mood", () => {
  it("are of every mood, and never of two", () => {
    const known = new Map<string, string>();
    for (const { text, mood } of passages) {
      if (mood === undefined) continue;
      expect(known.get(text) ?? mood, text).toBe(mood);
      known.set(text, mood);
    }
    for (const mood of moods) expect([...known.values()].filter((one) => one === mood).length).toBeGreaterThan(150);
  });

  it("name no other mood than their own", () => {
    for (const { text, mood } of passages)
      for (const other of moods.slice(0, 4))
        if (other !== mood && mood) expect(text).not.toMatch(new RegExp(`\\b${other}\\b`));
  });

  it("are held out with all that differ only in names and pronouns: about one in sixteen for each purpose", () => {
    for (const part of ["choosing", "reporting"] as const) {
      const share = passages.filter(({ text }) => partOfPassage(text) === part).length / passages.length;
      expect(share).toBeGreaterThan(0.02);
      expect(share).toBeLessThan(0.15);
    }
    const alike = [
      ["Tom laughed and clapped.", "Leo laughed and clapped."],
      ["Tom sighed, because he missed his home.", "Mia sighed, because she missed her home."],
    ];
    for (const [a, b] of alike) expect(partOfPassage(a!)).toBe(partOfPassage(b!));
  });

  it("that name nobody are rules of the world, which training needs", () => {
    const rules = passages.filter(({ text }) => !/[A-Z][a-z]+/.test(text.slice(1)) && partOf(text) !== "training");
    const nameless = rules.filter(({ text }) => partOfPassage(text) === "training");
    expect(nameless.length).toBeGreaterThan(0);
    expect(partOfPassage("A rose is red, and a pumpkin is orange.")).toBe("training");
  });
});

describe("the words that fit a hidden place", () => {
  const plot = {
    roles: { hero: named("Mia", "Tom"), friend: named("Mia", "Ida"), act: named("ran", "greeted {friend}") },
    lines: [["{Hero} {act}.", "{Hero} sat."]],
  };

  it("are read from every text of the grammar", () => {
    expect([...everyText(plot)].sort()).toEqual(
      ["Mia", "Tom"]
        .flatMap((hero) => ["Mia", "Ida"].map((friend) => `${hero} greeted ${friend}.`))
        .concat(["Mia ran.", "Tom ran.", "Mia sat.", "Tom sat.", "Mia ran.", "Tom ran."].slice(0, 4))
        .sort(),
    );
  });

  it("are all that the grammar could write there", () => {
    const places = [
      { text: "Mia ran.", place: 1 },
      { text: "Tom greeted Ida.", place: 1 },
      { text: "Tom greeted Ida.", place: 2 },
    ];
    expect(fittingWords(places, [plot]).map((fitting) => [...fitting].sort())).toEqual([
      ["ran", "sat"],
      ["greeted"],
      ["Ida", "Mia"],
    ]);
  });

  it("cover what is drawn", () => {
    const every = new Set(everyText(moodPlots.sad));
    const sad = passages.filter(({ mood }) => mood === "sad");
    expect(sad.filter(({ text }) => !every.has(text))).toEqual([]);
  });
});

describe("the filler that ships", async () => {
  const folder = fileURLToPath(new URL("../../examples/models/fill", import.meta.url));
  const filler = await fromPretrained(folder);
  const classifier = await fromPretrained(folder, { head: "sequenceClass" });

  it("fills in nine of ten examples that it could learn from others like them", async () => {
    const known = clozeExamples.filter(
      ({ text, expected }) => partOfPassage(text.replace("[MASK]", expected[0]!)) === "training",
    );
    expect(known.length).toBeGreaterThan(8);
    const right = [];
    for (const { text, expected } of known) {
      const [best] = await fillMask(filler, text, { top: 1 });
      if (expected.map((word) => word.toLowerCase()).includes(best!.token)) right.push(text);
    }
    expect(right.length / known.length).toBeGreaterThanOrEqual(0.9);
  });

  it.each(moodExamples)("calls $text $mood", async ({ text, mood }) => {
    const [best] = await classify(classifier, text, { top: 1 });
    expect(best!.label).toBe(mood);
    expect(best!.score).toBeGreaterThan(0.5);
  });
});
