import { type GenerateOptions, generate } from "../generation";
import { expectText, type Loaded, translatorOf } from "./pretrained";

/**
 * The text carried over by an encoder-decoder.
 *
 * @throws TypeError if the model is not an encoder-decoder
 */
export async function translate(pretrained: Loaded, text: string, options: GenerateOptions = {}): Promise<string> {
  const model = translatorOf("translate", pretrained);
  expectText("translate", "text", text);
  const { ids } = pretrained.tokenizer.encode(text);
  const maxNewTokens = options.maxNewTokens ?? model.config.contextLength - 1;
  const { sequences } = await generate(model, [ids], { ...options, maxNewTokens });
  return pretrained.tokenizer.decode(sequences[0]!);
}
