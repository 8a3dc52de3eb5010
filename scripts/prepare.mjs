/**
 * What npm runs after an install in a clone, before it packs, and when somebody installs from git. `npm ci` compiles
 * only the kernels, which the sources import: a contributor's next command builds what it needs. Everything else must
 * find a whole package, so it builds one.
 */
import { execSync } from "node:child_process";

execSync(process.env.npm_command === "ci" ? "npm run build:kernels" : "npm run build", { stdio: "inherit" });
