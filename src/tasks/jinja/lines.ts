import type { tokenize } from "@huggingface/jinja";

export type Token = ReturnType<typeof tokenize>[number];

/** A tag of a template, `{% … %}` or `{{ … }}`, with the line where it starts. */
export interface Tag {
  text: string;
  line: number;
}

const quotes = /'(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*"/y;

/** The tags of a template in order, without comments. */
export function tagsOf(source: string): Tag[] {
  const tags: Tag[] = [];
  const opening = /\{[#%{]/g;
  for (let found = opening.exec(source); found; found = opening.exec(source)) {
    const start = found.index;
    const end = endOf(source, start);
    opening.lastIndex = end;
    if (source[start + 1] === "#") continue;
    tags.push({ text: source.slice(start, end), line: source.slice(0, start).split("\n").length });
  }
  return tags;
}

/** Where a tag or comment ends; the end of the template if it is not closed. */
function endOf(source: string, start: number): number {
  const kind = source[start + 1];
  if (kind === "#") return after(source, source.indexOf("#}", start));
  for (let at = start + 2, depth = 0; at < source.length; at++) {
    quotes.lastIndex = at;
    const text = quotes.exec(source);
    if (text) at += text[0].length - 1;
    else if (kind === "%" ? source.startsWith("%}", at) : depth === 0 && source.startsWith("}}", at)) return at + 2;
    else if (source[at] === "{") depth++;
    else if (source[at] === "}") depth--;
  }
  return source.length;
}

const after = (source: string, at: number): number => (at < 0 ? source.length : at + 2);

/** Tags that the parser never sees. */
const isGeneration = ({ text }: Tag): boolean => /^\{%-?\s*(end)?generation\s*-?%\}$/.test(text);

const MARK = "\0line ";

/** The line in a comment that `withLines` added. */
export const lineIn = (comment: string): number | undefined =>
  comment.startsWith(MARK) ? Number(comment.slice(MARK.length)) : undefined;

/** The tokens with a comment before each tag that says its line. The parser keeps no lines, but it keeps comments. */
export function withLines(tokens: readonly Token[], source: string): Token[] {
  const tags = tagsOf(source).filter((tag) => !isGeneration(tag));
  let next = 0;
  return tokens.flatMap((token) => {
    const opens = token.type === "OpenStatement" || token.type === "OpenExpression";
    const line = opens ? tags[next++]?.line : undefined;
    return line === undefined ? [token] : [{ type: "Comment" as const, value: `${MARK}${line}` }, token];
  });
}
