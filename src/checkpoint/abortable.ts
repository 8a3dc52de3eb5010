/**
 * What `work` gives, or a rejection with the signal's reason as soon as it is aborted, even if `work` never settles.
 * If the signal is aborted already, `work` does not start.
 *
 * @param discard gets what `work` gives after an abort
 */
export function abortable<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  discard: (late: T) => void = () => {},
): Promise<T> {
  if (signal === undefined) return work();
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work()
      .then((result) => (signal.aborted ? discard(result) : resolve(result)), reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
