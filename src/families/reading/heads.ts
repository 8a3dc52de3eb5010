/** What a model computes from its last hidden state; "none" for the bare model. */
export type Head =
  | "none"
  | "languageModel"
  | "maskedLanguageModel"
  | "preTraining"
  | "replacedToken"
  | "nextSentence"
  | "sequenceClass"
  | "tokenClass"
  | "questionAnswering"
  | "multipleChoice";

/** The ends of a family's class names in `architectures`, each with its head. The first is taken if a config names no class. */
export type Heads = Readonly<Record<string, Head>>;

/** The heads that decoders have. */
export const decoderHeads = {
  ForCausalLM: "languageModel",
  Model: "none",
  ForSequenceClassification: "sequenceClass",
  ForTokenClassification: "tokenClass",
  ForQuestionAnswering: "questionAnswering",
} as const satisfies Heads;

/** The heads that encoders have. */
export const encoderHeads = {
  Model: "none",
  ForMaskedLM: "maskedLanguageModel",
  ForPreTraining: "preTraining",
  ForNextSentencePrediction: "nextSentence",
  ForSequenceClassification: "sequenceClass",
  ForTokenClassification: "tokenClass",
  ForQuestionAnswering: "questionAnswering",
  ForMultipleChoice: "multipleChoice",
} as const satisfies Heads;

/** The heads that encoder-decoders have. */
export const translatorHeads = { ForConditionalGeneration: "languageModel", Model: "none" } as const satisfies Heads;

/** Some of a table of heads, by the ends of their class names. */
export const headsOf = <Name extends string>(table: Readonly<Record<Name, Head>>, ...names: readonly Name[]): Heads =>
  Object.fromEntries(names.map((name) => [name, table[name]]));

/** How the class names of a family begin. */
export const classesOf = (classes: string | readonly string[] = []): readonly string[] =>
  typeof classes === "string" ? [classes] : classes;
