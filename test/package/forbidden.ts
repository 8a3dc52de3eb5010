/** What no page may contain: a strict Content-Security-Policy forbids the first two, and browsers have no built-in modules. */
const forbidden: Readonly<Record<string, RegExp>> = {
  "eval(…)": /(?<![\w$.])eval\s*\(/,
  "new Function(…)": /(?<![\w$.])Function\s*\(/,
  "an import of a Node built-in": /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*["'`]node:/,
  "a text that is evaluated by a timer": /\bset(?:Timeout|Interval)\(\s*["'`]/,
};

/** The names of what a text of code contains of it. */
export const forbiddenIn = (code: string): string[] =>
  Object.keys(forbidden).filter((name) => forbidden[name]!.test(code));
