"""The names that generation has in transformers.

test/fixtures/generation/option-names.json: the fields of GenerationConfig with the parameters of generate(), and the
parameters of apply_chat_template() and of the pipelines of texts.
"""

import importlib
import inspect
import sys
from pathlib import Path

from transformers import GenerationConfig, GenerationMixin, PreTrainedTokenizerBase
from transformers.utils import logging

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from common import FIXTURES, write_json  # noqa: E402

PIPELINES = {
    "complete": ("text_generation", "TextGenerationPipeline"),
    "entities": ("token_classification", "TokenClassificationPipeline"),
    "classify": ("text_classification", "TextClassificationPipeline"),
    "fillMask": ("fill_mask", "FillMaskPipeline"),
    "embed": ("feature_extraction", "FeatureExtractionPipeline"),
    "answer": ("document_question_answering", "DocumentQuestionAnsweringPipeline"),
}
# What is not an option there either, or only of documents that are images.
OTHERS = {"self", "kwargs", "lang", "tesseract_config", "timeout"}


def parameters(function) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name not in OTHERS]


def pipeline(module: str, name: str) -> list[str]:
    found = getattr(importlib.import_module(f"transformers.pipelines.{module}"), name)
    return parameters(found._sanitize_parameters)


def main() -> None:
    logging.set_verbosity_error()
    fields = [name for name in GenerationConfig().to_dict() if not name.startswith("_")]
    names = {
        "generate": [*fields, *parameters(GenerationMixin.generate)],
        "chatTemplate": parameters(PreTrainedTokenizerBase.apply_chat_template),
        **{task: pipeline(*where) for task, where in PIPELINES.items()},
    }
    write_json(FIXTURES / "generation" / "option-names.json", names)


main()
