import { Environment, parse, tokenize } from "@huggingface/jinja";
import { FormatError } from "../../errors";
import { PythonInterpreter } from "./interpreter";
import { lineIn, type Token, tagsOf, withLines } from "./lines";
import { strftime } from "./strftime";
import { withTestArguments } from "./test-arguments";
import { callable, dictOf, isDict, valueFor } from "./values";

/** What a template says by `raise_exception`. */
class Refusal extends Error {}

/** A template with the name of its file. */
export interface Source {
  file: string;
  text: string;
}

/**
 * Renders a chat template as transformers does.
 *
 * @throws FormatError with the line of a template that is malformed or fails; RangeError with the line and the message
 *   of `raise_exception`
 */
export function render(where: string, source: Source, variables: Readonly<Record<string, unknown>>): string {
  // As jinja2, which reads every kind of line end as "\n".
  const text = source.text.replace(/\r\n?/g, "\n");
  const program = parsed({ ...source, text });
  const scope = new Environment();
  for (const [name, value] of Object.entries({ ...globals(), ...variables })) scope.setVariable(name, asValue(value));
  const interpreter = new PythonInterpreter(scope);
  try {
    return String(interpreter.run(program).value);
  } catch (error) {
    const at = `line ${interpreter.line}`;
    if (error instanceof Refusal)
      throw new RangeError(`${where}: the chat template (${source.file}, ${at}) says: ${error.message}`, {
        cause: error,
      });
    const expected = "a chat template for these messages";
    throw new FormatError({ file: source.file, at, found: messageOf(error), expected });
  }
}

const asValue = (value: unknown) =>
  typeof value === "object" && value !== null && "__bool__" in value
    ? (value as ReturnType<typeof valueFor>)
    : valueFor(value);

function globals(): Record<string, unknown> {
  return {
    ...{ true: true, True: true, false: false, False: false, none: null, None: null },
    range: rangeOf,
    strftime_now: (format: string) => strftime(new Date(), format),
    raise_exception: (message: unknown) => {
      throw new Refusal(String(message));
    },
    dict: callable((given) => dictOf(given.flatMap((one) => (isDict(one) ? [...one.value] : [])))),
  };
}

/** Python's `range`. A template asks for as many elements as there are messages, so more is a mistake. */
function rangeOf(first: number, end?: number, step = 1): number[] {
  const [start, stop] = end === undefined ? [0, first] : [first, end];
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= 1e6)) throw new Error(`range has ${length} elements`);
  return Array.from({ length }, (_, i) => start + i * step);
}

function parsed({ file, text }: Source): ReturnType<typeof parse> {
  const tokens = tokensOf({ file, text });
  let furthest = 0;
  const watched = new Proxy(tokens, {
    get(target, key) {
      if (typeof key === "string" && /^\d+$/.test(key)) furthest = Math.max(furthest, Number(key));
      return Reflect.get(target, key);
    },
  });
  try {
    return parse(watched);
  } catch (error) {
    const ends = furthest >= tokens.length;
    const read = tokens.slice(0, furthest + 1).findLast(({ value }) => lineIn(value) !== undefined);
    throw new FormatError({
      file,
      at: `line ${read === undefined ? 1 : lineIn(read.value)}`,
      found: ends ? "the end of the template inside a block or a tag" : messageOf(error),
      expected: "a Jinja template",
    });
  }
}

function tokensOf({ file, text }: Source): Token[] {
  const options = { lstrip_blocks: true, trim_blocks: true };
  try {
    return withTestArguments(withLines(tokenize(text, options), text));
  } catch (error) {
    // The lexer does not say where it is, so its tags are read one by one.
    const tag = tagsOf(text).find((one) => fails(() => tokenize(one.text, options)));
    throw new FormatError({
      file,
      at: `line ${tag?.line ?? text.split("\n").length}`,
      found: messageOf(error),
      expected: "a Jinja template",
    });
  }
}

function fails(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}

function messageOf(error: unknown): string {
  // Engines word their limits differently.
  if (error instanceof RangeError) return limitOf(error.message);
  const message = error instanceof Error ? error.message : String(error);
  if (/^too much recursion/.test(message)) return limitOf(message);
  return message.replace(/^Parser Error: /, "").replace(/\.$/, "");
}

const limitOf = (message: string): string =>
  /stack|recursion/i.test(message) ? "parts that are nested too deeply" : "a text or a list that is too long";
