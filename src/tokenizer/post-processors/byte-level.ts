import { BYTE_CHARACTERS } from "../byte-alphabet";
import { type EncodedPart, mapColumns, mapPart, type TokenColumns } from "../encoding";
import type { Fields } from "../fields";
import { previousCharacterStart, WHITE_SPACE } from "../unicode";
import type { PostProcessor } from "./post-processor";

const SPACE = BYTE_CHARACTERS[0x20] as string;
const OUTER_SPACE = new RegExp(`^[\\p{White_Space}${SPACE}]|[\\p{White_Space}${SPACE}]$`, "u");

/** Takes the spaces that a token begins or ends with out of its offsets. */
export function trimOffsets(part: EncodedPart, addPrefixSpace: boolean): EncodedPart {
  return mapPart(part, (tokens) =>
    mapColumns(tokens, (columns) => {
      const result = { ...columns, starts: columns.starts.slice(), ends: columns.ends.slice() };
      columns.tokens.forEach((token, index) => {
        if (OUTER_SPACE.test(token)) trim(result, index, part.text, addPrefixSpace);
      });
      return result;
    }),
  );
}

function trim({ tokens, starts, ends }: TokenColumns, index: number, text: string, addPrefixSpace: boolean): void {
  const characters = [...(tokens[index] as string)];
  const isSpace = (character: string): boolean => character === SPACE || WHITE_SPACE.test(character);
  const firstOther = characters.findIndex((character) => !isSpace(character));
  let leading = firstOther < 0 ? characters.length : firstOther;
  const trailing = characters.length - 1 - characters.findLastIndex((character) => !isSpace(character));
  const [start, end] = [starts[index] as number, ends[index] as number];
  // The space that was put in front of the text takes no room in it.
  if ((index === 0 || start === 0) && addPrefixSpace && leading === 1) leading = 0;
  // A space that was put in front has the place of the first character, which may be two code units.
  let from = start;
  for (let i = 0; i < leading && from < end; i++) from += (text.codePointAt(from) as number) > 0xffff ? 2 : 1;
  starts[index] = from;
  let to = end;
  for (let i = 0; i < trailing && to > from; i++) to = previousCharacterStart(text, to);
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
