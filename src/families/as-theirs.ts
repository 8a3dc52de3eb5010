import type { WritableTensor } from "../checkpoint";
import type { ConfigObject } from "./config-fields";
import type { Family } from "./family";
import { toTheirs } from "./layout";
import type { Link } from "./name-map";
import { written } from "./stored-names";

/** Values of a model's parameters, given by path, as the tensors of a checkpoint. */
export function asTheirs(
  family: Family,
  config: ConfigObject,
  links: readonly Link[],
  values: (path: string) => Float32Array,
  dtype: WritableTensor["dtype"] = "F32",
): Map<string, WritableTensor> {
  const architecture = Array.isArray(config.architectures) ? config.architectures[0] : undefined;
  return new Map(
    links.map((link) => {
      const name = written(link.theirs, family.spelling, architecture);
      return [name, { shape: link.shape, data: toTheirs(link, values), dtype }];
    }),
  );
}
