import type * as fastCheckModule from "fast-check";
import { fc, reason } from "./fast-check";

export type FastCheck = typeof fastCheckModule;

/** fast-check, for a function that draws inputs. @throws Error that says what to install */
export function fastCheck(where: string): FastCheck {
  if (fc === undefined)
    throw new Error(`${where}: inputs are drawn by fast-check; install it: npm install --save-dev fast-check`, {
      cause: reason,
    });
  return fc;
}
