/** Where a save does its work, inside the directory that it writes to. */
export const WORK = ".transformer-blocks-save";

/** The files that count, while a save is being finished: first the old ones, then, by one rename, the new ones. */
export const CURRENT = `${WORK}/current`;

/** Without links: has an empty file for each file of the directory that no longer counts. */
export const REMOVED = `${CURRENT}/.removed`;
