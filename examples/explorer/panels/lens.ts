import { lensOf } from "../compute/lens";
import { tokenLabel } from "../compute/tokens";
import { html, percent, setProperty } from "../draw/dom";
import { follow } from "../draw/follow";
import { type Context, readyIn } from "../state/context";

/** Step 3, continued: what each layer would say, as a heat map that is a table. */
export function mount(root: HTMLElement, context: Context): void {
  const table = html("table", { class: "lens" });
  const frame = html("div", { class: "scrolling", role: "group", "aria-label": "Logit lens", tabindex: 0 }, table);
  root.append(frame);
  follow(root, [context.reading], () => {
    const ready = readyIn(context);
    frame.hidden = ready === undefined;
    if (ready === undefined) return;
    const { tokenizer, model } = ready.pretrained;
    const layers = lensOf(model, ready.reading.ids);
    const head = ready.reading.tokens.map(({ label }) => html("th", { scope: "col" }, label));
    const rows = layers.map((guesses, layer) =>
      html(
        "tr",
        {},
        html("th", { scope: "row" }, `Layer ${layer + 1}`),
        ...guesses.map(({ id, share }) => {
          const label = tokenLabel(tokenizer, id);
          const text = html("span", { class: "lens-token" }, label);
          const value = html("span", { class: "lens-share" }, percent(share, 0));
          const cell = html(
            "td",
            { "data-value": share, "data-id": id, title: `${label} ${percent(share)}` },
            text,
            value,
          );
          setProperty(cell, "--share", share.toFixed(3));
          cell.classList.toggle("strong", share > 0.55);
          return cell;
        }),
      ),
    );
    table.replaceChildren(
      html("caption", {}, "The likeliest next token after each token, and its probability, read from each layer"),
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "After"), ...head)),
      // The last layer is on top: the model is read from the bottom up.
      html("tbody", {}, ...rows.reverse()),
    );
  });
}
