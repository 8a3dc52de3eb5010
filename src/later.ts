/**
 * Loads a part of this library that only some models or calls need. Every `import(…)` of this library goes through here:
 * if it fails, as without a network, the error says so instead of the engine.
 *
 * @param name what needs it: a file's field, or a function
 * @throws Error whose cause is the engine's error
 */
export const loadLater = <Part>(name: string, load: () => Promise<Part>): Promise<Part> =>
  load().catch((cause) => {
    throw new Error(
      `the code for ${name} was not loaded; check the network, and that the server has every file of the build`,
      { cause },
    );
  });

/** Where a part is that is loaded later, by names. To be loaded with `loadLater`. */
export type LaterParts<Part, Name extends string = string> = Readonly<Record<Name, () => Promise<Part>>>;

/** A part that is loaded once. */
export interface Later<Part> {
  /** The part, if it is there already. */
  readonly now: Part | undefined;
  /** @throws Error as `loadLater`; the next call tries again */
  load(): Promise<Part>;
}

/** What the page calls with a model. */
const withModels = new Set<Later<unknown>>();

/**
 * A part that a page needs with its model. It is loaded while the model is, or when it is first called.
 *
 * Bundlers drop the declaration with the function that uses it, so only the parts that a page calls are listed here.
 */
export function laterWithModel<Part>(name: string, load: () => Promise<Part>): Later<Part> {
  const later = laterOf(name, load);
  withModels.add(later);
  return later;
}

/** A part that is loaded when it is first called. */
export function laterOf<Part>(name: string, load: () => Promise<Part>): Later<Part> {
  let now: Part | undefined;
  let loading: Promise<Part> | undefined;
  const start = async (): Promise<Part> => {
    try {
      now = await loadLater(name, load);
      return now;
    } finally {
      loading = undefined;
    }
  };
  return {
    get now() {
      return now;
    },
    async load() {
      if (now !== undefined) return now;
      loading ??= start();
      return loading;
    },
  };
}

/** Loads what the page calls with a model. What fails is loaded again, and reported, when it is called. */
export async function loadWithModel(): Promise<void> {
  await Promise.allSettled([...withModels].map((later) => later.load()));
}
