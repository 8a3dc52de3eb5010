import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { declareClassPlugin, declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

const floor = process.env.MUTANTS_FLOOR;
const share = Number(process.env.MUTANTS_SAMPLE ?? 1);

const isUnit = ({ node: { type } }) => /Statement|^VariableDeclaration/.test(type) && type !== "BlockStatement";

/** Skips outermost statements, chosen by a hash of their position, until the wanted share is left. */
const sample = {
  shouldIgnore(path) {
    if (share >= 1 || !isUnit(path) || path.findParent(isUnit)) return undefined;
    const { start, end } = path.node;
    const drawn = createHash("sha256").update(`${start}-${end}`).digest().readUInt32BE() / 2 ** 32;
    return drawn < share ? undefined : "not in the sample";
  },
};

/** Appends each survivor when it is found, and a summary row at the end. */
class Survivors {
  onMutantTested({ status, fileName, location, mutatorName, replacement }) {
    if (status !== "Survived" && status !== "NoCoverage") return;
    const { line, column } = location.start;
    const path = fileName.slice(fileName.indexOf("src/"));
    this.#write(
      `- ${path}:${line}:${column} ${mutatorName}: \`${replacement.replaceAll(/\s+/g, " ").slice(0, 80)}\`${status === "NoCoverage" ? " (no test comes here)" : ""}`,
    );
  }

  onMutationTestReportReady(_report, { systemUnderTestMetrics: { metrics } }) {
    const { killed, timeout, survived, noCoverage, mutationScore } = metrics;
    this.#write(
      `\n**${floor}**: ${killed} noticed, ${timeout} by time, ${survived + noCoverage} not: ${mutationScore.toFixed(1)} % (share planted: ${share})\n`,
    );
  }

  #write(line) {
    appendFileSync(".stryker/mutants.md", `${line}\n`);
  }
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "sample", sample),
  declareClassPlugin(PluginKind.Reporter, "survivors", Survivors),
];
