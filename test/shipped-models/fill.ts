import { fillScore, moodScore } from "../../examples/train/fill-figures";
import type { Figure } from "./figure";

/** 500 held-out passages with a hidden word, and 500 with a mood. */
export const check = async (folder: string): Promise<Figure[]> => [
  { what: "held-out words of which only one fits are filled in", least: 0.8, ...(await fillScore(folder)) },
  { what: "held-out moods are named", least: 0.95, ...(await moodScore(folder)) },
];
