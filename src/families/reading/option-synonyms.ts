import type { Synonyms } from "../../synonyms";

/** Other libraries' names for the options of `fromPretrained`. */
export const optionSynonyms: Synonyms = {
  options: [
    "weights dtype torchDtype quantization quantized precision",
    "onProgress progress progressCallback",
    "activations activationBits activationDtype",
  ],
  words: [
    "f32 fp32 float32 float",
    "f16 fp16 float16 half",
    "bf16 bfloat16",
    "q8 int8 uint8 q8_0 8bit",
    "q4 int4 q4_0 4bit",
  ],
  advice: [
    ["onProgress", "loadIn8bit loadIn4bit quantizationConfig", 'pass weights: "q8" or "q4"'],
    [
      "head",
      "numLabels id2label label2id problemType",
      'pass head: { kind: "sequenceClass", labels, seed }, a new head',
    ],
    ["onProgress", "device deviceMap", "models run on the CPU"],
    [
      "onProgress",
      "revision cacheDir localFilesOnly subfolder trustRemoteCode",
      "give the directory or URL of the files; nothing is cached",
    ],
  ],
};
