import { describeJson, type Fields } from "../../../fields";
import type { Decoder, Model, Normalizer, PostProcessor, PreTokenizer, Truncation } from "../../pipeline";
import { type Pattern, problem } from "../../text";

/** Published files have a few dozen. */
const MOST_COMPONENTS = 1000;

/** What a component may stand for: the fields of a tokenizer.json that have a `type`, and patterns inside them. */
interface Places {
  normalizer: Normalizer;
  pre_tokenizer: PreTokenizer;
  model: Model;
  post_processor: PostProcessor;
  decoder: Decoder;
  pattern: Pattern;
}

/** Makes a part of a tokenizer out of its JSON; `components` reads the parts inside it. */
export type Reader<T> = (fields: Fields, components: Components) => T;

type Readers = { readonly [Place in keyof Places]?: Reader<Places[Place]> | undefined };

/**
 * What {@link tokenizerLoader} is given for a `type` of a tokenizer.json, wherever in the file it stands. Components are
 * exported under the names of their types: `bpe` reads `BPE`, `byteLevel` reads `ByteLevel`.
 */
export interface TokenizerComponent {
  /** As the file writes it. */
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

/** Reads the parts of one tokenizer.json, each with the component that its type names. */
export class Components {
  readonly #components: readonly TokenizerComponent[];
  readonly #whose: string;
  readonly #advice: (component: string) => string;
  /** How many were read, patterns not counted. */
  #read = 0;

  /**
   * @param whose says in errors what the components are
   * @param advice what to do about one that is missing, by the name of its export
   */
  constructor(components: readonly TokenizerComponent[], whose: string, advice: (component: string) => string) {
    this.#components = components;
    this.#whose = whose;
    this.#advice = advice;
  }

  /**
   * @param key the field that names the type; of patterns, which have none, the type itself
   * @throws FormatError that names the type if no component reads it in this place.
   */
  read<Place extends keyof Places>(place: Place, fields: Fields, key = "type"): Places[Place] {
    const type = key === "type" ? fields.get(key) : key;
    const readers: Readers | undefined = this.#components.find((component) => component.type === type);
    const read = readers?.[place];
    if (place !== "pattern" && ++this.#read > MOST_COMPONENTS)
      throw problem(fields.at, `component ${this.#read}`, `at most ${MOST_COMPONENTS} in a file`);
    if (read) return read(fields, this);
    const known = this.#components.filter((component: Readers) => component[place]);
    const types = known.map((component) => component.type).join(", ");
    const advice = typeof type === "string" ? this.#advice(exportName(type)) : "";
    throw problem(fields.path(key), describeJson(type), `a ${place} ${this.#whose}: ${types}${advice}`);
  }

  /** The part that a field of the same name describes; undefined if there is no such field. */
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
