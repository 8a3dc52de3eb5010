/** The bytes of a file that have arrived; `total` if the source reports it. */
export interface Progress {
  file: string;
  loaded: number;
  total?: number | undefined;
}

/** Called as the bytes of files arrive. */
export type OnProgress = (progress: Progress) => void;
