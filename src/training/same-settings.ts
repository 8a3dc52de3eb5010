import type { Schedule } from "./schedules";

type Settings = Readonly<Record<string, unknown>>;

/** @throws RangeError naming the first setting that differs from the saved one */
export function expectSameSettings(whose: string, saved: Settings, now: Settings): void {
  for (const name of new Set([...Object.keys(now), ...Object.keys(saved)])) {
    const [then, here] = [saved, now].map((settings) => (Object.hasOwn(settings, name) ? settings[name] : undefined));
    if (!same(then, here))
      throw new RangeError(
        `train: ${name} of ${whose} was ${shown(then)} when resume was saved, and is ${shown(here)} now; use the same options, or start a new training without resume`,
      );
  }
}

/** Math functions may differ between machines in the last bits. */
const CLOSE = 1e-12;

function same(then: unknown, here: unknown): boolean {
  if (Array.isArray(then) && Array.isArray(here))
    return then.length === here.length && here.every((value, i) => same(then[i], value));
  if (typeof then === "number" && typeof here === "number")
    return then === here || Math.abs(then - here) <= CLOSE * Math.abs(here);
  // undefined is saved as null.
  return (then ?? null) === (here ?? null);
}

const LONGEST = 120;

function shown(value: unknown): string {
  if (value === undefined || value === null) return "none";
  const text = Array.isArray(value) ? `[${value.map(shown).join(", ")}]` : String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** The steps at which schedules are compared: the last one, and a few that distinguish one schedule from another. */
export function probes(steps: number): number[] {
  const chosen = new Set([0, steps - 1]);
  for (let step = 1; step < steps; step *= 2) chosen.add(step);
  return [...chosen].filter((step) => step >= 0);
}

/** @throws RangeError if the schedule differs from the saved one */
export function expectSameSchedule(schedule: Schedule, saved: readonly unknown[]): void {
  for (const probe of saved) {
    const [step, then]: unknown[] = Array.isArray(probe) ? probe : [];
    const here = typeof step === "number" ? schedule(step) : undefined;
    if (here === undefined || !same(then, here))
      throw new RangeError(
        `train: the schedule gave ${shown(then)} for step ${shown(step)} when resume was saved, and gives ${shown(here)} now; use the same options, or start a new training without resume`,
      );
  }
}
