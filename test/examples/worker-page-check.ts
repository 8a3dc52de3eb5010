/** Opens examples/worker-page as it is served, in a real browser: part of `npm run check:browser`. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { browserPath } from "../browser/browser-path";

const executablePath = browserPath();
const script = fileURLToPath(new URL("../../examples/worker-page/serve.mjs", import.meta.url));
const server = spawn(process.execPath, [script], { env: { ...process.env, PORT: "0" } });
const [said] = (await once(server.stdout, "data")) as [Buffer];
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking"] });
try {
  const tab = await browser.newPage();
  const complaints: string[] = [];
  tab.on("pageerror", (error) => complaints.push(error.message));
  tab.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await tab.goto(String(said).trim());
  const text = () => tab.textContent("#story");

  await tab.click("#tell");
  await tab.waitForFunction(
    () => document.querySelector("#story")!.textContent.length > 100 && document.querySelector("#tell:enabled"),
  );

  await tab.click("#tell");
  await tab.click("#stop");
  await tab.waitForSelector("#tell:enabled");
  const stopped = await text();
  await tab.waitForTimeout(300);
  assert.equal(await text(), stopped, "the story goes on after it was stopped");
  assert.deepEqual(
    complaints.filter((complaint) => !complaint.includes("404")),
    [],
  );
  console.log("The page with a worker tells a story, and stops when it is told to.");
} finally {
  await browser.close();
  server.kill();
}
