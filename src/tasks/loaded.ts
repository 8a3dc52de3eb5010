import { wrongKind } from "../checks";
import { isOfAnotherCopy, isOfKind } from "../describe";
import type { Pretrained } from "../families";
import type { GenerativeModel } from "../generation";

/** The result of `fromPretrained`, or any model with its tokenizer. */
export interface Loaded extends Pick<Pretrained, "tokenizer">, Partial<Pick<Pretrained, "config" | "files">> {
  model: Pretrained["model"] | GenerativeModel;
}

/** @throws TypeError unless it is a model with its tokenizer */
export function expectLoaded(task: string, pretrained: unknown): asserts pretrained is Loaded {
  const { model, tokenizer } = (pretrained ?? {}) as Partial<Loaded>;
  if (isOfAnotherCopy(tokenizer)) throw wrongKind(task, "pretrained.tokenizer", "a Tokenizer", tokenizer);
  if (model === undefined || !isOfKind(tokenizer, "Tokenizer"))
    throw wrongKind(task, "pretrained", "the result of fromPretrained: { model, tokenizer, config }", pretrained);
}

/** @throws TypeError unless it is a string; for a list, it says that a call takes one */
export function expectText(task: string, name: string, value: unknown): asserts value is string {
  if (typeof value === "string") return;
  const advice = Array.isArray(value) ? `; call ${task} once for each ${name}` : "";
  throw new TypeError(`${wrongKind(task, name, "a string", value).message}${advice}`);
}
