/** Working directory of a save, inside the directory that it writes to. */
export const WORK = ".transformer-blocks-save";

/** The valid files while a save is being completed: first the old ones, then, after a single rename, the new ones. */
export const CURRENT = `${WORK}/current`;

/** If links are not available: an empty file for each file of the directory that is no longer valid. */
export const REMOVED = `${CURRENT}/.removed`;
