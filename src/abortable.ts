/**
 * The result of `work`, or a rejection with the signal's reason as soon as it is aborted, even if `work` never settles.
 * If the signal is already aborted, `work` does not start.
 *
 * @param discard is called with a result that arrives after an abort
 */
export function abortable<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  discard: (late: T) => void = () => {},
): Promise<T> {
  if (signal === undefined) return work();
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const forget = onAbort(signal, () => reject(signal.reason));
    work()
      .then((result) => (signal.aborted ? discard(result) : resolve(result)), reject)
      .finally(forget);
  });
}

/** The callbacks of each signal. All share one listener, because Node warns about more than ten. */
const waiting = /* @__PURE__ */ new WeakMap<AbortSignal, Set<() => void>>();

/** @returns a function that removes the callback */
function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const callbacks = waiting.get(signal) ?? listened(signal);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
  };
}

function listened(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  waiting.set(signal, callbacks);
  const abort = () => {
    for (const callback of callbacks) callback();
  };
  signal.addEventListener("abort", abort, { once: true });
  return callbacks;
}
