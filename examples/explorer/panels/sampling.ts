import { type Step, sample } from "../compute/sampling";
import { tokenLabel } from "../compute/tokens";
import { html, percent, setProperty } from "../draw/dom";
import { follow } from "../draw/follow";
import { lottery } from "../draw/lottery";
import { type Context, type Ready, readyIn } from "../state/context";

/** Milliseconds between tokens while playing. */
const PACE = 160;

interface Written {
  id: number;
  piece: string;
  share: number;
}

/** Step 5: one token for each press. */
export function mount(root: HTMLElement, context: Context): void {
  let written: Written[] = [];
  let seed = 1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const text = html("p", { class: "written", "aria-label": "The text so far" });
  const draw = html("div");
  const summary = html("p", { class: "summary" });
  const one = html("button", { type: "button", class: "primary", click: () => press() }, "Sample one token");
  const play = html("button", { type: "button", click: () => (timer === undefined ? playOn() : pause()) }, "Play");
  const again = html("button", { type: "button", click: () => restart(seed + 1) }, "Start again");
  const buttons = html("div", { class: "choices" }, one, play, again);
  const parts = html("div", { class: "stack" }, buttons, html("div", { class: "card" }, text), draw, summary);
  root.append(parts);
  follow(root, [context.reading], () => restart(seed));

  function restart(next: number): void {
    pause();
    seed = next;
    written = [];
    const ready = readyIn(context);
    parts.hidden = ready === undefined;
    draw.replaceChildren();
    setDone(false);
    summary.textContent =
      "A random point on a bar decides: each token is as wide as it is likely. Temperature, top-k and top-p are those of step 4.";
    if (ready) showText(ready);
  }

  function press(): void {
    pause();
    const step = next();
    if (step) context.announce(step);
  }

  function playOn(): void {
    play.textContent = "Pause";
    const go = () => {
      timer = next() === undefined || isDone() ? undefined : setTimeout(go, PACE);
      if (timer === undefined) pause();
    };
    go();
  }

  function pause(): void {
    clearTimeout(timer);
    timer = undefined;
    play.textContent = "Play";
  }

  /** Samples a token. @returns what it is, for screen readers */
  function next(): string | undefined {
    const ready = readyIn(context);
    if (ready === undefined || isDone()) return undefined;
    const { model, tokenizer } = ready.pretrained;
    const ids = [...ready.reading.ids, ...written.map(({ id }) => id)];
    const step = sample(model, ids, context.shaping.value, { seed, step: written.length });
    const { id, after } = step.chosen;
    const label = tokenLabel(tokenizer, id);
    draw.replaceChildren(lottery(step, (id) => tokenLabel(tokenizer, id)));
    if (model.config.endTokens?.includes(id)) return finish("The model sampled the token that ends a text.");
    written.push({ id, piece: label, share: after });
    showText(ready);
    summary.textContent = told(step, label);
    if (ids.length + 1 >= model.config.contextLength)
      return finish(`The text fills the model's context of ${model.config.contextLength} tokens.`);
    return `${label}, ${percent(after)}`;
  }

  function finish(sentence: string): string {
    summary.textContent = `${sentence} Start again for another one.`;
    setDone(true);
    return sentence;
  }

  const isDone = () => one.disabled;
  function setDone(done: boolean): void {
    one.disabled = play.disabled = done;
  }

  function showText({ pretrained: { tokenizer }, reading }: Ready): void {
    const stream = tokenizer.decodeStream();
    for (const id of reading.ids) stream.push(id);
    const pieces = written.map(({ id, share }) => {
      const piece = html("span", { class: "piece", title: percent(share) }, stream.push(id));
      setProperty(piece, "--share", share.toFixed(3));
      return piece;
    });
    text.replaceChildren(html("span", { class: "given" }, tokenizer.decode(reading.ids)), ...pieces);
  }
}

function told({ point, chosen }: Step, label: string): string {
  return `The point fell at ${point.toFixed(3)}, on “${label}”, which had ${percent(chosen.after)}. In the text, the paler a token, the less likely it was.`;
}
