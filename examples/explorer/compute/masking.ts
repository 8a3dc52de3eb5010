import { classify, type EncoderModel, type Filling, fillMask, type Label, type Pretrained } from "transformer-blocks";

/** The words of a sentence, with what stands between them: any of them can be hidden. */
export interface Word {
  text: string;
  start: number;
  end: number;
}

export const wordsOf = (text: string): Word[] =>
  [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(({ 0: word, index }) => ({
    ...{ text: word, start: index, end: index + word.length },
  }));

/** A sentence with one word replaced by the mask token. */
export function masked({ tokenizer }: Pretrained<EncoderModel>, text: string, { start, end }: Word): string {
  const { mask } = tokenizer.special;
  if (mask === undefined) throw new RangeError("masked: the model's tokenizer has no mask token; open another model.");
  return text.slice(0, start) + tokenizer.idToToken(mask) + text.slice(end);
}

/** What the model would put in the place of a word. */
export const fillings = (pretrained: Pretrained<EncoderModel>, text: string, word: Word): Promise<Filling[]> =>
  fillMask(pretrained, masked(pretrained, text, word), { top: 6 });

/** The moods of a sentence, the likeliest first. */
export const moods = (pretrained: Pretrained<EncoderModel>, text: string): Promise<Label[]> =>
  classify(pretrained, text, { top: 5 });
