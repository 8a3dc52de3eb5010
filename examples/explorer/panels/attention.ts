import { attentionOf, headName, headOf, type LayerAttention, mostTelling, silencedLogits } from "../compute/attention";
import { type Candidate, candidates, probabilities } from "../compute/distribution";
import { tokenLabel } from "../compute/tokens";
import { arcs } from "../draw/arcs";
import { Bars } from "../draw/bars";
import { html, percent } from "../draw/dom";
import { follow } from "../draw/follow";
import { headGrid } from "../draw/head-grid";
import { matrix } from "../draw/matrix";
import { NumbersTable } from "../draw/table";
import { type Context, type Ready, readyIn } from "../state/context";
import { Signal } from "../state/signal";

const SHOWN = 8;
const PLAIN = { temperature: 1, topK: 0, topP: 1 };

interface Chosen {
  layer: number;
  head: number;
}

/** Step 3: what each head looks at, and what the model would say without it. */
export function mount(root: HTMLElement, context: Context): void {
  const chosen = new Signal<Chosen | undefined>(undefined);
  context.reader.subscribe(() => {
    chosen.value = undefined;
  });
  const grid = html("div", { class: "head-grid-frame" });
  const heading = html("h3", { id: "attention-head" });
  const words = html("div");
  const square = html("div");
  const table = new NumbersTable("Weights of the chosen head: how much each token looks at each earlier one");
  const effect = html("p", { class: "summary", role: "status" });
  const bars = new Bars("The likeliest next tokens with the silenced heads; the outline is the whole model");
  const restore = html("button", { type: "button", click: () => silence(new Set()) }, "Let all heads speak");
  const moved = html("div", { class: "card" }, html("h3", {}, "What the model says next"), effect, bars.root, restore);
  const pictures = html("div", { class: "pictures" }, words, square);
  const shown = html("div", { class: "card" }, heading, pictures, table.root);
  const parts = html("div", { class: "stack" }, html("div", { class: "heads-and-effect" }, grid, moved), shown);
  root.append(parts);

  follow(root, [context.reading, context.silenced, chosen], () => {
    const ready = readyIn(context);
    parts.hidden = ready === undefined;
    if (ready === undefined) return;
    const { layers, logits } = attentionOf(ready.pretrained.model, ready.reading.ids);
    const head = chosen.value ?? mostTelling(layers);
    showGrid(layers, head);
    showHead(ready, layers, head);
    showEffect(ready, logits);
  });

  function showGrid(layers: readonly LayerAttention[], shown: Chosen): void {
    const focused = document.activeElement?.getAttribute("data-focus");
    grid.replaceChildren(
      headGrid(layers, {
        silenced: context.silenced.value,
        ...shown,
        choose: (layer, head) => {
          chosen.value = { layer, head };
        },
        silence: (layer, head) => {
          const name = headName(layer, head);
          const before = context.silenced.value;
          silence(
            before.has(name) ? new Set([...before].filter((other) => other !== name)) : new Set([...before, name]),
          );
        },
      }),
    );
    if (focused) grid.querySelector<HTMLElement>(`[data-focus="${focused}"]`)?.focus();
  }

  function silence(names: ReadonlySet<string>): void {
    context.silenced.value = names;
  }

  function showHead({ reading }: Ready, layers: readonly LayerAttention[], shown: Chosen): void {
    const layer = layers.find((one) => one.layer === shown.layer)!;
    const { head } = shown;
    const weights = headOf(layer, head);
    const labels = reading.tokens.map(({ label }) => label);
    heading.textContent = `Layer ${layer.layer + 1}, head ${head + 1}`;
    words.replaceChildren(arcs(labels, weights));
    const tell = (row: number, column: number, share: number) =>
      column > row
        ? `“${labels[row]}” cannot look ahead at “${labels[column]}”`
        : `“${labels[row]}” gives ${percent(share)} of its attention to “${labels[column]}”`;
    square.replaceChildren(matrix(weights, { rows: labels, columns: labels, tell }));
    table.update(
      ["Looks at", ...labels],
      labels.map((label, row) => [
        label,
        ...Array.from(weights.subarray(row * labels.length, (row + 1) * labels.length), (value) => ({
          ...{ value, shown: value.toFixed(3) },
        })),
      ]),
    );
  }

  function showEffect({ pretrained: { model, tokenizer }, reading }: Ready, logits: Float32Array): void {
    const silenced = context.silenced.value;
    const changed = silenced.size === 0 ? logits : silencedLogits(model, reading.ids, silenced);
    const before = candidates(logits, PLAIN);
    const after = probabilities(changed);
    const best = after.indexOf(Math.max(...after));
    const say = (id: number, share: number) => `“${tokenLabel(tokenizer, id)}” (${percent(share)})`;
    const now = say(best, after[best]!);
    const first = before[0]!;
    const heads = silenced.size === 1 ? "One head is" : `${silenced.size} heads are`;
    const likeliest =
      best === first.id
        ? `The likeliest is still ${now}; before it had ${percent(first.before)}.`
        : `The likeliest is now ${now}; before it was ${say(first.id, first.before)}.`;
    effect.textContent =
      silenced.size === 0
        ? `With all heads the likeliest is ${now}. Silence a head, and see what it was for.`
        : `${heads} silent. ${likeliest}`;
    restore.hidden = silenced.size === 0;
    bars.update(
      strongestOf(before, after).map(({ id, before }) => ({
        ...{ key: String(id), label: tokenLabel(tokenizer, id), share: after[id]!, ghost: before },
      })),
    );
  }
}

/** The tokens that are among the likeliest before or after. */
function strongestOf(before: readonly Candidate[], after: Float64Array): Candidate[] {
  const greater = ({ id, before }: Candidate) => Math.max(before, after[id]!);
  return [...before].sort((a, b) => greater(b) - greater(a)).slice(0, SHOWN);
}
