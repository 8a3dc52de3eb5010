/**
 * Runs after an installation in a clone, before packing, and on an installation from git. `npm ci` compiles only the
 * kernels, which the sources import: a contributor's next command builds the rest. In all other cases the package must
 * be complete, so it is built.
 */
import { execSync } from "node:child_process";

execSync(process.env.npm_command === "ci" ? "npm run build:kernels" : "npm run build", { stdio: "inherit" });
