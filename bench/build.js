import { readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = (name) => fileURLToPath(new URL(`../${name}/`, import.meta.url));

/** Whether the package was built after the last change to its sources. */
export function isBuilt() {
  const built = statSync(`${folder("dist")}index.js`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return readdirSync(folder("src"), { recursive: true }).every(
    (name) => statSync(folder("src") + name).mtimeMs < built,
  );
}
