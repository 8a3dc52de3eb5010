import { describeJson } from "../../../fields";
import { compileRegex, problem, RegexProblem } from "../../text";
import type { TokenizerComponent } from "./component";

/** Patterns of type `Regex`, in Oniguruma's syntax. */
export const regex: TokenizerComponent = {
  type: "Regex",
  pattern(fields) {
    const source = fields.string("Regex");
    try {
      return compileRegex(source);
    } catch (error) {
      if (!(error instanceof RegexProblem)) throw error;
      throw problem(
        fields.path("Regex"),
        `${describeJson(source)} (${error.message})`,
        "an Oniguruma regular expression",
      );
    }
  },
};
