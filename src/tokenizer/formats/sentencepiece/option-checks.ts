import { bytesOf } from "../../../checkpoint/internal";
import { type Check, expectBoolean, expectString } from "../../../checks";

/** What {@link tokenizerFromSentencePiece} and {@link tokenizerFromLlama2c} take. */
export const OPTION_CHECKS = { addBos: expectBoolean, addEos: expectBoolean, name: expectString };

export const expectBytes: Check = /* @__PURE__ */ bytesOf("a Uint8Array with the content of the file");
