/** How much of a file has arrived, in bytes; `total` where the source tells it. */
export interface Progress {
  file: string;
  loaded: number;
  total?: number | undefined;
}

export type OnProgress = (progress: Progress) => void;
