export { cleanUpLookahead, cleanUpText } from "./clean-up";
export type { Decoder } from "./decoder";
