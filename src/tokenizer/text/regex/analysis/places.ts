import type { Place } from "../syntax/syntax-tree";

const LINE_FEED = 0x0a;

/** Whether a position satisfies an anchor that depends only on the text. */
export function isAtPlace(name: Place | undefined, text: string, at: number): boolean {
  switch (name) {
    case "text start":
      return at === 0;
    case "text end":
      return at === text.length;
    case "last line end":
      return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === LINE_FEED);
    case "line start":
      // No line begins after the final line end.
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

/** The JavaScript equivalent, without the flag m, if it is simple. */
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
 * In the reference, a letter after a mark begins a cluster, while segmenters join it in the scripts of India. The
 * vowels am are not marks, but are joined.
 */
const LETTER_BEHIND_MARK = /(?<=[\p{Grapheme_Extend}\u200d])(?![\u0e33\u0eb3])\p{Lo}/gu;

/** The boundaries of grapheme clusters in the most recent text. */
function clusterEdges(text: string): ReadonlySet<number> {
  if (segmented?.text !== text) {
    segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
    const edges = new Set(Array.from(segmenter.segment(text), ({ index }) => index));
    for (const { index } of text.matchAll(LETTER_BEHIND_MARK)) edges.add(index);
    segmented = { text, edges: edges.add(text.length) };
  }
  return segmented.edges;
}
