import { type Check, expectSignal } from "../checks";
import type { Signal } from "../platform";

/** How a task that writes no text is stopped. */
export interface SignalOptions {
  /** Stops the task: it rejects with the signal's reason before the next batch of texts. */
  signal?: Signal | undefined;
}

export const signalCheck: Check = expectSignal;
