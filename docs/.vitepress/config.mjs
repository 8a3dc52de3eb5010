import { defineConfig } from "vitepress";
import { drawTowers } from "./tower.mjs";
import { guides, reference } from "./sidebar.mjs";

const block = (y, opacity) => `<rect x="3" y="${y}" width="26" height="7" rx="2" fill="#4f83d6" opacity="${opacity}"/>`;
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${block(2, 1)}${block(12, 0.7)}${block(22, 0.4)}</svg>`;

/** The name of a heading in a link, as GitHub and npm make it. */
const anchorOf = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(" ", "-");

/** The pages are README.md and docs/*.md as they are read in the repository, and the reference that TypeDoc writes. */
export default defineConfig({
  title: "transformer-blocks",
  description: "Transformers in JavaScript to import, read, take apart, train and trust.",
  // For a site below a path: SITE_BASE=/transformer-blocks/ npm run docs
  base: process.env.SITE_BASE ?? "/",
  // Three blocks, drawn in place: browsers would otherwise ask for a favicon.
  head: [["link", { rel: "icon", href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  srcDir: "..",
  srcExclude: ["{api,bench,dist,examples,scripts,src,test}/**", ".*/**", "docs/node_modules/**"],
  rewrites: { "README.md": "index.md" },
  // The navigation is in one file, not in each of the hundreds of pages.
  metaChunk: true,
  markdown: { config: drawTowers, anchor: { slugify: anchorOf }, theme: { light: "github-light-high-contrast", dark: "github-dark" } },
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "Tour", link: "/docs/tour" },
      { text: "Guides", link: "/docs/developers" },
      { text: "Reference", link: "/docs/api/" },
      { text: "Changes", link: "/CHANGELOG" },
    ],
    sidebar: { "/": guides, ...reference() },
    outline: [2, 3],
  },
});
