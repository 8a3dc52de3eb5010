/** Why a family is not supported, by groups of the same reason. */
const groups: readonly (readonly [reason: string, modelTypes: string])[] = [
  [
    "state-space and recurrent layers are not supported",
    "mamba mamba2 falcon_mamba jamba zamba zamba2 bamba rwkv recurrent_gemma xlstm falcon_h1 nemotron_h plamo plamo2",
  ],
  [
    "pictures are not supported yet; the text model inside, saved by itself, may be",
    "vit deit beit swin clip siglip siglip2 blip blip-2 llava llava_next llava_onevision idefics idefics2 idefics3 " +
      "paligemma pix2struct qwen2_vl qwen2_5_vl qwen3_vl mllama gemma3 gemma3n gemma4 llama4 mistral3 pixtral fuyu " +
      "kosmos-2 git florence2 chameleon smolvlm internvl",
  ],
  [
    "sound is not supported yet",
    "whisper wav2vec2 hubert wavlm speech_to_text seamless_m4t seamless_m4t_v2 musicgen bark speecht5 encodec moshi " +
      "qwen2_audio moonshine",
  ],
  [
    "its attention over long texts (blocks, global tokens, hashes) is not supported",
    "longformer led longt5 big_bird bigbird_pegasus reformer nystromformer yoso fnet",
  ],
  ["its segments with a memory of earlier ones are not supported", "transfo-xl xlnet"],
  ["its feed-forward layers have a bias in one of three parts, which is not supported yet", "gte new"],
  ["an encoder-decoder made of Gemma's layers is not supported yet", "t5gemma t5gemma2"],
  ["its mixtures, whose experts take a limited number of tokens, are not supported yet", "nllb-moe"],
  ["its bottlenecks inside each block are not supported", "mobilebert"],
  ["its grouped convolutions in place of linear layers are not supported", "squeezebert"],
  ["its languages and its adapters for tasks are not supported yet", "xlm flaubert jina_embeddings_v3"],
  ["its attention that predicts several tokens at once is not supported", "prophetnet xlm-prophetnet"],
  ["its convolutions and spans beside attention are not supported", "convbert funnel canine perceiver"],
  ["its code comes with the checkpoint, and is not run", "chatglm baichuan internlm internlm2 qwen xverse deepseek yi"],
  ["tables are not supported", "tapas luke lxmert layoutlm layoutlmv2 layoutlmv3 markuplm"],
];

/** Published families that are not supported, each with the reason. */
export const unsupported: ReadonlyMap<string, string> = new Map(
  groups.flatMap(([reason, modelTypes]) => modelTypes.split(" ").map((modelType) => [modelType, reason] as const)),
);
