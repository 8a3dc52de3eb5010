/** A derivative from differences. */
export interface Quotient {
  value: number;
  /** How far it may be off. */
  uncertainty: number;
  /** The same, but where the loss is rough, as chance may make it look smooth: what steps are compared by. */
  doubt: number;
  isRough: boolean;
  /** The distance between points, before a factor of max(1, |x|). */
  step: number;
}

/** A loss of one number x: its values around x, in place of the number, which is restored even if it throws. */
export interface Line {
  values: Float32Array;
  at: number;
  loss: () => number;
  /** The loss at x. */
  center: number;
  /** The size of the loss's rounding errors. */
  noise: number;
}

/**
 * The derivative at x from six points h apart, (45 Δ₁ − 9 Δ₂ + Δ₃) / 60h with Δₖ = L(x + kh) − L(x − kh).
 *
 * The uncertainty comes from the noise of L, and from the fifth and the sixth difference, which a smooth L does not have:
 * r = |5 Δ₁ − 4 Δ₂ + Δ₃| / 4 + |15 S₁ − 6 S₂ + S₃| / 12 with Sₖ = L(x + kh) − 2 L(x) + L(x − kh). Where slopes differ by
 * J on the sides of a kink at x, r / h is J / 2.
 */
export function quotient({ values, at, loss, center, noise }: Line, step: number): Quotient {
  const x = values[at]!;
  const h = step * Math.max(1, Math.abs(x));
  const side = (offset: number) => {
    values[at] = x + offset;
    return { x: values[at]!, loss: loss() };
  };
  try {
    const pairs = [1, 2, 3].map((k) => [side(k * h), side(-k * h)] as const);
    const [d1, d2, d3] = pairs.map(([up, down]) => up.loss - down.loss) as [number, number, number];
    const [s1, s2, s3] = pairs.map(([up, down]) => up.loss + down.loss - 2 * center) as [number, number, number];
    // Points are float32 numbers, and so not exactly h apart.
    const [w1, w2, w3] = pairs.map(([up, down]) => up.x - down.x) as [number, number, number];
    const rest = Math.abs(5 * d1 - 4 * d2 + d3) / 4 + Math.abs(15 * s1 - 6 * s2 + s3) / 12;
    const isRough = rest > 2 * noise;
    return {
      value: (45 * d1 - 9 * d2 + d3) / (45 * w1 - 9 * w2 + w3),
      uncertainty: (2 * (noise + rest)) / h,
      doubt: (2 * noise + Math.max(rest, 12 * (rest - 2 * noise))) / h,
      isRough,
      step,
    };
  } finally {
    values[at] = x;
  }
}

/** The step that is tried first. */
export const FIRST_STEP = 2 ** -5;
const COARSEST = 2 ** -3;
const FINEST = 2 ** -15;

/**
 * The quotient of least doubt: a large step has little noise, and a small one sees little curvature and few kinks. Where
 * a smaller step gives another value, the larger is as doubtful as they differ: kinks may cancel by chance.
 *
 * @param first the step to try first
 * @param enough the doubt, relative to the value or to `least` if that is larger, that needs no other step
 */
export function bestQuotient(line: Line, first: number, enough: number, least: number): Quotient {
  const isEnough = ({ value, doubt }: Quotient) => doubt <= enough * Math.max(Math.abs(value), least);
  const noiseAt = (step: number) => (2 * line.noise) / (step * Math.max(1, Math.abs(line.values[line.at]!)));
  let best = quotient(line, first);
  const tried = [best];
  const tries = (step: number): boolean => {
    const other = quotient(line, step);
    tried.push(other);
    const isBetter = other.doubt < best.doubt;
    if (isBetter) best = other;
    return isBetter;
  };
  for (let step = first * 4; step <= COARSEST && !isEnough(best) && tries(step); step *= 4);
  // A kink is seen until all points lie on one side of it: what was rough is smooth once a smaller step confirms it.
  const isConfirmed = () => tried.some(({ step }) => step < best.step) || tried.every(({ isRough }) => !isRough);
  const goesOn = (step: number) => !isEnough(best) && (noiseAt(step) < best.doubt || !isConfirmed());
  for (let step = first / 4; step >= FINEST && goesOn(step); step /= 4) tries(step);
  return tried.map((one) => doubted(one, tried)).reduce((a, b) => (b.doubt < a.doubt ? b : a));
}

/** A quotient with its doubts, as those of smaller steps show them. */
function doubted(one: Quotient, all: readonly Quotient[]): Quotient {
  const smaller = all.filter(({ step }) => step < one.step);
  const differences = smaller.map(({ value }) => Math.abs(value - one.value));
  const rough = smaller.filter(({ isRough }) => isRough).map(({ doubt }) => doubt);
  const uncertainty = Math.max(one.uncertainty, ...differences);
  return { ...one, uncertainty, doubt: Math.max(one.doubt, ...differences, ...rough) };
}
