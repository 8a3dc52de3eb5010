type Column = "tokens" | "offsets" | "types" | "special" | "words";

/** What computes the columns of each object that has some. */
const makers = /* @__PURE__ */ new WeakMap<object, (name: Column) => unknown>();

const accessor = (name: Column): PropertyDescriptor => ({
  get(this: Record<Column, unknown>) {
    this[name] = makers.get(this)!(name);
    return this[name];
  },
  set(value: unknown) {
    Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
  },
  enumerable: true,
  configurable: true,
});

/** The same for every object: closures for each would take three times the time. */
const accessors: PropertyDescriptorMap = {
  tokens: /* @__PURE__ */ accessor("tokens"),
  offsets: /* @__PURE__ */ accessor("offsets"),
  types: /* @__PURE__ */ accessor("types"),
  special: /* @__PURE__ */ accessor("special"),
  words: /* @__PURE__ */ accessor("words"),
  // Node and Bun print this copy: of accessors they would print no values.
  [Symbol.for("nodejs.util.inspect.custom")]: {
    value(this: object) {
      return { ...this };
    },
  },
};

/** Adds columns that are computed on first access; afterwards they are ordinary fields. */
export function withColumns<Columns extends object>(own: Partial<Columns>, make: (name: Column) => unknown): Columns {
  makers.set(own, make);
  return Object.defineProperties(own as Columns, accessors);
}
