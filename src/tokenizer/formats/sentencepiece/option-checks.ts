import { bytesOf } from "../../../checkpoint/internal";
import { type Check, expectBoolean, expectString } from "../../../checks";

/** The options of {@link tokenizerFromSentencePiece} and {@link tokenizerFromLlama2c}. */
export const OPTION_CHECKS = { addBos: expectBoolean, addEos: expectBoolean, name: expectString };

export const expectBytes: Check = /* @__PURE__ */ bytesOf("a Uint8Array with the content of the file");
