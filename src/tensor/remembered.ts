/** What was made of the values of parameters, by what it belongs to. */
let made = new WeakMap<object, unknown>();

/** What `make` made for the key since any parameter last got values. */
export function remembered<T>(key: object, isCurrent: (made: T) => boolean, make: () => T): T {
  const known = made.get(key) as T | undefined;
  if (known !== undefined && isCurrent(known)) return known;
  const now = make();
  made.set(key, now);
  return now;
}

/** Parameters got other values, whose memory nothing keeps. */
export const forget = (): void => {
  made = new WeakMap();
};
