import { conversion, describe } from "../../describe";
import type { AddedTokens } from "./added-tokens";
import { cleanUpLookahead, cleanUpText } from "./decoders/clean-up";
import type { Decoder } from "./decoders/decoder";
import type { Model } from "./models/model";

interface Parts {
  added: AddedTokens;
  model: Model;
  decoder: Decoder | undefined;
}

/** Converts ids back to text, with the options of one call. */
export class Detokenizer {
  readonly #parts: Parts;
  readonly #skipSpecial: boolean;
  readonly #cleanUpSpaces: boolean;

  constructor(parts: Parts, skipSpecial: boolean, cleanUpSpaces: boolean) {
    this.#parts = parts;
    this.#skipSpecial = skipSpecial;
    this.#cleanUpSpaces = cleanUpSpaces;
  }

  /** @throws RangeError naming the position and the id if it is not an id of this tokenizer. */
  decode(ids: ArrayLike<number>, name: string): string {
    return this.text(Array.from(ids).filter((id, position) => this.keeps(id, position, name)));
  }

  /** Whether the id contributes to the text. */
  keeps(id: number, position: number, name = "ids"): boolean {
    const { added, model } = this.#parts;
    if (Array.isArray(id))
      throw new TypeError(`decode: ${name}[${position}] is an array; decodeBatch takes rows of ids`);
    if (added.content(id) === undefined && model.vocabulary.token(id) === undefined) {
      throw new RangeError(
        `decode: ${name}[${position}] is ${describe(id)}, which is not the id of a token${conversion("id", id)}`,
      );
    }
    return !(this.#skipSpecial && added.isSpecial(id));
  }

  /** The text of the kept ids. */
  text(ids: readonly number[]): string {
    const { decoder } = this.#parts;
    const tokens = this.#tokens(ids);
    const text = decoder === undefined ? tokens.join(" ") : decoder.decode(tokens).join("");
    return this.#cleanUpSpaces ? cleanUpText(text) : text;
  }

  /** The length of the prefix, in code units, that stays the same whatever ids follow. */
  certain(ids: readonly number[], text: string): number {
    const unsettled = this.#parts.decoder?.unsettled?.(this.#tokens(ids)) ?? 0;
    const settled = unsettled === 0 ? text : this.text(ids.slice(0, ids.length - unsettled));
    let length = settled.length;
    while (settled[length - 1] === "\ufffd") length--;
    return this.#cleanUpSpaces ? length - cleanUpLookahead(settled.slice(0, length)) : length;
  }

  #tokens(ids: readonly number[]): string[] {
    const { added, model } = this.#parts;
    return ids.map((id) => added.decodedForm(id) ?? (model.vocabulary.token(id) as string));
  }
}
