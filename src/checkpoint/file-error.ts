const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file is too large for the file system",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of its path is not a directory",
  ENOENT: "no such file or directory",
  EEXIST: "a file or directory with that name already exists",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  EIO: "the device failed",
};

/** The code of a file system error. `instanceof` would fail in Jest, whose realm has another Error class. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** A file system error with the action and the path in its message; any other error unchanged. */
export function fileError(action: string, path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  return new Error(`${action} ${path}: ${reasons[code] ?? "the file system refused"} (${code})`, { cause: error });
}
