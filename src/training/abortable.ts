/**
 * What `work` gives, or the signal's reason as soon as it is aborted, even if `work` never ends. If the signal is aborted
 * already, `work` does not start.
 */
export function abortable<Result>(
  signal: AbortSignal | undefined,
  work: () => Result | PromiseLike<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const done = () => signal?.removeEventListener("abort", abort);
    new Promise<Result>((settle) => settle(work())).then(resolve, reject).finally(done);
  });
}
