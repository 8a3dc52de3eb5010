import { html } from "../draw/dom";
import type { Panel } from "../panels";

export interface PageFrame {
  /** The place of each panel. */
  places: readonly { panel: Panel; root: HTMLElement }[];
  /** Puts the bar with the text on top, and shows the page. */
  show(bar: HTMLElement): void;
  /** Says how loading goes, or what went wrong, with a button to try again. */
  say(text: string | undefined, retry?: () => void): void;
  announce(text: string): void;
  /** What computes, at the foot of the page; a hint on top if it is slow. */
  tellKernels(kernels: { name: string; simd: boolean }): void;
}

/** The heading, the list of steps and the empty panels. */
export function pageFrame(panels: readonly Panel[]): PageFrame {
  const status = html("p", { class: "page-status", role: "status", hidden: true });
  const spoken = html("p", { class: "unseen", "aria-live": "polite" });
  const places = panels.map((panel) => ({ panel, root: html("div", { class: "panel-body" }) }));
  const links = panels.map(({ id, step, name }) =>
    html("a", { href: `#${id}` }, html("span", { class: "step" }, step), html("span", { class: "step-name" }, name)),
  );
  const steps = html("nav", { class: "steps", "aria-label": "Steps" }, ...links);
  const heading = html(
    "header",
    { class: "page-head" },
    html("h1", {}, "Inside a language model"),
    html(
      "p",
      {},
      "Type a text and follow it through a small transformer, from letters to the next word. Everything runs in this page; nothing that you type leaves it.",
    ),
  );
  const main = html("main", {}, ...places.map(({ panel, root }) => section(panel, root)));
  const hint = html("p", { class: "notice", hidden: true });
  const footer = html("footer", { class: "page-foot" });
  return {
    places,
    show(bar) {
      bar.append(steps);
      document.querySelector("#page")?.replaceChildren(heading, bar, status, hint, spoken, main, footer);
      markCurrent(panels, links);
    },
    say(text, retry) {
      status.hidden = text === undefined;
      const again = retry && html("button", { type: "button", click: retry }, "Try again");
      status.replaceChildren(...(text === undefined ? [] : [text, ...(again ? [" ", again] : [])]));
    },
    announce(text) {
      spoken.textContent = text;
    },
    tellKernels({ name, simd }) {
      footer.textContent = `Made with transformer-blocks, which also trained these models. Computed in this browser by its kernels “${name}”.`;
      hint.hidden = simd;
      if (!simd)
        hint.textContent =
          "This browser has no WebAssembly SIMD, or a policy forbids it. The reference kernels compute instead: the same results, but slower.";
    },
  };
}

function section({ id, step, title, text }: Panel, body: HTMLElement): HTMLElement {
  const heading = html(
    "h2",
    { id: `${id}-title` },
    html("span", { class: "step", "aria-hidden": "true" }, step),
    title,
  );
  const side = html("div", { class: "panel-text" }, heading, html("p", {}, text));
  return html("section", { id, class: "panel", tabindex: -1, "aria-labelledby": `${id}-title` }, side, body);
}

/** Marks the step that is in the middle of the window. */
function markCurrent(panels: readonly Panel[], links: readonly HTMLAnchorElement[]): void {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const link = links[panels.findIndex(({ id }) => id === target.id)];
        if (isIntersecting) link?.setAttribute("aria-current", "step");
        else link?.removeAttribute("aria-current");
      }
    },
    { rootMargin: "-45% 0px -50% 0px" },
  );
  for (const { id } of panels) observer.observe(document.getElementById(id)!);
}
