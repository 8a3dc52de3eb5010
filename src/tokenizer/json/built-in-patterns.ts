/** The regular expressions that `Split` has built in: they are loaded with it. */
export { scanners } from "../text";
