import type { FormatError } from "../../../errors";
import { describeJson, type Fields } from "../../../fields";
import type { Decoder, Model, Normalizer, PostProcessor, PreTokenizer, Truncation } from "../../pipeline";
import { type Pattern, problem } from "../../text";

/** Published files have a few dozen. */
const MOST_COMPONENTS = 1000;

/** The roles of a component: the fields of a tokenizer.json that have a `type`, and patterns inside them. */
interface Places {
  normalizer: Normalizer;
  pre_tokenizer: PreTokenizer;
  model: Model;
  post_processor: PostProcessor;
  decoder: Decoder;
  pattern: Pattern;
}

/** Makes a part of a tokenizer from its JSON; `components` reads nested parts. */
export type Reader<T> = (fields: Fields, components: Components) => T;

type Readers = { readonly [Place in keyof Places]?: Reader<Places[Place]> | undefined };

/**
 * An argument of {@link tokenizerLoader}: reads one `type` of a tokenizer.json, in every role. Components are exported
 * under the names of their types: `bpe` reads `BPE`, `byteLevel` reads `ByteLevel`.
 */
export interface TokenizerComponent {
  /** As written in the file. */
  readonly type: string;
  /** @internal */
  readonly normalizer?: Reader<Normalizer> | undefined;
  /** @internal */
  readonly pre_tokenizer?: Reader<PreTokenizer> | undefined;
  /** @internal */
  readonly model?: Reader<Model> | undefined;
  /** @internal */
  readonly post_processor?: Reader<PostProcessor> | undefined;
  /** @internal */
  readonly decoder?: Reader<Decoder> | undefined;
  /** @internal */
  readonly pattern?: Reader<Pattern> | undefined;
  /** @internal */
  readonly truncation?: ((fields: Fields | undefined, config: Record<string, unknown>) => Truncation) | undefined;
}

/** Reads the parts of one tokenizer.json, each with the component for its type. */
export class Components {
  readonly #components: readonly TokenizerComponent[];
  readonly #whose: string;
  readonly #advice: (type: string, component: string) => string;
  /** The number of components read so far, without patterns. */
  #read = 0;

  /**
   * @param whose describes the origin of the components in errors
   * @param advice how to add a missing component, given its type and the name of its export
   */
  constructor(
    components: readonly TokenizerComponent[],
    whose: string,
    advice: (type: string, component: string) => string,
  ) {
    this.#components = components;
    this.#whose = whose;
    this.#advice = advice;
  }

  /**
   * @param key the field that contains the type; for patterns, which have none, the type itself
   * @throws FormatError that names the type if no component reads it in this role.
   */
  read<Place extends keyof Places>(place: Place, fields: Fields, key = "type"): Places[Place] {
    const type = key === "type" ? fields.get(key) : key;
    const readers: Readers | undefined = this.#components.find((component) => component.type === type);
    const read = readers?.[place];
    if (place !== "pattern" && ++this.#read > MOST_COMPONENTS)
      throw problem(fields.at, `component ${this.#read}`, `at most ${MOST_COMPONENTS} in a file`);
    if (read) return read(fields, this);
    throw this.#unread(place, fields.path(key), type, readers);
  }

  #unread(place: keyof Places, at: string, type: unknown, readers: Readers | undefined): FormatError {
    const types = this.#components.filter((component: Readers) => component[place]).map((component) => component.type);
    const roles = Object.keys(readers ?? {}).filter((role) => role !== "type");
    const found = readers ? `${describeJson(type)}, which is a ${roles.join(" or a ")}` : describeJson(type);
    const advice = typeof type === "string" && !readers ? this.#advice(type, exportName(type)) : "";
    return problem(
      at,
      found,
      types.length > 0
        ? `a ${place} ${this.#whose}: ${types.join(", ")}${advice}`
        : `a ${place}, but none was ${this.#whose}${advice}`,
    );
  }

  /** The part in the field of the same name; undefined if absent. */
  readOptional<Place extends keyof Places>(place: Place, fields: Fields): Places[Place] | undefined {
    const part = fields.optionalObject(place);
    return part && this.read(place, part);
  }

  /** @returns undefined if no component truncates texts */
  readTruncation(fields: Fields, config: Record<string, unknown>): Truncation | undefined {
    const cuts = this.#components.find((component) => component.truncation);
    return cuts?.truncation?.(fields.optionalObject("truncation"), config);
  }
}

/** `BPE` is exported as `bpe`, `ByteLevel` as `byteLevel`. */
function exportName(type: string): string {
  return type.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (capitals) => capitals.toLowerCase());
}
