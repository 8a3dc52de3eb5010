import { type Check, wrongKind } from "../checks";

/** Whether the value is a Uint8Array of any realm: in Jest, Node's own arrays come from another realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/** A check for bytes; `wanted` describes them in errors. */
export const bytesOf =
  (wanted: string): Check =>
  (where, name, value) => {
    if (!isBytes(value)) throw wrongKind(where, name, wanted, value);
  };
