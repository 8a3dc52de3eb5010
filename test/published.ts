import { existsSync, readFileSync } from "node:fs";

const folder = new URL("../../shared/data/", import.meta.url);

/** A published file or folder, which is not ours to copy into the repository. */
export const published = (path: string): URL => new URL(path, folder);
export const publishedText = (path: string): string => readFileSync(published(path), "utf8");
export const publishedJson = (path: string): unknown => JSON.parse(publishedText(path));

/** Whether it lies beside the repository. Tests of it are skipped where it does not, and say how to get it. */
export function hasPublished(path: string): boolean {
  if (existsSync(published(path))) return true;
  console.log(
    `skipped: ../shared/data/${path} is missing; "Published files" in test/reference/README.md says how to get it`,
  );
  return false;
}
