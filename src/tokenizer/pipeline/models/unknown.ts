import { describeJson } from "../../../fields";
import { problem } from "../../text";
import type { Vocabulary } from "../../vocabulary";

/** @throws FormatError if the model's unknown token is not in its vocabulary, so that unknown words have no id. */
export function unknownId(vocabulary: Vocabulary, unknownToken: string): number {
  const id = vocabulary.id(unknownToken);
  if (id === undefined) throw problem("model.unk_token", describeJson(unknownToken), "a token of model.vocab");
  return id;
}
