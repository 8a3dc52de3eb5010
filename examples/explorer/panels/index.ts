import type { Context } from "../state/context";
import { mount as analogy } from "./analogy";
import { mount as attention } from "./attention";
import { mount as distribution } from "./distribution";
import { mount as embeddings } from "./embeddings";
import { mount as lens } from "./lens";
import { mount as masked } from "./masked";
import { mount as own } from "./own";
import { mount as sampling } from "./sampling";
import { mount as tokens } from "./tokens";
import { mount as training } from "./training";
import { mount as translation } from "./translation";

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
    ...{ id: "analogy", step: "2b", name: "Analogies", title: "Directions mean something", mount: analogy },
    text: "These vectors of words were learned from nothing but which words stand near each other. The step from man to king is about the step from woman to queen: take the solid arrow, begin it at the third word, and see who lives where it ends.",
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
  {
    ...{ id: "sampling", step: "5", name: "Sampling", title: "Sampling makes text", mount: sampling },
    text: "A token is drawn at random, as likely as the distribution says, and appended. Then the model reads the longer text, and everything begins again. A text is made of nothing else.",
  },
  {
    ...{ id: "masked", step: "6", name: "Masked word", title: "An encoder fills a gap", mount: masked },
    text: "The same blocks, without the ban on looking ahead, read a whole sentence at once. This model was trained to restore hidden words from what stands on both sides. Choose the word to hide.",
  },
  {
    ...{
      id: "translation",
      step: "6b",
      name: "Translation",
      title: "A decoder looks at an encoder",
      mount: translation,
    },
    text: "An encoder reads the English sentence once. A decoder writes German, token by token, and each looks back at what the encoder made: cross attention. Point at a German word to see which English ones it took into account.",
  },
  {
    ...{ id: "training", step: "7", name: "Training", title: "Training gives it its knowledge", mount: training },
    text: "A new model knows nothing. In each step it guesses the next letter at many places; the loss measures how unlikely it thought the right one; the gradient says how to change every number to make it likelier. Watch it go from noise to words.",
  },
  {
    ...{ id: "own", step: "8", name: "Your model", title: "Look into your own", mount: own },
    text: "Open a folder as Hugging Face publishes it: config.json, model.safetensors, tokenizer.json. Steps 1 to 5 then show that model. A folder of your computer is read in this page and sent nowhere; an address must allow other pages to read it.",
  },
];
