import { describe, expect, it } from "vitest";
import { Module } from "../../src/blocks";
import { fromPretrained, savePretrained } from "../../src/families";
import { modelsBelow } from "./checks";
import { memory } from "./fixture";
import { another, settingsIn } from "./settings-in";

const folder = new URL("../fixtures/", import.meta.url);
const found = ["models/", "families/"].flatMap((name) => modelsBelow(new URL(name, folder)));
const directories = found.map((url) => [url.pathname.slice(folder.pathname.length, -1), url] as const);

/** Settings that were tried in some fixture, by the class that has them: once is enough. */
const tried = new Set<string>();

/** The class of the module that a setting is in, and its path from there. */
function placeOf(model: Module, path: string): string {
  const names = path.split(".");
  for (let length = names.length - 1; length >= 0; length--) {
    const part = names.slice(0, length).reduce<unknown>((one, name) => Reflect.get(one as object, name), model);
    if (part instanceof Module) return `${part.constructor.name}.${names.slice(length).join(".").replace(/\d+/g, "*")}`;
  }
  return path;
}

describe.each(directories)("a model that is no longer what its config says is refused by name: %s", (_, directory) => {
  it("whatever setting, of a class or a name that no fixture before has, is another", async () => {
    const { model, config } = await fromPretrained(directory);
    for (const [i, { path, holder, name, value }] of [...settingsIn(model)].entries()) {
      const place = placeOf(model, path);
      if (tried.has(place)) continue;
      tried.add(place);
      Reflect.set(holder, name, another(value));
      const { files, read, write } = memory();
      const error = await savePretrained(i % 5 === 0 ? { model } : { model, config }, { write }).catch(
        (reason: unknown) => reason,
      );
      if (error === undefined) {
        // Not refused: then it comes back.
        const again = (await fromPretrained({ read })).model;
        const now = path.split(".").reduce<unknown>((part, one) => Reflect.get(part as object, one), again);
        expect(now, path).toEqual(another(value));
      } else {
        expect(error, path).toBeInstanceOf(RangeError);
        // A head of another kind has parameters of other names.
        expect((error as Error).message, path).toContain(path === "head.kind" ? "savePretrained: " : name);
        expect(files.size).toBe(0);
      }
      Reflect.set(holder, name, value);
    }
    await savePretrained({ model, config }, memory());
  });
});
