import { isRecord } from "../../fields";
import type { Model } from "./models/model";
import type { PostProcessor } from "./post-processors/post-processor";

/** The ids of tokens with a role. Roles without a token are absent. */
export interface SpecialTokens {
  readonly pad?: number | undefined;
  readonly bos?: number | undefined;
  readonly eos?: number | undefined;
  readonly unk?: number | undefined;
  readonly mask?: number | undefined;
  readonly cls?: number | undefined;
  readonly sep?: number | undefined;
}

export type Role = keyof SpecialTokens;

/** Names of these tokens in published vocabularies, most common first; used only without a configuration. */
const USUAL_NAMES: Readonly<Record<Role, readonly string[]>> = {
  pad: ["<pad>", "[PAD]", "<|pad|>", "<|finetune_right_pad_id|>"],
  bos: ["<s>", "<bos>", "[BOS]", "<|begin_of_text|>", "<|startoftext|>", "<|endoftext|>"],
  eos: ["</s>", "<eos>", "[EOS]", "<|end_of_text|>", "<|endoftext|>"],
  unk: ["<unk>", "[UNK]", "<|endoftext|>"],
  mask: ["[MASK]", "<mask>"],
  cls: ["[CLS]", "<cls>"],
  sep: ["[SEP]", "<sep>"],
};

export const ROLES = /* @__PURE__ */ Object.keys(USUAL_NAMES) as Role[];

/** The `pad_token`, `bos_token`, … of a tokenizer_config.json: a string, or an object with `content`. */
export function configuredToken(config: Record<string, unknown>, role: Role): string | undefined {
  const entry = config[`${role}_token`];
  if (typeof entry === "string") return entry;
  return isRecord(entry) && typeof entry.content === "string" ? entry.content : undefined;
}

/**
 * Finds the tokens with a role: those in the configuration, then those used by the model and the post-processor, then
 * common names in the vocabulary. `null` in the configuration means that there is none.
 */
export function findSpecialTokens(
  idOf: (token: string) => number | undefined,
  config: Record<string, unknown>,
  model: Model,
  processor: PostProcessor | undefined,
): SpecialTokens {
  const used: Partial<Record<Role, string | undefined>> = { unk: model.unknownToken, ...processor?.tokens };
  const found: Partial<Record<Role, number>> = {};
  for (const role of ROLES) {
    if (config[`${role}_token`] === null) continue;
    const names = [configuredToken(config, role), used[role], ...USUAL_NAMES[role]];
    const [id] = names.flatMap((name) => (name === undefined ? [] : (idOf(name) ?? [])));
    if (id !== undefined) found[role] = id;
  }
  return found;
}
