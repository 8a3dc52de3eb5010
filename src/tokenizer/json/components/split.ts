import { scanners } from "../../text";
import type { TokenizerComponent } from "./component";
import { readPattern } from "./pattern";
import { splittingAs } from "./splitting";

/**
 * The pre-tokenizer `Split`. The regular expressions of GPT-2, GPT-4, GPT-4o, Llama 3 and Qwen, and the longest of
 * DeepSeek, are built in; others need {@link regex} as well.
 */
export const split: TokenizerComponent = {
  type: "Split",
  pre_tokenizer(fields, components) {
    const known = scanners().get(fields.object("pattern").optionalString("Regex") ?? "");
    return splittingAs(fields, known ?? readPattern(fields, "pattern", components), fields.boolean("invert", false));
  },
};
