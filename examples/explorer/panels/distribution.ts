import { attentionOf, silencedLogits } from "../compute/attention";
import { candidates, perplexityOf, type Shaping } from "../compute/distribution";
import { tokenLabel } from "../compute/tokens";
import { Bars } from "../draw/bars";
import { html } from "../draw/dom";
import { follow } from "../draw/follow";
import { slider } from "../draw/slider";
import { type Context, readyIn } from "../state/context";

const SHOWN = 12;

/** Step 4: the distribution of the next token, and what temperature, top-k and top-p make of it. */
export function mount(root: HTMLElement, context: Context): void {
  const bars = new Bars("The likeliest next tokens; the outline is what the model says without the sliders");
  const summary = html("p", { class: "summary" });
  const set = (change: Partial<Shaping>) => {
    context.shaping.value = { ...context.shaping.value, ...change };
  };
  const sliders = html(
    "div",
    { class: "sliders" },
    slider({
      ...{ label: "Temperature", min: 0, max: 2, step: 0.05, value: 1 },
      ...{
        show: (t) => (t === 0 ? "0: always the likeliest" : t.toFixed(2)),
        change: (temperature) => set({ temperature }),
      },
    }),
    slider({
      ...{ label: "Top-k", min: 0, max: 40, step: 1, value: 0 },
      ...{ show: (k) => (k === 0 ? "off" : `the best ${k}`), change: (topK) => set({ topK }) },
    }),
    slider({
      ...{ label: "Top-p", min: 0.05, max: 1, step: 0.05, value: 1 },
      ...{ show: (p) => (p === 1 ? "off" : `the best ${Math.round(100 * p)} %`), change: (topP) => set({ topP }) },
    }),
  );
  const parts = html("div", { class: "stack" }, sliders, summary, bars.root);
  root.append(parts);
  let known: { of: unknown; logits: Float32Array } | undefined;
  follow(root, [context.reading, context.silenced, context.shaping], () => {
    const ready = readyIn(context);
    parts.hidden = ready === undefined;
    if (ready === undefined) return;
    const { pretrained, reading } = ready;
    const silenced = context.silenced.value;
    // The sliders need no new pass of the model.
    const of = silenced.size > 0 ? silenced : reading;
    if (known?.of !== of) {
      const logits =
        silenced.size > 0
          ? silencedLogits(pretrained.model, reading.ids, silenced)
          : attentionOf(pretrained.model, reading.ids).logits;
      known = { of, logits };
    }
    const all = candidates(known.logits, context.shaping.value);
    const left = all.filter(({ after }) => after > 0);
    const choices = perplexityOf(left.map(({ after }) => after));
    summary.textContent = `${left.length === 1 ? "One token is" : `${left.length.toLocaleString("en")} tokens are`} possible; the choice is as open as among ${choices.toFixed(1)} equally likely ones.${silenced.size > 0 ? " Heads are silent in step 3." : ""}`;
    bars.update(
      all.slice(0, SHOWN).map(({ id, before, after }) => ({
        ...{ key: String(id), label: tokenLabel(pretrained.tokenizer, id), share: after, ghost: before },
        isOut: after === 0,
      })),
    );
  });
}
