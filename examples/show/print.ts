import { styleText } from "node:util";

const styled = (style: Parameters<typeof styleText>[0], text: string) =>
  process.stdout.isTTY ? styleText(style, text) : text;

/** Prints one indented line. */
export const line = (text: string): void => console.log(`  ${text}`);

export function heading(number: number, title: string, explanation: string): void {
  console.log(`\n${styled("bold", `${number}. ${title}`)}`);
  line(styled("dim", explanation));
}

/** A bar for a fraction of the whole. */
export const bar = (share: number, width = 40): string => styled("cyan", "█".repeat(Math.round(share * width)) || "▏");

export const percent = (share: number): string => `${(100 * share).toFixed(1).padStart(5)} %`;

/** A token with visible white space: a leading space is part of it. */
export const visible = (text: string): string => text.replaceAll(" ", "␣").replaceAll("\n", "⏎");
