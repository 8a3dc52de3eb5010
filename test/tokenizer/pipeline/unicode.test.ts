import { expect, it } from "vitest";
import { digits, lowercase, punctuation, stripAccents } from "../../../src/tokenizer/json/components";
import type { TokenizerComponent } from "../../../src/tokenizer/json/components/component";
import { BertNormalizer } from "../../../src/tokenizer/pipeline/normalizers/bert";
import { combiningOrder } from "../../../src/tokenizer/pipeline/normalizers/combining-class";
import { type UnicodeForm, UnicodeNormalizer } from "../../../src/tokenizer/pipeline/normalizers/unicode-form";
import { bertPreTokenizer } from "../../../src/tokenizer/pipeline/pre-tokenizers/bert";
import { AlignedText } from "../../../src/tokenizer/text/aligned-text";
import { characterClass, SPACE, WORD } from "../../../src/tokenizer/text/character-classes";
import { compileRegex } from "../../../src/tokenizer/text/regex";
import { fixture } from "../fixtures";

type Belongs = (character: string) => boolean;
type Normalize = { normalize(text: AlignedText): AlignedText };

/** The places where sets begin or end, as code points without surrogates. */
function boundaries(distances: readonly number[]): number[] {
  let at = 0;
  return distances.map((distance) => (at += distance));
}

function characterAt(place: number): string {
  return String.fromCodePoint(place < 0xd800 ? place : place + 0x800);
}

function becomes(normalizer: Normalize, content: string): Belongs {
  return (character) => normalizer.normalize(AlignedText.of(character)).text === content;
}

function changes(normalizer: Normalize): Belongs {
  return (character) => normalizer.normalize(AlignedText.of(character)).text !== character;
}

function pieces(ranges: (text: string) => readonly number[], count: number): Belongs {
  return (character) => ranges(`a${character}a`).length === 2 * count;
}

function made<Kind extends "normalizer" | "pre_tokenizer">(component: TokenizerComponent, kind: Kind) {
  const fields = { boolean: () => true, oneOf: () => "Isolated" };
  return (component[kind] as unknown as (fields: unknown) => ReturnType<NonNullable<TokenizerComponent[Kind]>>)(fields);
}

function bert(part: "cleanText" | "stripAccents"): Belongs {
  const none = { cleanText: false, handleChineseChars: false, stripAccents: false, lowercase: false };
  return becomes(new BertNormalizer({ ...none, [part]: true }), "");
}

function isOf(classes: number): Belongs {
  return (character) => (characterClass(character.codePointAt(0) as number) & classes) !== 0;
}

function form(name: UnicodeForm): Belongs {
  return changes(new UnicodeNormalizer(name));
}

const MINE: Record<string, Belongs> = {
  "BertPreTokenizer alone": pieces((text) => bertPreTokenizer.ranges?.(text) as number[], 3),
  Punctuation: pieces((text) => made(punctuation, "pre_tokenizer").ranges?.(text) as number[], 3),
  Digits: pieces((text) => made(digits, "pre_tokenizer").ranges?.(text) as number[], 3),
  WhitespaceSplit: isOf(SPACE),
  "Whitespace inside": isOf(WORD),
  single_word: isOf(WORD),
  StripAccents: becomes(made(stripAccents, "normalizer"), ""),
  "BertNormalizer cleans": bert("cleanText"),
  "BertNormalizer strips": bert("stripAccents"),
  Lowercase: changes(made(lowercase, "normalizer")),
  NFC: form("NFC"),
  NFD: form("NFD"),
  NFKC: form("NFKC"),
  NFKD: form("NFKD"),
  moves: (character) => character.normalize("NFD") === character && combiningOrder(character) > 0,
};

const sets = Object.entries(fixture<Record<string, number[]>>("unicode"));
/** Around the ends of every set, and some of the rest; characters that this engine does not know are left out. */
const tested = new Set(sets.flatMap(([, distances]) => boundaries(distances).flatMap((at) => [at - 1, at, at + 1])));
for (let place = 0; place < 0x110000 - 0x800; place += 11) tested.add(place);
const places = [...tested]
  .filter((place) => place >= 0 && /^\p{Assigned}$/u.test(characterAt(place)))
  .sort((a, b) => a - b);

it.each(sets)("%s: the same characters as in the reference", (name, distances) => {
  const pattern = MINE[name] === undefined ? compileRegex(name) : undefined;
  const mine = MINE[name] ?? ((character) => pattern?.(character).length === 2);
  const ends = boundaries(distances);
  let passed = 0;
  const wrong = places.filter((place) => {
    while (passed < ends.length && (ends[passed] as number) <= place) passed++;
    return mine(characterAt(place)) !== (passed % 2 === 1);
  });
  expect(wrong.map((place) => characterAt(place).codePointAt(0)?.toString(16))).toEqual([]);
});
