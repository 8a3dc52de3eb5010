/** The engine's own expression; patterns that only the older syntax allows are read without the flag `u`. */
function compiled(source: string): RegExp {
  try {
    return new RegExp(source, "u");
  } catch {
    return new RegExp(source);
  }
}

/** What is wrong with a pattern; undefined if nothing is. */
export function patternProblem(source: string): string | undefined {
  try {
    compiled(source);
    return undefined;
  } catch (error) {
    return String(error).replace(/^.*: /s, "");
  }
}

/** Whether a text contains a match, as a validator would say. */
export const isMatch = (source: string, text: string): boolean => compiled(source).test(text);
