/**
 * Bytes to named arrays and back: safetensors, GGUF, directories, URLs.
 *
 * @module checkpoint
 */
export { FormatError, type FormatProblem } from "../errors";
export type { Signal, Url } from "../platform";
export type { GgufDtype } from "./gguf/dtype";
export type { GgufValue } from "./gguf/metadata";
export { type Gguf, type GgufTensor, readGguf } from "./gguf/read-gguf";
export { type CheckpointTensor, type OpenedCheckpoint, openCheckpoint } from "./open-checkpoint";
export type { OnProgress, Progress } from "./progress";
export { readCheckpoint } from "./read-checkpoint";
export { readSafetensors, type Safetensors } from "./safetensors/read-safetensors";
export { safetensorsParts, type WritableTensor, writeSafetensors } from "./safetensors/write-safetensors";
export type { FileContent } from "./saving/stage";
export { type FileWriter, type Target, type WriteOptions, writeDirectory } from "./saving/write-directory";
export type { FileParts } from "./sources/file-parts";
export {
  type OpenedSource,
  type OpenOptions,
  openSource,
  type Source,
} from "./sources/open-source";
export type { FileReader } from "./sources/reader";
export type { Dtype } from "./values/dtype";
export type { FloatDtype } from "./values/encode-floats";
export type { StoredTensor } from "./values/stored-tensor";
