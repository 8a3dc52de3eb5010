import { readMetaspace, metaspace as signedWords } from "../../pipeline";
import type { TokenizerComponent } from "./component";

/** `Metaspace` as pre-tokenizer and decoder: SentencePiece's handling of spaces. */
export const metaspace: TokenizerComponent = {
  type: "Metaspace",
  pre_tokenizer: (fields) => signedWords(readMetaspace(fields)),
  decoder(fields) {
    const { replacement, prependScheme } = readMetaspace(fields);
    const first = prependScheme === "never" ? " " : "";
    return { decode: (tokens) => tokens.map((token, i) => token.replaceAll(replacement, i === 0 ? first : " ")) };
  },
};
