import { exports } from "../../package.json";

/** The main entry point and those of the floors: ".", "./tensor" … Those of one name each are in scripts/single-names.ts. */
export const entryPoints: readonly string[] = Object.keys(exports).filter(
  (path) => path !== "./package.json" && !path.includes("*"),
);

/** The floors that have an entry point: "tensor" … */
export const floors = entryPoints.filter((path) => path !== ".").map((path) => path.slice("./".length));
