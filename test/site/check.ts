/** Looks at the site that `npm run docs` has built, as a visitor without a network does: `npm run check:site`. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { browserPath } from "../browser/browser-path";
import { headersOf, listen } from "../browser/listen";

const site = fileURLToPath(new URL("../../docs/.vitepress/dist/", import.meta.url));

/** The file that a static server sends for a path. */
function fileOf(path: string): string {
  const file = join(site, decodeURIComponent(path));
  return path.endsWith("/") ? join(file, "index.html") : extname(file) === "" ? `${file}.html` : file;
}

const pages = readdirSync(site, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".html") && file !== "404.html");
const htmlOf = new Map(pages.map((page) => [page, readFileSync(site + page, "utf8")]));
const idsOf = new Map([...htmlOf].map(([page, html]) => [page, new Set(html.match(/(?<= id=")[^"]+/g))]));

/** Links of a page that lead nowhere within the site. */
function deadLinks(page: string): string[] {
  const links = htmlOf.get(page)!.match(/(?<= (?:href|src)=")[^"]+/g) ?? [];
  return [...new Set(links)]
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = "", anchor = ""] = link.replaceAll("&amp;", "&").split("#");
      const absolute =
        path === "" ? `/${page}` : posix.resolve(`/${dirname(page)}`, path) + (path.endsWith("/") ? "/" : "");
      const file = fileOf(absolute.replace("//", "/"));
      if (!existsSync(file)) return true;
      const ids = idsOf.get(file.slice(site.length).replaceAll("\\", "/"));
      return anchor !== "" && ids !== undefined && !ids.has(decodeURIComponent(anchor));
    });
}

const dead = pages.flatMap((page) => deadLinks(page).map((link) => `${page}: ${link}`));
assert.deepEqual(dead, [], "links that lead nowhere");
assert.ok(pages.length > 500, `there are only ${pages.length} pages`);

const executablePath = browserPath();
const { address, close } = await listen((request, response) => {
  const file = fileOf(new URL(request.url ?? "/", "http://site").pathname);
  if (!existsSync(file)) return void response.writeHead(404).end();
  response.writeHead(200, headersOf(file)).end(readFileSync(file));
});
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking"] });
try {
  const tab = await browser.newPage();
  const complaints: string[] = [];
  tab.on("pageerror", (error) => complaints.push(error.message));
  tab.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  tab.on("request", (request) => request.url().startsWith(address) || complaints.push(`asks ${request.url()}`));
  await tab.goto(address);
  assert.match((await tab.textContent("h1")) ?? "", /transformer-blocks/);

  for (const words of ["trainBpe", "causal mask", "bfloat16"]) {
    await tab.goto(address, { waitUntil: "networkidle" });
    await tab.click(".DocSearch-Button");
    await tab.fill("#localsearch-input", words);
    await tab.waitForSelector("#localsearch-list .result", { timeout: 10_000 });
    await tab.click("#localsearch-list .result");
    await tab.waitForURL((url) => url.pathname !== "/");
  }
  for (const page of ["docs/tour.html", "docs/architecture.html", "docs/api/tensor/functions/softmax.html"]) {
    await tab.goto(`${address}/${page}`);
    const broken = await tab.$$eval("img", (images) => images.filter((image) => image.naturalWidth === 0).length);
    assert.equal(broken, 0, `${page} has pictures that do not load`);
  }
  assert.deepEqual(complaints, []);
  console.log(`${pages.length} pages: every link and picture leads somewhere, and the search finds its way offline.`);
} finally {
  await browser.close();
  await close();
}
