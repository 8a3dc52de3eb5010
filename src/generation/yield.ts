import type { Signal } from "../platform";

/** Often enough for a page to stay responsive, and rare enough to cost nothing: half of a frame, in milliseconds. */
const TURN = 8;

/** Lets the event loop run from time to time, and stops when the signal is aborted. */
export class Turns {
  readonly #signal: Signal | undefined;
  #last = performance.now();

  /** @throws the signal's reason if it is aborted already */
  constructor(signal: Signal | undefined) {
    this.#signal = signal;
    signal?.throwIfAborted();
  }

  /** Whether the event loop has waited long enough; costs less than `take` where there is much to do in between. */
  get isDue(): boolean {
    return performance.now() - this.#last >= TURN;
  }

  /** @throws the signal's reason once it is aborted */
  async take(): Promise<void> {
    if (this.isDue) {
      await yieldToEventLoop();
      this.#last = performance.now();
    }
    this.#signal?.throwIfAborted();
  }
}

/** Lets timers, events and rendering run. A timer would too, but takes 4 ms in a page. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
