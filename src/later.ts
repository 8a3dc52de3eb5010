/**
 * Loads a part of this library that only some models need. If that fails, as without a network, the error says so instead
 * of the engine.
 *
 * @param name what needs it: a file's field
 * @throws Error whose cause is the engine's error
 */
export async function loadLater<Part>(name: string, load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch (cause) {
    const advice = "check the network, and that the page's server has every file of the build";
    throw new Error(`the code for ${name} was not loaded; ${advice}`, { cause });
  }
}
