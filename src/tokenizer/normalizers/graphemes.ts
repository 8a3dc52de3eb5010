let segmenter: Intl.Segmenter | undefined;

/**
 * What a reader sees as one character (extended grapheme clusters), in order.
 *
 * Between two ASCII characters there is always a boundary, except inside `\r\n`; only the text around others is given
 * to the segmenter, which is slow.
 *
 * @see https://unicode.org/reports/tr29/
 */
export function* graphemes(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = clusterRunEnd(text, at);
    if (end === at + 1) {
      yield text.charAt(at);
    } else {
      segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
      for (const { segment } of segmenter.segment(text.slice(at, end))) yield segment;
    }
    at = end;
  }
}

/** The first boundary after `start` that ASCII shows; a long run of other characters is one piece. */
function clusterRunEnd(text: string, start: number): number {
  for (let end = start + 1; end < text.length; end++) {
    const before = text.charCodeAt(end - 1);
    const after = text.charCodeAt(end);
    if (before < 0x80 && after < 0x80 && !(before === 0x0d && after === 0x0a)) return end;
  }
  return text.length;
}
