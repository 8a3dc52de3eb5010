import { mostAlike, neighboursOf, planeOf, vocabularyOf } from "../compute/embeddings";
import type { Vectors } from "../compute/plane";
import { tokenLabel } from "../compute/tokens";
import { Bars } from "../draw/bars";
import { html } from "../draw/dom";
import { follow } from "../draw/follow";
import { scatter } from "../draw/scatter";
import { NumbersTable } from "../draw/table";
import { type Context, type Ready, readyIn } from "../state/context";
import { Signal } from "../state/signal";

const NEIGHBOURS = 6;
/** Neighbours of each token in the plane. */
const NEAR = 4;

/** Step 2: tokens as points of a plane, with those that have similar vectors. */
export function mount(root: HTMLElement, context: Context): void {
  const chosen = new Signal<number | undefined>(undefined);
  const plane = html("div");
  const choice = html("div", {
    class: "choices",
    role: "group",
    "aria-label": "The token whose neighbours are listed",
  });
  const bars = new Bars("The nearest neighbours, by cosine similarity");
  const heading = html("h3");
  const none = html("p", { class: "summary" });
  const table = new NumbersTable("Where each token lies in the plane");
  root.append(plane, choice, heading, none, bars.root, table.root);
  const vocabulary = remembered(context);
  follow(root, [context.reading, chosen], () => {
    const ready = readyIn(context);
    for (const part of [plane, choice, heading, bars.root, table.root]) part.hidden = ready === undefined;
    if (ready === undefined) return;
    const { tokenizer } = ready.pretrained;
    const vectors = vocabulary(ready);
    const ids = [...new Set(ready.reading.ids)].filter((id) => id < vectors.rows);
    const id = ids.find((own) => own === chosen.value) ?? mostAlike(vectors, ids) ?? 0;
    const points = planeOf(vectors, ids, NEAR);
    plane.replaceChildren(
      scatter(
        points.map(({ id, isOwn, x, y }) => ({
          ...{ key: String(id), label: tokenLabel(tokenizer, id), x, y },
          kind: isOwn ? "own" : "near",
        })),
      ),
    );
    choice.replaceChildren(
      ...ids.map((own) =>
        html(
          "button",
          { type: "button", "aria-pressed": String(own === id), click: () => choose(own) },
          tokenLabel(tokenizer, own),
        ),
      ),
    );
    heading.textContent = `Nearest to “${tokenLabel(tokenizer, id)}”`;
    const near = neighboursOf(vectors, id, NEIGHBOURS);
    none.textContent = whyNone(near) ?? "";
    none.hidden = none.textContent === "";
    bars.update(
      near === "untrained"
        ? []
        : near.map(({ id, similarity }) => ({
            ...{ key: String(id), label: tokenLabel(tokenizer, id), share: similarity },
          })),
    );
    table.update(
      ["Token", "x", "y"],
      points.map(({ id, x, y }) => [tokenLabel(tokenizer, id), number(x), number(y)]),
    );
  });

  function choose(id: number): void {
    chosen.value = id;
    requestAnimationFrame(() => choice.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus());
  }
}

function whyNone(near: ReturnType<typeof neighboursOf>): string | undefined {
  if (near === "untrained")
    return "The model hardly ever saw this token in training, so its vector says nothing: it is like those of all other rare tokens.";
  return near.length === 0 ? "No token is used like this one: no vector is close." : undefined;
}

const number = (value: number) => ({ value, shown: value.toFixed(3) });

/** The vectors of the model in use, taken once. */
function remembered(context: Context): (ready: Ready) => Vectors {
  let known: { name: string; vectors: Vectors } | undefined;
  context.reader.subscribe(() => {
    known = undefined;
  });
  return ({ name, pretrained }) => {
    known ??= { name, vectors: vocabularyOf(pretrained.model) };
    return known.vectors;
  };
}
