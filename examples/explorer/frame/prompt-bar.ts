import { attentionOf } from "../compute/attention";
import { candidates } from "../compute/distribution";
import { tokenLabel } from "../compute/tokens";
import { html, percent } from "../draw/dom";
import { type Context, readyIn } from "../state/context";

/** Texts, and what the button says where that is not the text. */
const EXAMPLES: readonly (readonly [text: string, label?: string])[] = [
  ["Once upon a time a brave girl named Mia lived"],
  ["Pip was a curious fox who"],
  ["Long ago a brave girl named"],
  // By name: not every machine has a font for it.
  ["👨‍👩‍👧‍👦", "An emoji family"],
];
/** Milliseconds without typing before the text is read. */
const PAUSE = 80;

/** The text that all steps read, and the next token: always in sight. */
export function promptBar(context: Context): HTMLElement {
  const area = html("textarea", {
    ...{ id: "text", rows: 1, spellcheck: "false", autocomplete: "off", "aria-describedby": "said-of-text next-token" },
    input: () => later(),
  });
  area.value = context.text.value;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = () => {
    grow(area);
    clearTimeout(timer);
    timer = setTimeout(() => {
      context.text.value = area.value;
    }, PAUSE);
  };
  context.text.subscribe((text) => {
    if (area.value !== text) area.value = text;
    grow(area);
  });
  const examples = EXAMPLES.map(([text, label = text]) =>
    html(
      "button",
      {
        type: "button",
        click: () => {
          context.text.value = text;
        },
      },
      label,
    ),
  );
  new ResizeObserver(() => grow(area)).observe(area);
  const said = html("p", { id: "said-of-text", class: "notice", role: "status", hidden: true });
  const next = html("output", { id: "next-token", class: "next-token", for: "text" });
  context.reading.subscribe((reading) => {
    const notice = typeof reading === "string" ? reading : reading?.notice;
    said.hidden = notice === undefined;
    if (said.textContent !== (notice ?? "")) said.textContent = notice ?? "";
    showNext(next, context);
  });
  return html(
    "div",
    { class: "prompt-bar" },
    html(
      "div",
      { class: "prompt" },
      html("label", { for: "text" }, "Your text"),
      html("div", { class: "prompt-line" }, area, next),
      html("div", { class: "examples", role: "group", "aria-label": "Examples" }, ...examples),
      said,
    ),
  );
}

function grow(area: HTMLTextAreaElement): void {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight + 2, 120)}px`;
}

function showNext(next: HTMLOutputElement, context: Context): void {
  const ready = readyIn(context);
  next.hidden = ready === undefined;
  if (ready === undefined) return;
  const { model, tokenizer } = ready.pretrained;
  const [best] = candidates(attentionOf(model, ready.reading.ids).logits, { temperature: 1, topK: 0, topP: 1 });
  next.replaceChildren(
    html("span", { class: "unseen" }, "The likeliest next token: "),
    html("span", { class: "next-word" }, tokenLabel(tokenizer, best!.id)),
    html("span", { class: "next-share", "data-value": best!.before }, percent(best!.before, 0)),
  );
  document.documentElement.dataset.firstResult ??= String(Math.round(performance.now()));
}
