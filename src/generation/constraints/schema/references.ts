import { isRecord } from "../../../fields";

/** The base of a document without an `$id`. */
const NOWHERE = "json-schema:///";
/** Keywords whose values are no schemas. */
const VALUES = new Set(["enum", "const", "default", "examples"]);

/**
 * The places of a document that references can name: its own, those of schemas with an `$id`, and anchors.
 *
 * @see JSON Schema 2020-12 core, sections 8.2 and 9.2
 */
export class References {
  /** By absolute address. */
  readonly #resources = new Map<string, unknown>();
  readonly #anchors = new Map<string, unknown>();
  /** For each schema the address that its references start from. */
  readonly #bases = new WeakMap<object, string>();
  readonly #isOld: boolean;

  /** @param isOld whether keywords beside `$ref` count for nothing, as up to draft 7 */
  constructor(root: unknown, isOld: boolean) {
    this.#isOld = isOld;
    this.#resources.set(NOWHERE, root);
    this.#index(root, NOWHERE);
  }

  /** The schema that a reference leads to; undefined if there is none. */
  find(reference: string, from: object): { found: unknown; isInDocument: boolean } {
    const [address, fragment] = split(absolute(reference, this.#bases.get(from) ?? NOWHERE));
    if (!this.#resources.has(address)) return { found: undefined, isInDocument: false };
    const resource = this.#resources.get(address);
    const isPointer = fragment === "" || fragment.startsWith("/");
    const found = isPointer ? at(resource, fragment) : this.#anchors.get(`${address}#${fragment}`);
    return { found, isInDocument: true };
  }

  #index(value: unknown, base: string): void {
    const waiting: [unknown, string][] = [[value, base]];
    for (const [each, outer] of waiting) {
      if (Array.isArray(each)) for (const item of each) waiting.push([item, outer]);
      if (!isRecord(each)) continue;
      const inner = this.#register(each, outer);
      for (const [name, part] of Object.entries(each)) if (!VALUES.has(name)) waiting.push([part, inner]);
    }
  }

  #register(schema: Record<string, unknown>, outer: string): string {
    const { $id, $anchor, $ref } = schema;
    const id = typeof $id === "string" && !(this.#isOld && $ref !== undefined) ? absolute($id, outer) : outer;
    const [address, fragment] = split(id);
    if (typeof $id === "string" && !fragment && !this.#resources.has(address)) this.#resources.set(address, schema);
    if (fragment) this.#anchors.set(id, schema);
    if (typeof $anchor === "string") this.#anchors.set(`${address}#${$anchor}`, schema);
    this.#bases.set(schema, address);
    return address;
  }
}

function absolute(reference: string, base: string): string {
  try {
    return new URL(reference, base).href;
  } catch {
    return reference;
  }
}

function split(address: string): [address: string, fragment: string] {
  const [before = "", fragment = ""] = address.split("#", 2);
  return [before, fragment];
}

/** The value at a JSON pointer. @see RFC 6901 */
function at(resource: unknown, pointer: string): unknown {
  let value = resource;
  for (const part of pointer.split("/").slice(1)) {
    const name = unescaped(part);
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

/** A name from a JSON pointer in a URL. */
function unescaped(part: string): string {
  let name = part;
  try {
    name = decodeURIComponent(part);
  } catch {
    // Not percent-encoded.
  }
  return name.replaceAll("~1", "/").replaceAll("~0", "~");
}
