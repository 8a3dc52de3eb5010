/** The scripts of Unicode 9.0, most common first: a character's script is searched in this order, once. */
const NAMES =
  "Latin Common Han Cyrillic Arabic Hangul Devanagari Greek Hebrew Thai Inherited Bopomofo Coptic Armenian Syriac " +
  "Thaana Nko Samaritan Mandaic Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Lao " +
  "Tibetan Myanmar Georgian Ethiopic Cherokee Canadian_Aboriginal Ogham Runic Tagalog Hanunoo Buhid Tagbanwa " +
  "Khmer Mongolian Limbu Tai_Le New_Tai_Lue Buginese Tai_Tham Balinese Sundanese Batak Lepcha Ol_Chiki Braille " +
  "Glagolitic Tifinagh Yi Lisu Vai Bamum Syloti_Nagri Phags_Pa Saurashtra Kayah_Li Rejang Javanese Cham Tai_Viet " +
  "Meetei_Mayek Linear_B Lycian Carian Old_Italic Gothic Old_Permic Ugaritic Old_Persian Deseret Shavian Osmanya " +
  "Osage Elbasan Caucasian_Albanian Linear_A Cypriot Imperial_Aramaic Palmyrene Nabataean Hatran Phoenician " +
  "Lydian Meroitic_Hieroglyphs Meroitic_Cursive Kharoshthi Old_South_Arabian Old_North_Arabian Manichaean Avestan " +
  "Inscriptional_Parthian Inscriptional_Pahlavi Psalter_Pahlavi Old_Turkic Old_Hungarian Brahmi Kaithi " +
  "Sora_Sompeng Chakma Mahajani Sharada Khojki Multani Khudawadi Grantha Newa Tirhuta Siddham Modi Takri Ahom " +
  "Warang_Citi Pau_Cin_Hau Bhaiksuki Marchen Cuneiform Egyptian_Hieroglyphs Anatolian_Hieroglyphs Mro Bassa_Vah " +
  "Pahawh_Hmong Miao Tangut Duployan SignWriting Mende_Kikakui Adlam";

/**
 * Code points assigned to one of these scripts after Unicode 9.0, the reference's version: for each range, the distance
 * of its start from the end of the previous one and, after a plus, its length, in base 36.
 */
const ADDED_LATER =
  "128 14 2v 1a dc+2 2p+a 6+x 6+8 m 9+l 89+2 3c 3o+5 2e 4v 1k w+1 q d 2g+1 m d 4 1j+1 1x 79 3 3 2+5 5 8 8+1 3 e k " +
  "1mn 8 a 6o 2x g7+u 3+b 2p 2+1 1a+2 7e+1 6+16 3+2 1k 3 70+4 jp+2 n2 14+2 1gt+1 z+2 d 9+p 5+f 1c 1c di+o bj+3 " +
  "8f+1 3w+4 11+1 a 7k 59z+9 g7r+15 1io 9+10 l+5 1i 5u+1 h3+5 fvb+g a6+f 1t+1 1j+7 1b+1 pp b5+2 up+5 2+15 2+8 " +
  "hm+1 j vu+5 9+8 y+5 a9+5 25 b 3b+3 3r+1 34+2 6y 7z 4+3 gn+1 n+j 1j 12+6 oa+f 1t+9 2f+7 uh g+1d e 3zk+12 b+32y " +
  "8jv+5 5 1c+8 2j+1 d+6 4qf+i l0+c e9+u 2q+36 6pq+3 2+6 2+1 4+80 g u+2 3 f+3 595+70 4+c3 7+m g+g g+19 3+m a+37 " +
  "fa+1 5y+j d+j 3j+6 2a0+u 7+5 7a+1p y 1g1+6 2+3 2+1 2+e 99 me+1v 25+1o r4+2 w 1p+3 1q 4z+5 vi+5 4+3 o+5 3c+b " +
  "2e+4 7+b 5 5c+b 5+1 f+8 14+f g 9+7 2+1 d d+3 g+w j+19 2+46 9+d 3+c 4+a 4+1k 2 5+f 3+b 5+9 8+42 2+2u xr1+8 " +
  "386+a 4mb+b 3+5rk g+h9 3hf+3t6 6+6jt";

/** Characters that had another script in Unicode 9.0. */
const CHANGED_LATER: readonly (readonly [codePoint: number, script: string])[] = [
  [0x589, "Common"],
  [0x61c, "Common"],
  [0x953, "Devanagari"],
  [0x954, "Devanagari"],
];

/** No script: unassigned code points, and the space. */
export const ANY = 0;
const NOT_LOOKED_UP = 255;

const names = /* @__PURE__ */ NAMES.split(" ");
const PAGE = 256;
const pages = new Map<number, Uint8Array>();
let expressions: RegExp[] | undefined;

/**
 * The script of a character as a number, as in SentencePiece: Japanese is one script, and the space matches any.
 *
 * @see https://unicode.org/reports/tr24/
 */
export function scriptOf(codePoint: number): number {
  const number = Math.floor(codePoint / PAGE);
  let page = pages.get(number);
  if (page === undefined) {
    page = newPage(number * PAGE);
    pages.set(number, page);
  }
  const known = page[codePoint % PAGE] as number;
  if (known !== NOT_LOOKED_UP) return known;
  const script = lookUp(String.fromCodePoint(codePoint));
  page[codePoint % PAGE] = script;
  return script;
}

function lookUp(character: string): number {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/u.test(character)) return names.indexOf("Han") + 1;
  expressions ??= names.map((name) => new RegExp(`\\p{Script=${name}}`, "u"));
  return expressions.findIndex((expression) => expression.test(character)) + 1;
}

/** Fills in the differences from the engine's tables; the rest is looked up on demand. */
function newPage(start: number): Uint8Array {
  const page = new Uint8Array(PAGE).fill(NOT_LOOKED_UP);
  let at = 0;
  for (const range of ADDED_LATER.split(" ")) {
    const [gap = 0, more = 0] = range.split("+").map((digits) => Number.parseInt(digits, 36));
    page.fill(ANY, Math.max(0, at + gap - start), Math.max(0, at + gap + more + 1 - start));
    at += gap + more;
  }
  for (const [codePoint, script] of CHANGED_LATER) {
    if (codePoint >= start && codePoint < start + PAGE) page[codePoint - start] = names.indexOf(script) + 1;
  }
  if (start === 0) page[0x20] = ANY;
  return page;
}
