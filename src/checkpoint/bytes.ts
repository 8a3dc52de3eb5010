import { type Check, wrongKind } from "../checks";

/** Whether it is a Uint8Array, of this realm or another: Node's files come from another one in Jest. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/** A check for bytes, with what they are of. */
export const bytesOf =
  (wanted: string): Check =>
  (where, name, value) => {
    if (!isBytes(value)) throw wrongKind(where, name, wanted, value);
  };
