import type { Fields } from "../../../fields";
import { characterClass, previousCharacterStart, SPACE, unitsAt } from "../../text";
import { type EncodedPart, mapColumns, mapPart, type TokenColumns } from "../encoding";

import type { PostProcessor } from "./post-processor";

/** A space in GPT-2's byte alphabet. */
const WRITTEN_SPACE = 0x120;

/** Excludes leading and trailing spaces of a token from its offsets. */
export function trimOffsets(part: EncodedPart, addPrefixSpace: boolean): EncodedPart {
  return mapPart(part, (tokens) =>
    mapColumns(tokens, (columns) => {
      const result = { ...columns, starts: columns.starts.slice(), ends: columns.ends.slice() };
      for (let index = 0; index < result.tokens.length; index++)
        trim(result, index, textOf(part, result, index), addPrefixSpace);
      return result;
    }),
  );
}

/** The text that a token's offsets refer to. */
function textOf({ text }: EncodedPart, { words }: TokenColumns, index: number): string {
  return typeof text === "string" ? text : (text[words[index] ?? 0] ?? "");
}

function trim({ tokens, starts, ends }: TokenColumns, index: number, text: string, addPrefixSpace: boolean): void {
  const token = tokens[index] as string;
  const isSpace = (unit: number): boolean => unit === WRITTEN_SPACE || (characterClass(unit) & SPACE) !== 0;
  let leading = 0;
  while (leading < token.length && isSpace(token.charCodeAt(leading))) leading++;
  let trailing = 0;
  while (trailing < token.length && isSpace(token.charCodeAt(token.length - 1 - trailing))) trailing++;
  let [from, to] = [starts[index] as number, ends[index] as number];
  // The prepended space is not part of the text.
  if ((index === 0 || from === 0) && addPrefixSpace && leading === 1) leading = 0;
  // A prepended space has the place of the first character, which may be two code units.
  for (; leading > 0 && from < to; leading--) from += unitsAt(text, from);
  for (; trailing > 0 && to > from; trailing--) to = previousCharacterStart(text, to);
  starts[index] = from;
  ends[index] = to;
}

export function readByteLevelProcessor(fields: Fields): PostProcessor {
  const addPrefixSpace = fields.boolean("add_prefix_space");
  const trims = fields.boolean("trim_offsets");
  return {
    added: () => 0,
    process: (parts) => (trims ? parts.map((part) => trimOffsets(part, addPrefixSpace)) : parts),
  };
}
