import type { EncoderModel } from "../../models";
import type { Family } from "../family";
import { roberta } from "./roberta";

/** CamemBERT: RoBERTa for French. @see Martin et al. 2019 (arXiv 1911.03894) */
export const camembert: Family<EncoderModel> = { ...roberta, modelTypes: ["camembert"], classes: "Camembert" };
