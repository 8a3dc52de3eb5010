import { describe, type Fields, problem } from "./fields";

/**
 * Makes one component out of its JSON. `nested` reads a component of the same kind inside it, which `Sequence` needs.
 */
export type Reader<T> = (fields: Fields, nested: (fields: Fields) => T) => T;

/**
 * Reads components of one kind by their `type` field.
 *
 * @throws FormatError naming the type if the table has no such component.
 */
export function componentReader<T>(kind: string, readers: ReadonlyMap<string, Reader<T>>): (fields: Fields) => T {
  const read = (fields: Fields): T => {
    const type = fields.get("type");
    const reader = typeof type === "string" ? readers.get(type) : undefined;
    if (reader === undefined) {
      const expected = `a ${kind} this library knows: ${[...readers.keys()].join(", ")}`;
      throw problem(fields.path("type"), describe(type), expected);
    }
    return reader(fields, read);
  };
  return read;
}
