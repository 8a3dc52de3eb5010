import { readBertProcessor, readRobertaProcessor, TemplateProcessor } from "../../pipeline";

import type { TokenizerComponent } from "./component";

/** The post-processor `TemplateProcessing`. */
export const templateProcessing: TokenizerComponent = {
  type: "TemplateProcessing",
  post_processor: (fields) => new TemplateProcessor(fields),
};

/** The post-processor `BertProcessing`. */
export const bertProcessing: TokenizerComponent = { type: "BertProcessing", post_processor: readBertProcessor };

/** The post-processor `RobertaProcessing`. */
export const robertaProcessing: TokenizerComponent = {
  type: "RobertaProcessing",
  post_processor: readRobertaProcessor,
};
