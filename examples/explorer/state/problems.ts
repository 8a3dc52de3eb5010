import { FormatError } from "transformer-blocks/checkpoint";

/** What went wrong, as a sentence that says what to do next. Never an engine's own message alone. */
export function sentenceOf(error: unknown, isOnline: boolean): string {
  const message = error instanceof Error ? error.message : String(error);
  if (
    /out of memory|Array buffer allocation failed|Invalid array length|memory\.grow|could not allocate/i.test(message)
  )
    return "There is not enough memory for this. Close other tabs, or choose a smaller model.";
  if (isNetwork(message) || (error instanceof DOMException && error.name === "NetworkError")) {
    const file = /fetching (\S+?):? /.exec(`${message} `)?.[1];
    const name = file === undefined ? "A file" : `The file ${file}`;
    return isOnline
      ? `${name} could not be fetched: the server did not answer, or does not allow other pages to read it (CORS). Check the address, and try again.`
      : `${name} was not loaded before, and you are offline. Connect to the network, and try again.`;
  }
  if (error instanceof FormatError || isOurs(message)) return ended(message);
  return "Something went wrong in this part of the page. Change the text, or load the page again.";
}

const isNetwork = (message: string): boolean =>
  /Failed to fetch|NetworkError|Load failed|fetch failed|network error|ERR_/i.test(message);

/** The library's messages begin with the function that refuses, or with the file. */
const isOurs = (message: string): boolean => /^[\w.]+: |^(fetching|reading) |^https?:/.test(message);

/** As a sentence, without the function that says it. */
function ended(text: string): string {
  const said = text.replace(/^\w+: (?=\S)/, "");
  const sentence = said.charAt(0).toUpperCase() + said.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
