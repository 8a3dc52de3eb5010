import { DecoderModel, EncoderDecoderModel, EncoderModel, type Pretrained, tensor } from "transformer-blocks";
import { type FileReader, readSafetensors } from "transformer-blocks/checkpoint";
import { llama, marian, pretrainedLoader, roformer } from "transformer-blocks/families";
import { loadTokenizer } from "transformer-blocks/tokenizer";
import type { Words } from "../compute/words";

/** The files of each model's folder, written in by the build. */
declare const SHIPPED_FILES: Readonly<Record<string, readonly string[]>>;

/** The families of the models that come with the page: no others are loaded with it. */
const load = pretrainedLoader([llama, roformer, marian]);

/** The models that come with the page. Each is loaded when a panel first asks for it; a failure can be tried again. */
export class ShippedModels {
  readonly #base: string;
  readonly #loading = new Map<string, Promise<unknown>>();

  /** @param base the address of the page, beside which the models lie */
  constructor(base: string) {
    this.#base = base;
  }

  /** The addresses of all files of all models. */
  get addresses(): string[] {
    return Object.entries(SHIPPED_FILES).flatMap(([name, files]) => files.map((file) => this.#address(name, file)));
  }

  story(): Promise<Pretrained<DecoderModel>> {
    return this.#once("story", (files) => load(files, { model: DecoderModel }));
  }

  fill(): Promise<Pretrained<EncoderModel>> {
    return this.#once("fill", (files) => load(files, { model: EncoderModel }));
  }

  /** The filler with its other head, which names the mood of a sentence. */
  mood(): Promise<Pretrained<EncoderModel>> {
    return this.#once("fill", (files) => load(files, { model: EncoderModel, head: "sequenceClass" }), "mood");
  }

  translate(): Promise<Pretrained<EncoderDecoderModel>> {
    return this.#once("translate", (files) => load(files, { model: EncoderDecoderModel }));
  }

  words(): Promise<Words> {
    return this.#once("words", async (files) => {
      const tokenizer = await loadTokenizer(files);
      const bytes = (await files.read("model.safetensors"))!;
      const table = readSafetensors(bytes).tensors.get("embedding.weight")!;
      return { tokenizer, vectors: tensor(table.toFloat32(), table.shape) };
    });
  }

  #address(name: string, file: string): string {
    return new URL(`${name}/${file}`, this.#base).href;
  }

  /** Reads the files that are there, and asks for no others. */
  #files(name: string): FileReader {
    return {
      read: async (file) => (SHIPPED_FILES[name]?.includes(file) ? bytesFrom(this.#address(name, file)) : undefined),
    };
  }

  #once<T>(folder: string, start: (files: FileReader) => Promise<T>, name = folder): Promise<T> {
    const known = this.#loading.get(name) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const started = start(this.#files(folder));
    this.#loading.set(name, started);
    started.catch(() => this.#loading.delete(name));
    return started;
  }
}

/** @throws DOMException named NetworkError, with the address */
async function bytesFrom(address: string): Promise<Uint8Array> {
  const response = await fetch(address).catch((error: unknown) => {
    throw new DOMException(`fetching ${address}: ${error}`, "NetworkError");
  });
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  throw new DOMException(`fetching ${address}: the server answered ${response.status}`, "NetworkError");
}
