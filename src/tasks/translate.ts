import { type GenerateOptions, generate } from "../generation";
import { checkGenerateOptions, refuseScores } from "../generation/internal";
import { generationSettingsOf } from "../models/internal";
import { expectText, type Loaded, translatorOf } from "./pretrained";

/**
 * Translates a text with an encoder-decoder. Options are those of `generate`; they default to the model's
 * generation_config.json. Without a limit, the result may be as long as the context.
 *
 * @throws TypeError if the model is not an encoder-decoder; Error for a field of generation_config.json that would
 *   change the text and is not supported, unless `without` names it
 */
export async function translate(pretrained: Loaded, text: string, options: GenerateOptions = {}): Promise<string> {
  const { model, sizes } = translatorOf("translate", pretrained);
  expectText("translate", "text", text);
  checkGenerateOptions("translate", options);
  refuseScores("translate", options);
  const { ids } = pretrained.tokenizer.encode(text);
  const { max_new_tokens, max_length } = generationSettingsOf(model)?.fields ?? {};
  const limit = (max_new_tokens ?? max_length ?? undefined) === undefined ? sizes.contextLength - 1 : undefined;
  const { sequences } = await generate(model, [ids], { maxNewTokens: limit, ...options });
  return pretrained.tokenizer.decode(sequences[0]!);
}
