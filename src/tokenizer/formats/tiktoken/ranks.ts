import { FormatError } from "../../../errors";
import { describeJson, formatError } from "../../../fields";
import { BYTE_CHARACTERS } from "../../text";
import { ID_LIMIT } from "../../vocabulary";

/** Whisper's last token has no bytes, which is written as "=". */
const NO_BYTES = "=";
const LINE = /^(=|[A-Za-z0-9+/]+={0,2})[ \t]+(\d+)$/;

/** The longest token in a published file has 128 bytes. */
const LONGEST_LINE = 512;

/** Whether a file is a ranks file; a SentencePiece file, which may have the same name, begins with a line break. */
export function isRanks(bytes: Uint8Array): boolean {
  const [line = ""] = String.fromCharCode(...bytes.subarray(0, LONGEST_LINE)).split("\n", 1);
  return LINE.test(line.trimEnd());
}

/**
 * The lines of a ranks file: a token's bytes in base64, a space, and its rank, which is its id. Tokens are returned in
 * GPT-2's byte alphabet.
 *
 * @throws FormatError naming the line
 * @see https://github.com/openai/tiktoken/blob/main/tiktoken/load.py
 */
export function readRanks(text: string, file: string): Map<string, number> {
  const ranks = new Map<string, number>();
  const tokens = new Map<number, string>();
  let line = 0;
  for (const content of text.split("\n")) {
    line++;
    const entry = content.trim();
    if (entry === "") continue;
    const fail = (found: string, expected: string) => formatError(file, `line ${line}`, found, expected);
    const [, base64, digits] = LINE.exec(entry) ?? [];
    const token = base64 === undefined ? undefined : tokenOf(base64);
    const rank = Number(digits);
    if (token === undefined) throw fail(describeJson(entry), "a token in base64, a space and its rank");
    if (rank >= ID_LIMIT) throw fail(`rank ${digits}`, `a rank below ${ID_LIMIT}`);
    if (ranks.has(token)) throw fail(`${describeJson(base64)} again`, "unique tokens");
    if (tokens.has(rank)) throw fail(`rank ${rank} again`, "unique ranks");
    ranks.set(token, rank);
    tokens.set(rank, token);
  }
  BYTE_CHARACTERS.forEach((character, byte) => {
    if (ranks.has(character)) return;
    throw new FormatError({ file, found: `no token for byte ${byte}`, expected: "one for each of the 256 bytes" });
  });
  return ranks;
}

function tokenOf(base64: string): string | undefined {
  if (base64 === NO_BYTES) return "";
  try {
    return Array.from(atob(base64), (byte) => BYTE_CHARACTERS[byte.charCodeAt(0)]).join("");
  } catch {
    return undefined;
  }
}
