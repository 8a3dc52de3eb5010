/**
 * The tokenizer class of each model type, for directories whose tokenizer_config.json names none: a class, then its
 * types. Missing types always come with a tokenizer.json, or their class is unknown.
 *
 * @see https://github.com/huggingface/transformers/blob/main/src/transformers/models/auto/tokenization_auto.py
 */
const TYPES = `Albert albert yoso
Barthez barthez
Bartpho bartpho
BertGeneration bert-generation
BertJapanese bert-japanese
Bert align bark bert blip bros chinese_clip convbert distilbert electra ernie flava git grounding-dino layoutlm lxmert megatron-bert mm-grounding-dino mobilebert nezha nomic_bert qdqbert realm retribert squeezebert tvp vilt visual_bert layoutlmv2 dpr
Bertweet bertweet
BigBird big_bird
BioGpt biogpt
BlenderbotSmall blenderbot-small
Blenderbot blenderbot
ByT5 byt5
CLIP aimv2 clip clipseg groupvit omdet-turbo oneformer owlv2 owlvit sam3 sam3_video xclip
CTRL ctrl
Camembert camembert
Canine canine
Clvp clvp
CodeLlama code_llama
Cohere aya_vision cohere cohere2
CpmAnt cpmant
Cpm cpm
Deberta deberta
DebertaV2 deberta-v2
Dia dia
Esm esm
Esmc esmc esmfold2
FNet fnet
FSMT fsmt
FastSpeech2Conformer fastspeech2_conformer
Flaubert flaubert
Funnel funnel
GPT2 blip-2 codegen dbrx emu3 gpt2 gpt_neo gptj hyperclovax_vision_v2 instructblip instructblipvideo jais2 opt phi starcoder2
GPTNeoXJapanese gpt_neox_japanese
GPTNeoX falcon_mamba gpt_neox mamba mamba2 mpt olmo olmoe rwkv xlstm
GPTSw3 gpt-sw3
Gemma diffusion_gemma gemma gemma2 gemma3 gemma3_text gemma3n gemma3n_text recurrent_gemma shieldgemma2 t5gemma zaya
Herbert herbert
Lasr lasr_ctc lasr_encoder
LayoutLMv3 layoutlmv3
LayoutXLM layoutxlm
Llama idefics idefics2 llama ministral mistral mistral3 mixtral
Luke luke
M2M100 m2m_100
MBart50 mbart50
MBart mbart
MLuke mluke
MPNet mpnet
Marian marian
MarkupLM markuplm
Mgpstr mgp-str
MyT5 myt5
Nllb nllb nllb-moe
Nougat nougat pp_formulanet
OpenAIGPT openai-gpt
PLBart plbart
Pegasus pegasus
Perceiver perceiver
Phobert phobert
ProphetNet prophetnet
Qwen2 audioflamingo3 colqwen2 cosmos3_omni fun_asr_nano hunyuan_vl internvl lighton_ocr ovis2 qianfan_ocr qwen2 qwen2_5_omni qwen2_5_vl qwen2_audio qwen2_moe qwen2_vl qwen3 qwen3_asr qwen3_moe qwen3_next qwen3_omni_moe qwen3_vl qwen3_vl_moe vibevoice
Qwen3_5 qwen3_5 qwen3_5_moe qwen3_5_moe_text qwen3_5_text qwen4_exp
Rag rag
Reformer reformer
RemBert rembert
RoCBert roc_bert
RoFormer roformer
Roberta bart bridgetower clap data2vec-text florence2 ibert led lilt longformer mega mra mvp roberta roberta-prelayernorm
SeamlessM4T seamless_m4t seamless_m4t_v2
Siglip2 siglip2
Siglip siglip
Speech2Text speech_to_text
SpeechT5 speecht5
Splinter splinter
T5 mt5 musicgen musicgen_melody switch_transformers t5
Tapas tapas
Udop udop
VideoPrism videoprism
Vits vits
Wav2Vec2CTC data2vec-audio hubert unispeech unispeech-sat wav2vec2 wav2vec2-bert wav2vec2-conformer
Wav2Vec2PhonemeCTC wav2vec2_phoneme
Whisper whisper
XGLM xglm
XLMRoberta gte jina_embeddings_v3 metaclip_2 trocr xlm-roberta xmod
XLM xlm
XLNet xlnet`;

/** The tokenizer class of a model type; undefined if it is not known. */
export function classOfType(type: unknown): string | undefined {
  for (const line of TYPES.split("\n")) {
    const [name, ...types] = line.split(" ");
    if (types.some((known) => known === type)) return `${name}Tokenizer`;
  }
  return undefined;
}
