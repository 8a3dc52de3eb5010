import { describeJson, type Fields, isCount } from "../../../fields";
import { problem } from "../../text";
import { type EncodedPart, type NamedToken, specialTokens, withType } from "../encoding";
import type { PostProcessor } from "./post-processor";

/** Published templates use each text once. */
const MOST_USES = 4;

/** One place of a template: the first text (0), the second (1), or tokens to add. */
type Slot = { sequence: number; type: number } | { tokens: readonly NamedToken[]; type: number };

/**
 * Lists the places of texts and special tokens: one list for a single text and one for a pair.
 *
 * @see https://huggingface.co/docs/tokenizers/api/post-processors, TemplateProcessing
 */
export class TemplateProcessor implements PostProcessor {
  readonly #single: readonly Slot[];
  readonly #pair: readonly Slot[];

  constructor(fields: Fields) {
    const special = fields.object("special_tokens");
    this.#single = fields.objects("single").map((slot) => readSlot(slot, special));
    this.#pair = fields.objects("pair").map((slot) => readSlot(slot, special));
    const uses = (slots: readonly Slot[], sequence: number): number =>
      slots.filter((slot) => "sequence" in slot && slot.sequence === sequence).length;
    if (uses(this.#pair, 0) === 0 || uses(this.#pair, 1) === 0)
      throw fields.error("pair", "a template with both sequences, A and B");
    if (uses(this.#single, 1) > 0) throw fields.error("single", "a template without sequence B");
    for (const [name, slots] of [["single", this.#single] as const, ["pair", this.#pair] as const]) {
      const most = Math.max(uses(slots, 0), uses(slots, 1));
      if (most > MOST_USES)
        throw problem(fields.path(name), `a text ${most} times`, `each text at most ${MOST_USES} times`);
    }
  }

  added(pair: boolean): number {
    return (pair ? this.#pair : this.#single).reduce(
      (count, slot) => count + ("tokens" in slot ? slot.tokens.length : 0),
      0,
    );
  }

  process(parts: readonly EncodedPart[], special: boolean): EncodedPart[] {
    return (parts.length > 1 ? this.#pair : this.#single).flatMap((slot) => {
      if ("tokens" in slot)
        return special ? [{ text: "", tokens: specialTokens(slot.tokens, slot.type), overflow: [] }] : [];
      const part = parts[slot.sequence] as EncodedPart;
      // Like the reference, overflow keeps the type it has without a template.
      return [{ ...part, tokens: withType(part.tokens, slot.type) }];
    });
  }
}

function readSlot(slot: Fields, special: Fields): Slot {
  if (slot.get("Sequence") !== undefined) {
    const sequence = slot.object("Sequence");
    return { sequence: sequence.oneOf("id", ["A", "B"]) === "A" ? 0 : 1, type: sequence.count("type_id") };
  }
  const place = slot.object("SpecialToken");
  const name = place.string("id");
  if (special.get(name) === undefined) throw problem(place.path("id"), describeJson(name), `a name in ${special.at}`);
  const entry = special.object(name);
  const tokens = entry.list("tokens");
  const ids = entry.list("ids");
  if (ids.length !== tokens.length) throw entry.error("ids", `${tokens.length} ids, one for each token`);
  const type = place.count("type_id");
  return {
    type,
    tokens: ids.map((id, index) => {
      const token = tokens[index];
      if (!isCount(id)) throw problem(`${entry.path("ids")}[${index}]`, describeJson(id), "an id");
      if (typeof token !== "string") throw problem(`${entry.path("tokens")}[${index}]`, describeJson(token), "a token");
      return { id, token };
    }),
  };
}
