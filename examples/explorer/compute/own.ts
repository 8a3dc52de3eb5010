import { countParameters, DecoderModel, fromPretrained, type Pretrained } from "transformer-blocks";
import type { FileReader } from "transformer-blocks/checkpoint";

export interface Opened {
  name: string;
  pretrained: Pretrained<DecoderModel>;
  parameters: number;
}

export type Own = { files: readonly File[] } | { address: string; base: string };

const GIBIBYTE = 2 ** 30;

/**
 * Opens a visitor's model.
 *
 * @param memory GiB of the device, if it is known
 * @returns a sentence instead if it is no model that these steps can show
 */
export async function openOwn(own: Own, memory: number | undefined): Promise<Opened | string> {
  if ("address" in own) return opened(await fromPretrained(own.address, {}), nameOf(own.address));
  const weights = own.files.filter(({ name }) => name.endsWith(".safetensors"));
  const bytes = weights.reduce((sum, { size }) => sum + size, 0);
  if (weights.length === 0)
    return "The folder has no .safetensors file. Choose the folder of a model as Hugging Face publishes it, with config.json and tokenizer.json.";
  if (memory !== undefined && 2.5 * bytes > memory * GIBIBYTE)
    return `The model has ${(bytes / GIBIBYTE).toFixed(1)} GiB, which is too much for the ${memory} GiB of memory of this device. Choose a smaller one.`;
  return opened(await fromPretrained(readerOf(own.files)), topFolder(own.files));
}

function opened(pretrained: Awaited<ReturnType<typeof fromPretrained>>, name: string): Opened | string {
  const { model } = pretrained;
  if (!(model instanceof DecoderModel) || model.head === undefined)
    return `${name} does not continue texts, as these steps do. Choose a decoder, such as GPT-2, Llama or Qwen.`;
  return { name, pretrained: { ...pretrained, model }, parameters: countParameters(model) };
}

/** The files at the top of a chosen folder, whose paths begin with its name. */
function readerOf(files: readonly File[]): FileReader {
  return {
    read: async (name) => {
      const file = files.find(({ webkitRelativePath, name: own }) => inFolder(webkitRelativePath || own) === name);
      return file && new Uint8Array(await file.arrayBuffer());
    },
  };
}

const inFolder = (path: string): string => (path.includes("/") ? path.slice(path.indexOf("/") + 1) : path);

const topFolder = ([file]: readonly File[]): string => file?.webkitRelativePath.split("/")[0] || "your model";

const nameOf = (address: string): string => address.replace(/\/+$/, "").split("/").slice(-2).join("/");
