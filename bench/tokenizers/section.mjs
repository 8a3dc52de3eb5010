import { readFileSync, writeFileSync } from "node:fs";

const START = "<!-- tokenizers: from here on written by bench/tokenizers -->";
const END = "<!-- tokenizers: end -->";

/** The page, cut where the section between the two comments begins and ends. */
function cut(path) {
  const page = readFileSync(path, "utf8");
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${path} has no section: write into it ${START} and ${END}`);
  return [page.slice(0, start + START.length), page.slice(end)];
}

/** Puts text into the section of a page, in place of what stands there. That there is a section is checked at once. */
export function sectionWriter(path) {
  cut(path);
  return (text) => {
    const [before, after] = cut(path);
    writeFileSync(path, `${before}\n\n${text.trim()}\n\n${after}`);
  };
}
