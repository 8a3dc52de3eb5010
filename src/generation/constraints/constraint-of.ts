import { choices } from "./choices";
import { grammar } from "./gbnf/grammar";
import type { Recipe } from "./recipe";
import { regex } from "./regex/regex";
import { jsonSchema } from "./schema/json-schema";
import type { TextConstraint } from "./text-constraint";

/** The constraint of a recipe, for any vocabulary. */
export function constraintOf({ make, args }: Recipe): TextConstraint {
  switch (make) {
    case "regex":
      return regex(args[1] === "" ? args[0] : new RegExp(args[0], args[1]));
    case "choices":
      return choices(args[0]);
    case "grammar":
      return grammar(args[0]);
    case "jsonSchema":
      return jsonSchema(args[0], undefined, args[1]);
  }
}
