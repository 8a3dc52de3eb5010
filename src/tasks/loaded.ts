import { expectString, wrongKind } from "../checks";
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

/** @throws TypeError unless the text is a string */
export const expectText: typeof expectString = expectString;
