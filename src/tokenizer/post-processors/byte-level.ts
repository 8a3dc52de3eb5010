import { BYTE_CHARACTERS } from "../byte-alphabet";
import { type EncodedPart, mapPart } from "../encoding";
import type { Fields } from "../fields";
import { WHITE_SPACE } from "../unicode";
import type { PostProcessor } from "./post-processor";

const SPACE = BYTE_CHARACTERS[0x20] as string;
const OUTER_SPACE = new RegExp(`^[\\p{White_Space}${SPACE}]|[\\p{White_Space}${SPACE}]$`, "u");

/** Takes the spaces that a token begins or ends with out of its offsets. */
export function trimOffsets(part: EncodedPart, addPrefixSpace: boolean): EncodedPart {
  return mapPart(part, (tokens) => ({
    ...tokens,
    offsets: tokens.offsets.map((offsets, index) =>
      trimmed(tokens.tokens[index] as string, offsets, index === 0, addPrefixSpace),
    ),
  }));
}

type Span = [start: number, end: number];

function trimmed(token: string, offsets: Span, first: boolean, addPrefixSpace: boolean): Span {
  if (!OUTER_SPACE.test(token)) return offsets;
  const characters = [...token];
  const isSpace = (character: string): boolean => character === SPACE || WHITE_SPACE.test(character);
  const firstOther = characters.findIndex((character) => !isSpace(character));
  let leading = firstOther < 0 ? characters.length : firstOther;
  const trailing = characters.length - 1 - characters.findLastIndex((character) => !isSpace(character));
  let [start, end] = offsets;
  // The space that was put in front of the text takes no room in it.
  if ((first || start === 0) && addPrefixSpace && leading === 1) leading = 0;
  start = Math.min(start + leading, end);
  if (trailing > 0 && end >= trailing) end = Math.max(end - trailing, start);
  return [start, end];
}

export function readByteLevelProcessor(fields: Fields): PostProcessor {
  const addPrefixSpace = fields.boolean("add_prefix_space");
  const trims = fields.boolean("trim_offsets");
  return {
    added: () => 0,
    process: (parts) => (trims ? parts.map((part) => trimOffsets(part, addPrefixSpace)) : parts),
  };
}
