import type { Ids } from "../tensor";
import type { FileOptions } from "./file-options";
import type { Writer } from "./language-model";
import type { GenerateOptions } from "./options";

/** The largest number of new tokens of a row, and the reason why it ends there. */
export interface Limit {
  readonly tokens: number;
  readonly end: "length" | "context";
}

/** A limit of lengths: of the new tokens alone, or of the whole row. */
interface Bound {
  /** The option or the field that sets it. */
  readonly name: string;
  readonly value: number;
  readonly counts: "new" | "all";
  readonly byCaller: boolean;
}

type Names = readonly [ofNew: "maxNewTokens" | "minNewTokens", ofAll: "maxLength" | "minLength"];

/** The options override the file, and the number of new tokens overrides the length of the row, as in transformers. */
function boundOf([ofNew, ofAll]: Names, given: GenerateOptions, file: FileOptions): Bound | undefined {
  const found: [value: number | undefined, counts: Bound["counts"], name: string, byCaller: boolean][] = [
    [given[ofNew], "new", ofNew, true],
    [given[ofAll], "all", ofAll, true],
    [file.options[ofNew], "new", ofNew === "maxNewTokens" ? "max_new_tokens" : "min_new_tokens", false],
    [file[ofAll], "all", ofAll === "maxLength" ? "max_length" : "min_length", false],
  ];
  const [value, counts, name, byCaller] = found.find(([value]) => value !== undefined) ?? [];
  return value === undefined ? undefined : { name: name!, value, counts: counts!, byCaller: byCaller! };
}

/** Twenty new tokens, as in transformers. */
const usual: Bound = { name: "the limit", value: 20, counts: "new", byCaller: false };

const mostOf = (given: GenerateOptions, file: FileOptions): Bound =>
  boundOf(["maxNewTokens", "maxLength"], given, file) ?? usual;

const leastOf = (given: GenerateOptions, file: FileOptions): Bound | undefined =>
  boundOf(["minNewTokens", "minLength"], given, file);

/** The smallest lengths at which a row may end; 0 where there is no limit. */
export function leastLengths(given: GenerateOptions, file: FileOptions): { newTokens: number; length: number } {
  const { value = 0, counts } = leastOf(given, file) ?? {};
  return counts === "all" ? { newTokens: 0, length: value } : { newTokens: value, length: 0 };
}

const newTokensOf = ({ value, counts }: Bound, held: number): number => (counts === "new" ? value : value - held);

/**
 * The limit of each row, which the context may lower.
 *
 * @param start the first tokens of each row, without padding
 * @param held for each row, the longest list of tokens that the new ones follow
 * @throws RangeError if there is no room for a token, or the smallest length is more than the largest
 */
export function limitsOf(
  { where, sizes: { contextLength } }: Writer,
  start: Ids,
  held: Ids,
  given: GenerateOptions,
  file: FileOptions,
): Limit[] {
  const most = mostOf(given, file);
  const least = leastOf(given, file);
  return start.map(({ length }, row) => {
    const asked = newTokensOf(most, length);
    if (asked <= 0 && most.counts === "all")
      throw tooLong(`${where}: row ${row} of the prompt has ${length} tokens, and `, most, file);
    if (least) expectFeasible(where, least, most, length, file);
    const room = contextLength - held[row]!.length;
    if (room <= 0 && asked > 0)
      throw new RangeError(
        `${where}: in row ${row}, ${held[row]!.length} tokens fill the contextLength ${contextLength}; shorten the prompt`,
      );
    return asked <= room ? { tokens: asked, end: "length" } : { tokens: room, end: "context" };
  });
}

function tooLong(begin: string, { name, value, byCaller }: Bound, { file }: FileOptions): RangeError {
  const allowed = byCaller
    ? `${name} allows ${value}; raise it, or pass maxNewTokens`
    : `${file} allows a ${name} of ${value}; pass maxNewTokens`;
  return new RangeError(`${begin}${allowed}`);
}

/**
 * If the caller sets only the largest length, a file's smallest length may be more. With a
 * smallest length of the row and a largest number of new tokens, which prompts can reach both depends on their lengths:
 * in those that cannot, the limit counts, as in transformers.
 */
function expectFeasible(where: string, least: Bound, most: Bound, held: number, { file }: FileOptions): void {
  const [atLeast, atMost] = [newTokensOf(least, held), newTokensOf(most, held)];
  if (atLeast <= atMost || (most.byCaller && !least.byCaller)) return;
  if (least.counts === "all" && most.counts === "new") return;
  const limit = most.byCaller ? `${most.name} ${most.value}` : `the limit of ${atMost}`;
  if (least.name === "minNewTokens")
    throw new RangeError(`${where}: minNewTokens ${atLeast} is more than ${limit}; raise maxNewTokens`);
  const [place, advice] = least.byCaller
    ? [`minLength ${least.value}`, "raise maxLength"]
    : [`${file}: ${least.name}`, "pass maxNewTokens or minNewTokens"];
  throw new RangeError(`${where}: ${place} requires ${atLeast} new tokens, more than ${limit}; ${advice}`);
}
