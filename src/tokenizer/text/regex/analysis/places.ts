import type { Place } from "../syntax/syntax-tree";

const LINE_FEED = 0x0a;

/** Whether a place in a text is one that the text alone decides. */
export function isAtPlace(name: Place | undefined, text: string, at: number): boolean {
  switch (name) {
    case "text start":
      return at === 0;
    case "text end":
      return at === text.length;
    case "last line end":
      return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === LINE_FEED);
    case "line start":
      // Behind a last line end no line begins.
      return at === 0 || (at < text.length && text.charCodeAt(at - 1) === LINE_FEED);
    case "line end":
      return at === text.length || text.charCodeAt(at) === LINE_FEED;
    case "cluster edge":
      return clusterEdges(text).has(at);
    case "no cluster edge":
      return !clusterEdges(text).has(at);
    default:
      return false;
  }
}

/** The same for this engine, without its flag m, where that is simple. */
export function writtenPlace(name: Place): string | undefined {
  switch (name) {
    case "text start":
      return "(?<![^])";
    case "text end":
      return "(?![^])";
    case "last line end":
      return "(?=\\n?(?![^]))";
    case "line start":
      return "(?:(?<![^])|(?<=\\n)(?=[^]))";
    case "line end":
      return "(?![^\\n])";
    default:
      return undefined;
  }
}

let segmenter: Intl.Segmenter | undefined;
let segmented: { text: string; edges: ReadonlySet<number> } | undefined;

/**
 * A letter behind a mark begins a character in the reference, while segmenters join those of India's scripts to what
 * stands before. The vowels am are no marks, but join.
 */
const LETTER_BEHIND_MARK = /(?<=[\p{Grapheme_Extend}\u200d])(?![\u0e33\u0eb3])\p{Lo}/gu;

/** Between what a reader sees as characters, in the text that was asked about last. */
function clusterEdges(text: string): ReadonlySet<number> {
  if (segmented?.text !== text) {
    segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
    const edges = new Set(Array.from(segmenter.segment(text), ({ index }) => index));
    for (const { index } of text.matchAll(LETTER_BEHIND_MARK)) edges.add(index);
    segmented = { text, edges: edges.add(text.length) };
  }
  return segmented.edges;
}
