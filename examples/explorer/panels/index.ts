import type { Context } from "../state/context";
import { mount as attention } from "./attention";
import { mount as distribution } from "./distribution";
import { mount as embeddings } from "./embeddings";
import { mount as lens } from "./lens";
import { mount as tokens } from "./tokens";

export interface Panel {
  /** Its anchor. */
  id: string;
  /** What stands in the list of steps. */
  step: string;
  name: string;
  title: string;
  text: string;
  mount(root: HTMLElement, context: Context): void;
}

/** The panels in the order of the page. */
export const panels: readonly Panel[] = [
  {
    ...{ id: "tokens", step: "1", name: "Tokens", title: "Text becomes tokens", mount: tokens },
    text: "A model does not see letters. A tokenizer cuts the text into pieces that were frequent in what it was trained on, and gives each a number, its id. The two numbers under the id say from which characters of your text the token comes.",
  },
  {
    ...{ id: "embeddings", step: "2", name: "Vectors", title: "Tokens become vectors", mount: embeddings },
    text: "Each token of the vocabulary has a vector, learned in training. Tokens that are used alike end up close together. The plane is the flat shadow of many dimensions in which these points lie farthest apart.",
  },
  {
    ...{ id: "attention", step: "3", name: "Attention", title: "Tokens look at each other", mount: attention },
    text: "In every layer each token looks back at the others, with several heads at once, and takes over what it finds. Every square is one head: row by row, who looks at whom. Choose a head to look at it. Silence it, and the next token changes.",
  },
  {
    ...{ id: "lens", step: "3b", name: "Layers", title: "Layer by layer, an answer forms", mount: lens },
    text: "The logit lens asks every layer what it would say if it were the last. Read a column from the bottom up: early layers guess, later ones know.",
  },
  {
    ...{
      id: "distribution",
      step: "4",
      name: "Next token",
      title: "The answer is a distribution",
      mount: distribution,
    },
    text: "The model gives every token of its vocabulary a probability. Temperature sharpens or flattens it; top-k keeps the best few; top-p keeps the best that together reach a share. The outline is what the model says, the bar is what is left to choose from.",
  },
];
