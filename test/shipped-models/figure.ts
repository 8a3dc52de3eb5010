/** One thing that a shipped model can do: how often it does, and how often it must. */
export interface Figure {
  readonly what: string;
  readonly count: number;
  readonly of: number;
  /** The share that it must reach. */
  readonly least: number;
  /** Some cases that went wrong, to look at. */
  readonly wrong?: readonly string[];
}

export const holds = ({ count, of, least }: Figure): boolean => of > 0 && count / of >= least;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** A row of a table in Markdown. */
export const row = (model: string, figure: Figure): string =>
  `| ${model} | ${figure.what} | ${figure.count} of ${figure.of} | ${percent(figure.count / figure.of)} | ${percent(figure.least)} | ${holds(figure) ? "yes" : "NO"} |`;

export const head = "| model | what holds | how often | share | at least | holds |\n|---|---|---|---|---|---|";
