import { styleText } from "node:util";

const shades = [" ", "░", "▒", "▓", "█"];

/** A cell of a heat map for a share from 0 to 1, two characters wide. */
export function heat(share: number): string {
  const shade = shades[Math.round(Math.min(1, Math.max(0, share)) * (shades.length - 1))]!.repeat(2);
  return process.stdout.isTTY ? styleText("cyan", shade) : shade;
}

/** A heat map: a row for each label, with its cells and numbers beside it. */
export function heatMap(labels: readonly string[], rows: readonly (readonly number[])[], heading: string): void {
  const width = Math.max(...labels.map((label) => label.length));
  console.log(`${"".padEnd(width)}  ${heading}`);
  for (const [i, label] of labels.entries()) {
    const numbers = rows[i]!.map((share) => share.toFixed(2).padStart(5)).join(" ");
    console.log(`${label.padEnd(width)}  ${rows[i]!.map(heat).join(" ")}  ${numbers}`);
  }
}
