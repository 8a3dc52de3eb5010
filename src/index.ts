/**
 * Transformers in JavaScript to import, read, take apart, train and trust.
 *
 * @module transformer-blocks
 */
export * from "./blocks";
export * from "./models";
export * from "./tensor";
