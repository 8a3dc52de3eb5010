import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A code block of a document or a docstring. */
export interface Snippet {
  /** `README.md:12` */
  place: string;
  code: string;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(ending))
    .sort();
}

/** The TypeScript blocks of Markdown. */
function fenced(text: string, file: string, firstLine: number): Snippet[] {
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => ({
    place: `${file}:${firstLine + text.slice(0, match.index).split("\n").length - 1}`,
    code: match[1]!,
  }));
}

/** README and the pages of docs, which lie in one folder: below it are the reference and what builds the site. */
export const pages = (): string[] => [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

/** Every code block of README, CHANGELOG, docs and the models' cards. */
export const documentSnippets = (): Snippet[] =>
  ["CHANGELOG.md", ...pages(), ...filesBelow("examples/models", "README.md")].flatMap((file) =>
    fenced(readFileSync(join(root, file), "utf8"), file, 1),
  );

/** Where an @example is not followed by a block that can be run. */
export function unfencedExamples(): string[] {
  return filesBelow("src", ".ts").filter((file) =>
    /@example\n(?!\s*\* ```ts\n)/.test(readFileSync(join(root, file), "utf8")),
  );
}

/** Every example in a docstring of the sources. */
export function docstringSnippets(): Snippet[] {
  return filesBelow("src", ".ts").flatMap((file) => {
    const source = readFileSync(join(root, file), "utf8");
    return [...source.matchAll(/\/\*\*.*?\*\//gs)].flatMap((comment) => {
      const text = comment[0].replace(/^\s*\* ?/gm, "");
      return fenced(text, file, source.slice(0, comment.index).split("\n").length);
    });
  });
}
