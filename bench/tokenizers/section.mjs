import { readFileSync, writeFileSync } from "node:fs";

const START = "<!-- tokenizers: from here on written by bench/tokenizers -->";
const END = "<!-- tokenizers: end -->";

/** Splits the page at the start and end of the section between the two comments. */
function cut(path) {
  const page = readFileSync(path, "utf8");
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${path} has no section; add the lines ${START} and ${END}`);
  return [page.slice(0, start + START.length), page.slice(end)];
}

/** Replaces the section of a page; checks at once that the section exists. */
export function sectionWriter(path) {
  cut(path);
  return (text) => {
    const [before, after] = cut(path);
    writeFileSync(path, `${before}\n\n${text.trim()}\n\n${after}`);
  };
}
