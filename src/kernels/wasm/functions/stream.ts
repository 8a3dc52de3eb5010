import { functions } from "../binaries";
import { streamOf } from "../stream";

/** Where functions of one number, of two and of the numbers along an axis run. */
export const functionStream = /* @__PURE__ */ streamOf(functions);
