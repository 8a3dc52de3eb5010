/**
 * Runs in a clone after npm changed node_modules. `npm ci` compiles only the kernels, which the sources import: a
 * contributor's next command builds the rest. An installation of the package from git runs `npm install`, which builds
 * it. This is not npm's `prepare`: npm warns of that where the package itself is installed.
 */
import { execSync } from "node:child_process";

execSync(process.env.npm_command === "ci" ? "npm run build:kernels" : "npm run build", { stdio: "inherit" });
