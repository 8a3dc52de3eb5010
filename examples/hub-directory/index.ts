/** Opens any directory of the hub: `npx tsx examples/hub-directory/index.ts PATH_OR_URL`. */
import { fileURLToPath } from "node:url";
import {
  complete,
  countParameters,
  DecoderModel,
  EncoderModel,
  embed,
  FormatError,
  fromPretrained,
} from "transformer-blocks";

const source = process.argv[2] ?? fileURLToPath(new URL("../models/story", import.meta.url));
const text = "Once upon a time";

try {
  const seen = new Map<string, number>();
  const onProgress = ({ file, loaded }: { file: string; loaded: number }) => void seen.set(file, loaded);
  const pretrained = await fromPretrained(source, { onProgress });
  const { model, tokenizer, config } = pretrained;
  for (const [file, bytes] of seen) console.log(`${file}: ${(bytes / 1024).toFixed(0)} KB`);
  console.log(
    `${config.model_type}: ${countParameters(model).toLocaleString("en")} parameters, ${tokenizer.vocabSize} tokens`,
  );
  if (model instanceof DecoderModel) console.log(text + (await complete(pretrained, text, { maxNewTokens: 20 })));
  else if (model instanceof EncoderModel) console.log((await embed(pretrained, [text]))[0]);
} catch (error) {
  // A file that is missing or wrong is named; anything else is a fault of this program.
  if (!(error instanceof FormatError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
