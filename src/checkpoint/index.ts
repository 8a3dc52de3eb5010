/**
 * Bytes to named arrays and back: safetensors, GGUF, directories, URLs.
 *
 * @module checkpoint
 */
export { FormatError, type FormatProblem } from "../errors";
export type { Signal, Url } from "../platform";
export type { Dtype } from "./dtype";
export type { FloatDtype } from "./encode-floats";
export type { GgufDtype } from "./gguf/dtype";
export type { GgufValue } from "./gguf/metadata";
export { type Gguf, type GgufTensor, readGguf } from "./gguf/read-gguf";
export { type CheckpointTensor, type OpenedCheckpoint, openCheckpoint } from "./open-checkpoint";
export {
  type OpenedSource,
  type OpenOptions,
  openSource,
  type Source,
} from "./open-source";
export type { OnProgress, Progress } from "./progress";
export { readCheckpoint } from "./read-checkpoint";
export { readSafetensors, type Safetensors } from "./read-safetensors";
export type { FileContent } from "./saving/stage";
export type { FileParts } from "./sources/file-parts";
export type { FileReader } from "./sources/reader";
export type { StoredTensor } from "./stored-tensor";
export { type FileWriter, type Target, type WriteOptions, writeDirectory } from "./write-directory";
export { safetensorsParts, type WritableTensor, writeSafetensors } from "./write-safetensors";
