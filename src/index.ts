/**
 * Transformers in JavaScript to import, read, take apart, train and trust.
 *
 * @module transformer-blocks
 */
export * from "./blocks";
export * from "./families";
export * from "./generation";
export * from "./models";
export * from "./tasks";
export * from "./tensor";
