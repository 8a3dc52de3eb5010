/** The generation settings in a model's files. */
export interface GenerationSettings {
  /** The fields of generation_config.json; of config.json, in older directories. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The file name for errors. */
  readonly file: string;
}

const settings = new WeakMap<object, GenerationSettings>();

/** Keeps them with the model, for the defaults of `generate`. */
export function keepGenerationSettings(model: object, given: GenerationSettings): void {
  settings.set(model, given);
}

/** The settings that the model was loaded with, if any. */
export const generationSettingsOf = (model: object): GenerationSettings | undefined => settings.get(model);
