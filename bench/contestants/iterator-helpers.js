// A polyfill for jax-js on Node 20: iterator helpers, which Node has from version 22.
const prototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

const helpers = {
  *map(f) {
    let at = 0;
    for (const value of this) yield f(value, at++);
  },
  *filter(f) {
    let at = 0;
    for (const value of this) if (f(value, at++)) yield value;
  },
  toArray() {
    return [...this];
  },
  some(f) {
    return [...this].some((value, at) => f(value, at));
  },
  every(f) {
    return [...this].every((value, at) => f(value, at));
  },
  reduce(f, ...first) {
    return [...this].reduce((sum, value, at) => f(sum, value, at), ...first);
  },
};

for (const [name, value] of Object.entries(helpers))
  if (!(name in prototype)) Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
