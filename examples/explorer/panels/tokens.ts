import { count, type TokenView } from "../compute/tokens";
import { html, setProperty } from "../draw/dom";
import { follow } from "../draw/follow";
import { NumbersTable } from "../draw/table";
import { type Context, readyIn } from "../state/context";

/** Step 1: the text as tokens, each with its id and its place in the text. */
export function mount(root: HTMLElement, context: Context): void {
  const chips = html("ol", { class: "chips", "aria-label": "Tokens" });
  const summary = html("p", { class: "summary" });
  const table = new NumbersTable("Tokens with their ids and the characters from which they come");
  root.append(chips, summary, table.root);
  follow(root, [context.reading], () => {
    const ready = readyIn(context);
    chips.replaceChildren(...(ready?.reading.tokens ?? []).map(chip));
    table.root.hidden = summary.hidden = ready === undefined;
    if (ready === undefined) return;
    const { tokens, text } = ready.reading;
    const ids = new Set(tokens.map(({ id }) => id)).size;
    summary.textContent = `${count(text.length)} characters became ${tokens.length} tokens, ${ids} of them different. The vocabulary has ${count(ready.pretrained.model.config.vocabSize)}.`;
    table.update(
      ["Token", "Id", "From character", "to"],
      tokens.map(({ id, label, start, end }) => [label, value(id), value(start), value(end)]),
    );
  });
}

const value = (number: number) => ({ value: number, shown: String(number) });

/** Five tints in turn, so that neighbours differ. */
const TINTS = 5;

export function chip({ id, label, start, end }: TokenView, i: number): HTMLLIElement {
  const item = html(
    "li",
    { class: "chip", "data-id": id },
    html("span", { class: "chip-text" }, label),
    html("span", { class: "chip-id" }, html("span", { class: "unseen" }, "id "), String(id)),
    html("span", { class: "chip-place" }, html("span", { class: "unseen" }, "characters "), `${start}–${end}`),
  );
  setProperty(item, "--tint", `var(--tint-${i % TINTS})`);
  return item;
}
