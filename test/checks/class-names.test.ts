import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { classOf } from "../../src/describe";

const source = fileURLToPath(new URL("../../src", import.meta.url));

it("a class has its own name in messages, also after a bundler has put an underscore before it", () => {
  class _Attention {}
  expect(classOf(new _Attention())).toBe("Attention");
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const reading = files.filter((file) => readFileSync(join(source, file), "utf8").includes("constructor.name"));
  expect(reading.filter((file) => !["describe.ts", join("blocks", "module.ts")].includes(file))).toEqual([]);
});
