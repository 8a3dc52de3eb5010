/** What the files of a model say of how to write text with it. */
export interface GenerationSettings {
  /** The fields of generation_config.json; of config.json, in older directories. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The file as errors name it. */
  readonly file: string;
}

const settings = new WeakMap<object, GenerationSettings>();

/** Keeps them with the model, as `generate` takes its defaults from them. */
export function keepGenerationSettings(model: object, given: GenerationSettings): void {
  settings.set(model, given);
}

/** Those that the model came with; none for a model of one's own. */
export const generationSettingsOf = (model: object): GenerationSettings | undefined => settings.get(model);
