// The model runs in a worker: the page stays responsive, and a signal stops it within one token.
import { inWorker, stream } from "transformer-blocks";

const [tell, stop, shown] = ["tell", "stop", "story"].map((id) => document.getElementById(id));
const loading = inWorker(new URL("../models/story", import.meta.url));
let controller = new AbortController();
let seed = 1;

tell.addEventListener("click", async () => {
  controller = new AbortController();
  [tell.disabled, stop.disabled] = [true, false];
  shown.textContent = "Once upon a time";
  try {
    const options = { maxNewTokens: 100, temperature: 0.8, topP: 0.9, seed: seed++, signal: controller.signal };
    for await (const piece of stream(await loading, shown.textContent, options)) shown.append(piece);
  } catch (error) {
    if (!controller.signal.aborted) shown.textContent = error.message;
  }
  [tell.disabled, stop.disabled] = [false, true];
});
stop.addEventListener("click", () => controller.abort());
