import { laterOf } from "../later";
import type { Family, Model } from "./family";

/** The functions of a family that can also write the config of a model. */
export type FamilyCode<M extends Model> = Required<Pick<Family<M>, "toModel" | "toConfig" | "names">>;

/**
 * The functions of a family that is data until a config names it: they and the model's blocks are in another file, which
 * a page loads while it reads the tokenizer.
 *
 * @param name of the family, for messages
 */
export function codeLater<M extends Model>(
  name: string,
  load: () => Promise<FamilyCode<M>>,
): FamilyCode<M> & Required<Pick<Family<M>, "load">> {
  const code = laterOf(`the family ${name}`, load);
  const now = (called: string): FamilyCode<M> => {
    if (code.now !== undefined) return code.now;
    const advice = `await ${name}.load() before, or spread ${name} into the family that calls it`;
    throw new Error(`${name}.${called}: the code of the family is not loaded yet; ${advice}`);
  };
  return {
    load: code.load,
    toModel: (config, has) => now("toModel").toModel(config, has),
    toConfig: (flat) => now("toConfig").toConfig(flat),
    names: (model, has) => now("names").names(model, has),
  };
}
