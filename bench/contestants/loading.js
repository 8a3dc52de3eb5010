import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromPretrained, savePretrained } from "../../dist/families.js";
import { buildModel } from "../models/build.js";

/** Saves a model where only this process looks, and repeats what is done with it. */
const withSaved = (use) => async (task) => {
  const directory = mkdtempSync(join(tmpdir(), "loading-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  process.on("SIGTERM", () => process.exit());
  await savePretrained({ model: buildModel(task.model) }, directory);
  return { repeat: async () => void (await use(directory)) };
};

export const loading = withSaved((directory) => fromPretrained(directory));
export const reading = withSaved((directory) => readFile(join(directory, "model.safetensors")));
