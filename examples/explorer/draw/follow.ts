import { sentenceOf } from "../state/problems";
import type { Signal } from "../state/signal";
import { html } from "./dom";

/** A sentence in a panel: why there is nothing to see, or what went wrong. */
export class Notice {
  readonly root = html("p", { class: "notice", role: "status", hidden: true });

  say(text: string | undefined): void {
    this.root.hidden = text === undefined;
    if (this.root.textContent !== (text ?? "")) this.root.textContent = text ?? "";
  }
}

/**
 * Updates a panel when a signal has changed: once for each frame, and only while the panel is near the window, because
 * nobody sees the others. What goes wrong is said in the panel.
 */
export function follow(
  root: HTMLElement,
  signals: readonly { subscribe: Signal<unknown>["subscribe"] }[],
  update: () => void,
): void {
  const notice = new Notice();
  root.prepend(notice.root);
  let isNear = false;
  let isStale = true;
  let isWaiting = false;
  const run = () => {
    isWaiting = false;
    if (!isNear || !isStale) return;
    isStale = false;
    try {
      update();
      notice.say(undefined);
    } catch (error) {
      notice.say(sentenceOf(error, navigator.onLine));
    }
  };
  const schedule = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(run);
  };
  for (const signal of signals)
    signal.subscribe(() => {
      isStale = true;
      schedule();
    });
  whenNear(root, (near) => {
    isNear = near;
    if (near) schedule();
  });
}

/** Calls a function once, when an element is less than a screen away from the window, and not before a promise is settled. */
export function onceNear(element: Element, after: Promise<void>, start: () => void): void {
  let isStarted = false;
  void after.then(() =>
    whenNear(element, (isNear) => {
      if (!isNear || isStarted) return;
      isStarted = true;
      start();
    }),
  );
}

/** Tells whether an element is less than a screen away from the window. */
function whenNear(element: Element, tell: (isNear: boolean) => void): void {
  const observer = new IntersectionObserver((entries) => tell(entries.some((entry) => entry.isIntersecting)), {
    rootMargin: "100% 0px",
  });
  observer.observe(element);
}
