import type { Step } from "../compute/sampling";
import { html, percent, setProperty } from "./dom";

/** Narrower parts are drawn as one. */
const NARROWEST = 0.012;

/** The candidates side by side, each as wide as it is likely, and the point that chose one. */
export function lottery({ all, chosen, point }: Step, label: (id: number) => string): HTMLElement {
  const possible = all.filter(({ after }) => after > 0);
  const wide = possible.filter(({ id, after }) => after >= NARROWEST || id === chosen.id);
  const rest = 1 - wide.reduce((sum, { after }) => sum + after, 0);
  const parts = wide.map(({ id, after }) => {
    const text = `${label(id)} ${percent(after)}`;
    const part = html("span", { class: id === chosen.id ? "ticket won" : "ticket", title: text }, label(id));
    setProperty(part, "--share", after);
    return part;
  });
  if (rest > 1e-6) {
    const part = html("span", { class: "ticket rest", title: `all others ${percent(rest)}` });
    setProperty(part, "--share", rest);
    parts.push(part);
  }
  const pin = html("span", { class: "pin" });
  setProperty(pin, "--point", pinAt(possible, wide, chosen, point));
  const said = `The point fell on ${label(chosen.id)}, ${percent(chosen.after)}`;
  return html("div", { class: "lottery", role: "img", "aria-label": said, "data-point": point }, ...parts, pin);
}

/** Where the point lies once narrow parts have moved to the end. */
function pinAt(possible: Step["all"], wide: Step["all"], chosen: Step["chosen"], point: number): number {
  const before = (list: Step["all"]) => list.slice(0, list.indexOf(chosen)).reduce((sum, { after }) => sum + after, 0);
  return point - before(possible) + before(wide);
}
