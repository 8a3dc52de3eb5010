import { FormatError } from "../../errors";
import { characterTokenizer, Tokenizer } from "../../tokenizer";
import { FILE, missing } from "./tokenizer-files";

/** A placeholder if there is no tokenizer: the model still loads, and any use of the tokenizer throws. */
export function missingTokenizer(directory: string): Tokenizer {
  const tokenizer = new Proxy(characterTokenizer([]), {
    get(stand, property) {
      const used = property === "special" || Object.hasOwn(Tokenizer.prototype, property);
      if (!used || property === "constructor") return Reflect.get(stand, property);
      const expected = "the file, because encoding and decoding text needs it";
      throw new FormatError({ file: directory, at: FILE, found: "no such file", expected });
    },
  });
  missing.add(tokenizer);
  return tokenizer;
}
