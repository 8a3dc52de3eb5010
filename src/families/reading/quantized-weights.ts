/** What only checkpoints with the option `weights` need: it is loaded for them. */
export { quantizable } from "../../blocks/internal";
export { prepareQuantized } from "../../tensor/internal";
