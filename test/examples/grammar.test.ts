import { describe, expect, it } from "vitest";
import { cloze, clozeExamples, lexicon, type Random, sentencePair, story } from "../../examples/grammar";
import { heroes } from "../../examples/grammar/world";

function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function sample<T>(write: (random: Random) => T, count = 5000): T[] {
  const random = seeded(42);
  return Array.from({ length: count }, () => write(random));
}

const words = (text: string) => text.match(/\p{L}+|[^\p{L}\s]/gu) ?? [];
const stories = sample(story);
const passages = sample(cloze);
const pairs = sample(sentencePair, 20_000);
const { story: storyLexicon, cloze: clozeLexicon, english, german } = lexicon();

const kinds: [string, string[], readonly string[]][] = [
  ["story", stories, storyLexicon],
  ["cloze", passages, clozeLexicon],
  ["English sentence", pairs.map(({ source }) => source), english],
  ["German sentence", pairs.map(({ target }) => target), german],
];

describe.each(kinds)("every %s", (_kind, texts, lexicon) => {
  it("is made of words of its lexicon", () => {
    const known = new Set(lexicon);
    expect([...new Set(texts.flatMap(words))].filter((word) => !known.has(word))).toEqual([]);
  });

  it("leaves few words of its lexicon unused", () => {
    const used = new Set(texts.flatMap(words));
    expect(lexicon.filter((word) => !used.has(word)).length).toBeLessThan(lexicon.length * 0.1);
  });

  it("has a lexicon that is sorted and free of repetition", () => {
    expect(lexicon).toEqual([...new Set(lexicon)].sort());
  });

  it("begins with a capital letter, ends with a mark and is spaced once", () => {
    for (const text of texts) {
      expect(text).toMatch(/^["\p{Lu}].*[.!?]"?$/u);
      expect(text).not.toMatch(/ {2}| [.,!?]|[{}]|undefined|[.,!?][.,!?]|[.!?] \p{Ll}/u);
    }
  });
});

describe("English texts", () => {
  it("say an before a vowel and a before a consonant", () => {
    for (const [kind, texts] of kinds) {
      if (kind === "German sentence") continue;
      for (const text of texts) expect(text).not.toMatch(/\b(?:a [aeiou]|an [^aeiou])/i);
    }
  });

  it("use the pronouns of one hero", () => {
    const feminine = new Set(heroes.flatMap(({ name, he }) => (he === "she" ? [name] : [])));
    for (const text of stories.filter((text) => text.includes(" named "))) {
      const [first = "", second = ""] = text.split(/(?<=[.!?]"?) /);
      const hero = /named (\p{Lu}\p{Ll}+)/u.exec(first)?.[1];
      if (!hero) continue;
      const wrong = feminine.has(hero) ? /^(?:He|His)\b/ : /^(?:She|Her)\b/;
      expect(second).not.toMatch(wrong);
    }
  });
});

describe("stories", () => {
  it("have between 60 and 110 words", () => {
    for (const text of stories) {
      const count = text.split(" ").length;
      expect(count).toBeGreaterThanOrEqual(60);
      expect(count).toBeLessThanOrEqual(110);
    }
  });

  it("name the hero in the first sentence and again at the end", () => {
    for (const text of stories) {
      const first = text.slice(0, text.indexOf("."));
      const [, named, begun] = /named (\p{Lu}\p{Ll}+)|^(\p{Lu}\p{Ll}+) was/u.exec(first) ?? [];
      const hero = named ?? begun;
      expect(hero, first).toBeDefined();
      expect(text.split(" ").slice(-25).join(" "), text).toContain(hero);
    }
  });

  it("give back what was lost, color and all", () => {
    const lost = stories.filter((text) => text.includes("a gift from") && text.includes('"My '));
    expect(lost.length).toBeGreaterThan(100);
    for (const text of lost) {
      const [, thing = ""] = /"My (\w+ \w+) is/.exec(text) ?? [];
      expect(text.split(thing).length - 1, text).toBeGreaterThanOrEqual(3);
    }
  });

  it("often begin with Once upon a time", () => {
    const share = stories.filter((text) => text.startsWith("Once upon a time")).length / stories.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.8);
  });
});

describe("sentence pairs", () => {
  it("have at most 14 words on either side", () => {
    for (const { source, target } of pairs) {
      for (const text of [source, target]) expect(text.split(" ").length).toBeLessThanOrEqual(14);
    }
  });

  it("end alike", () => {
    for (const { source, target } of pairs) expect(target.at(-1)).toBe(source.at(-1));
  });

  it("put the German verb last after weil, dass and wenn", () => {
    const participle = /^(?:(?:auf|ein|zurück)?ge(?!be|he|ht)\p{Ll}+(?:t|en)|verloren)$/u;
    const finite = /^(?:\p{Ll}+[tn]|bin|bist|sind|habe|hast|war|hatte|kann|konnte|muss|musste|will|wollte|weiß)$/u;
    const clauses = pairs.flatMap(({ target }) => /(?:, (?:weil|dass)|^Wenn) ([^,.]+)/.exec(target)?.[1] ?? []);
    expect(clauses.length).toBeGreaterThan(3000);
    for (const clause of clauses) {
      const last = clause.split(" ").at(-1) ?? "";
      expect(last, clause).not.toMatch(participle);
      expect(last, clause).toMatch(finite);
    }
  });

  it("put the German verb second after a time and first after a subordinate clause", () => {
    const second =
      /^(?:Heute Morgen|Heute|Jetzt|Gestern|Jeden \p{L}+|Am Abend|Letzten Sommer|Letzte Nacht|Wenn [^,]+,) (\p{L}+)/u;
    const verbs = pairs.flatMap(({ target }) => second.exec(target)?.[1] ?? []);
    expect(verbs.length).toBeGreaterThan(1000);
    for (const verb of verbs) {
      expect(verb).toMatch(/^\p{Ll}+$/u);
      expect(verb).not.toMatch(/^(?:ich|du|er|sie|es|wir|der|die|das|ein|eine|meinp{L}*|seinp{L}*|ihre?)$/);
    }
  });

  it("agree with the grammar books on articles and endings", () => {
    const wrong = [
      /\b(?:der \p{Ll}+en|den \p{Ll}+e|die \p{Ll}+en|dem \p{Ll}+e) (?:Fuchs|Ball|Ring|Hut|Drachen|Hund|Bären)\b/u,
      /\bdie \p{Ll}+en (?:Maus|Katze|Ente|Eule|Trommel|Glocke|Muschel|Blume|Tür)\b/u,
      /\b(?:der|die|den) (?:\p{Ll}+ )?(?:Pferd|Boot|Buch|Ei|Fenster|Mädchen|Brot)\b/u,
      /\b(?:dem|den|einem|einen|einer|ihrer|seiner) \p{Ll}+e \p{Lu}/u,
      /\bein \p{Ll}+e \p{Lu}/u,
      /\beine \p{Ll}+(?:en|er|es) \p{Lu}/u,
      /\bden (?:Bär|Junge|Bauer)\b|\bdem (?:Bär|Junge|Bauer)\b|\bden Kinder\b/,
      /\bnicht (?:ein|eine|einen)\b/,
    ];
    for (const { target } of pairs) for (const pattern of wrong) expect(target).not.toMatch(pattern);
  });
});

describe("the generators", () => {
  it.each([
    ["story", story],
    ["cloze", cloze],
    ["sentencePair", sentencePair],
  ])("%s writes the same text for the same seed", (_name, write) => {
    expect(write(seeded(7))).toEqual(write(seeded(7)));
  });

  it("write many different texts", () => {
    expect(new Set(stories).size).toBeGreaterThan(4990);
    expect(new Set(passages).size).toBeGreaterThan(1500);
    expect(new Set(pairs.map(({ source }) => source)).size).toBeGreaterThan(4000);
  });

  it("give the same source the same translation", () => {
    const seen = new Map<string, string>();
    for (const { source, target } of sample(sentencePair, 40_000)) {
      expect(seen.get(source) ?? target, source).toBe(target);
      seen.set(source, target);
    }
  });
});

describe("clozeExamples", () => {
  it("hide one word and expect a word of the lexicon", () => {
    for (const { text, expected } of clozeExamples) {
      expect(text.split("[MASK]")).toHaveLength(2);
      for (const word of [...words(text.replace("[MASK]", "")), ...expected]) expect(clozeLexicon).toContain(word);
    }
  });
});
