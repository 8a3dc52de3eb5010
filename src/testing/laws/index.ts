export { type AlibiImplementation, type AlibiInput, type AlibiInputsOptions, alibiLaws } from "./alibi";
export { attentionLaws } from "./attention";
export type { AttentionFunction, AttentionImplementation, AttentionLawOptions } from "./attention-law";
export {
  decoderBlockLaws,
  encoderBlockLaws,
  feedForwardLaws,
  type ResidualImplementation,
  residualLaws,
} from "./blocks";
export { type CheckLawsOptions, checkLaws } from "./check-laws";
export type { Implementation } from "./implementation";
export { Law, type LawConfig, type Sides } from "./law";
export {
  decoderModelLaws,
  encoderModelLaws,
  type IdsInput,
  type IdsInputsOptions,
  type ModelImplementation,
  type ModelLawPass,
} from "./models";
export {
  layerNormLaws,
  type NormImplementation,
  type NormInput,
  type NormInputsOptions,
  rmsNormLaws,
} from "./normalization";
export { type RotaryImplementation, type RotaryInputsOptions, rotaryLaws } from "./rotary";
export type { BlockImplementation, BlockLawPass, SequenceInput, SequenceInputsOptions } from "./sequences";
