/**
 * This library at each task. Only the file of a task is read, so that a build of another commit is asked for what that
 * task needs and nothing else.
 */
const from = (file) => async (task) => (await import(file))[task.work](task);

const parts = from("./ours-parts.js");
const decoding = from("./ours-decoding.js");
const generation = from("./ours-generation.js");
const random = from("./ours-random.js");
const texts = from("./ours-texts.js");

export const attention = parts;
export const encode = parts;
export const matmul = parts;
export const constraints = from("./ours-constraints.js");
export const convolution = from("./ours-convolution.js");
export const decode = decoding;
export const endurance = decoding;
export const prefill = decoding;
export const turns = decoding;
export const embedding = texts;
export const writing = texts;
export const experts = from("./ours-experts.js");
export const generationBatch = generation;
export const generationOverhead = generation;
export const loading = from("./loading.js");
export const operation = from("./ours-operations.js");
export const dropoutStep = random;
export const initialisation = random;
export const randomNumbers = random;
export const sorting = from("./ours-sorting.js");
export const speculative = from("./ours-speculative.js");
export const start = from("./start.js");
export const trainingStep = from("./ours-training.js");
