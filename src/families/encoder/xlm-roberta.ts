import type { EncoderModel } from "../../models";
import type { Family } from "../family";
import { roberta } from "./roberta";

/** XLM-RoBERTa: RoBERTa for a hundred languages. @see Conneau et al. 2019 (arXiv 1911.02116) */
export const xlmRoberta: Family<EncoderModel> = {
  ...roberta,
  modelTypes: ["xlm-roberta"],
  classes: "XLMRoberta",
};
