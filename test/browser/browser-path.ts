import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The path of a browser to check in; undefined if there is none. */
export function foundBrowser(): string | undefined {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/** The same. Without one, ends the process with advice. */
export function browserPath(): string {
  const found = foundBrowser();
  if (found !== undefined) return found;
  console.error("There is no browser to check in: install Chromium, or set CHROMIUM to its path. Nothing was checked.");
  return process.exit(1);
}
