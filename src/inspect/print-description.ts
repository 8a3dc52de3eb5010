import type { Description } from "./description";

/** A tree with one line for each part; parts of a list that are alike are one: `blocks.0 … 11: 12 × DecoderBlock`. */
export function printDescription(description: Description): string {
  return [heading(description), ...lines(description.parts, "  ")].join("\n");
}

const heading = ({ kind, shape, parameters, bytes, operations }: Description): string => {
  if (shape) return `[${shape.join(", ")}]${bytes === 4 * parameters ? "" : ` in ${inBytes(bytes)}`}`;
  if (parameters === 0) return kind;
  const cost = operations === 0 ? "" : `, ${inOperations(operations)} a token`;
  return `${kind}, ${parameters.toLocaleString("en-US")} parameters, ${inBytes(bytes)}${cost}`;
};

const scaled = (value: number, units: readonly string[]): string => {
  const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
  return `${Number((value / 1000 ** power).toPrecision(3))} ${units[power]}`;
};

const inBytes = (bytes: number): string => scaled(bytes, ["bytes", "KB", "MB", "GB", "TB"]);
const inOperations = (count: number): string => scaled(count, ["FLOPs", "kFLOPs", "MFLOPs", "GFLOPs", "TFLOPs"]);

function lines(parts: readonly Description[], indent: string): string[] {
  const printed = parts.map((part) => ({ part, text: [heading(part), ...lines(part.parts, `${indent}  `)] }));
  const found: string[] = [];
  for (let first = 0, next = 1; first < printed.length; first = next++) {
    const { part, text } = printed[first]!;
    while (
      next < printed.length &&
      isNext(printed[next - 1]!.part.name, printed[next]!.part.name) &&
      isSame(text, printed[next]!.text)
    )
      next++;
    const alike = next - first;
    const last = printed[next - 1]!.part.name.split(".").at(-1);
    const name = alike === 1 ? part.name : `${part.name} … ${last}`;
    const colon = part.shape ? "" : ":";
    found.push(`${indent}${name}${colon} ${alike === 1 ? "" : `${alike} × `}${text[0]}`, ...text.slice(1));
  }
  return found;
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => a.join("\n") === b.join("\n");

/** Whether two names are neighbours of one list: `blocks.0` and `blocks.1`. */
function isNext(before: string, after: string): boolean {
  const [, list, index] = /^(.*?)(\d+)$/.exec(before) ?? [];
  return index !== undefined && after === `${list}${Number(index) + 1}`;
}
