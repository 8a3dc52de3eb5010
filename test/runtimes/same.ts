/** What a runtime says of the program. */
export interface Answer {
  readonly fast: string;
  readonly logits: readonly number[];
  readonly text: string;
  readonly strict: Readonly<Record<"kernels" | "whole" | "rounded", string>>;
}

/** How far logits may be apart: kernels with relaxed SIMD round as the processor does. */
const BOUND = 1e-5;

/** How an answer differs from that of this process; empty if it does not. */
export function differences(answer: Answer, wanted: Answer): string[] {
  const largest = Math.max(1, ...wanted.logits.map(Math.abs));
  const apart = Math.max(...wanted.logits.map((logit, i) => Math.abs(logit - (answer.logits[i] ?? Number.NaN))));
  return [
    ...(apart <= BOUND * largest && answer.logits.length === wanted.logits.length ? [] : [`logits differ by ${apart}`]),
    ...(answer.text === wanted.text ? [] : [`the text is ${JSON.stringify(answer.text)}`]),
    ...(["kernels", "whole", "rounded"] as const).flatMap((name) =>
      answer.strict[name] === wanted.strict[name] ? [] : [`strict ${name}: ${answer.strict[name]}`],
    ),
  ];
}
