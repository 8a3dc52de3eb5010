import type { DecoderModel, Pretrained } from "transformer-blocks";
import { neverSeen } from "../../show/unseen-words";
import type { Shaping } from "../compute/distribution";
import { type Reading, readText } from "../compute/tokens";
import type { ShippedModels } from "./models";
import { sentenceOf } from "./problems";
import { Signal } from "./signal";

/** The model that steps 1 to 5 run, with what it is called. */
export interface Reader {
  name: string;
  pretrained: Pretrained<DecoderModel>;
  /** Whether its vocabulary has all words of its training: others mean nothing to it. */
  knowsWords?: boolean;
}

/** What the panels share. */
export interface Context {
  models: ShippedModels;
  /** What the visitor typed. */
  text: Signal<string>;
  /** Undefined until a model is loaded. */
  reader: Signal<Reader | undefined>;
  /** What the model reads, or a sentence that says why it reads nothing; undefined until a model is loaded. */
  reading: Signal<Reading | string | undefined>;
  /** Names of attention heads, `layer.head`. */
  silenced: Signal<ReadonlySet<string>>;
  shaping: Signal<Shaping>;
  /** Settled once steps 1 to 5 have their model, or cannot have it: other models are loaded after it. */
  started: Promise<void>;
  /** Says something to screen readers. */
  announce(text: string): void;
}

export interface ContextParts {
  models: ShippedModels;
  text: string;
  started: Promise<void>;
  announce(text: string): void;
}

export function contextOf({ models, text, started, announce }: ContextParts): Context {
  const context: Context = {
    ...{ models, started, announce },
    text: new Signal(text),
    reader: new Signal<Reader | undefined>(undefined),
    reading: new Signal<Reading | string | undefined>(undefined),
    silenced: new Signal<ReadonlySet<string>>(new Set()),
    shaping: new Signal<Shaping>({ temperature: 1, topK: 0, topP: 1 }),
  };
  const read = () => {
    const { reader, text } = context;
    if (reader.value) context.reading.value = readingOf(reader.value, text.value);
  };
  context.text.subscribe(read);
  context.reader.subscribe(() => {
    context.silenced.value = new Set();
    read();
  });
  return context;
}

function readingOf({ pretrained, knowsWords }: Reader, text: string): Reading | string {
  try {
    const reading = readText(pretrained, text);
    if (typeof reading === "string" || !knowsWords || reading.spelled.length === 0) return reading;
    return { ...reading, notice: reading.notice ?? spelling(reading.spelled) };
  } catch (error) {
    return sentenceOf(error, true);
  }
}

/** What the explorer says of words that its storyteller spells. */
const spelling = (words: readonly string[]): string =>
  `${neverSeen(words)}. It reads such words letter by letter, and what it says after them means little. Its stories begin like the examples.`;

/** A model and what it reads, if both are there. */
export interface Ready extends Reader {
  reading: Reading;
}

export function readyIn({ reader, reading }: Context): Ready | undefined {
  if (reader.value === undefined || reading.value === undefined || typeof reading.value === "string") return undefined;
  return { ...reader.value, reading: reading.value };
}
