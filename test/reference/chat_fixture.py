"""What transformers renders with the chat templates in ../fixtures/tasks/chat-templates, which are written for this test.

Writes ../fixtures/tasks/chat.json: the conversations, and for each template the text of each of them, or the line at which
it fails. The clock stands still at 2026-02-03 04:05:06.
"""

import datetime
import json
import traceback

from common import FIXTURES
from transformers.utils import chat_template_utils as reference

folder = FIXTURES / "tasks" / "chat-templates"
tokens = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}

weather = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the current weather",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "The city's name"},
                "days": {"type": "integer", "minimum": 1, "default": 3},
                "units": {"type": "string", "enum": ["celsius", "fahrenheit"], "default": None},
                "tags": {"type": "array", "items": {"type": "string"}},
                "exact": {"type": "boolean", "default": True},
                "threshold": {"type": "number", "default": 0.5},
            },
            "required": ["city"],
        },
        "return": {"type": "object", "description": "a <b>report</b> & more"},
    },
}
time = {"type": "function", "function": {"name": "now", "description": 'The time "now", naïve', "parameters": {"type": "object", "properties": {}}}}


def user(content):
    return {"role": "user", "content": content}


def assistant(content, **more):
    return {"role": "assistant", "content": content, **more}


def system(content):
    return {"role": "system", "content": content}


def call(arguments):
    return {"type": "function", "id": "call12345", "function": {"name": "get_weather", "arguments": arguments}}


prompt = {"add_generation_prompt": True}
conversations = [
    {"messages": [user("Hello")], **prompt},
    {"messages": [user("a"), assistant("b"), user("c"), assistant("d")]},
    {
        "messages": [system("You are kind."), user(" Hi there \n"), assistant("\n Hello! \n\n"), user("naïve 🐻 \"quoted\" 'single' <b>&amp;</b>")],
        **prompt,
    },
    {"messages": [system("s"), user("a"), assistant("<think>\n some  thought \n</think>\n\n  the answer "), user("more")], **prompt},
    {"messages": [user("a"), assistant("b", reasoning_content=" because \n")]},
    {"messages": [user("Weather in Bern?")], "tools": [weather, time], **prompt},
    {
        "messages": [
            system("Use tools."),
            user("Weather?"),
            assistant(None, tool_calls=[call({"city": "Bern", "days": 2, "exact": True, "x": None, "f": 1.5, "l": ["a", 1]})]),
            {"role": "tool", "name": "get_weather", "tool_call_id": "call12345", "content": '{"t": 21}'},
            assistant("It is 21."),
            user("Thanks"),
        ],
        "tools": [weather],
        **prompt,
    },
    {
        "messages": [
            user("Weather?"),
            assistant("", tool_calls=[call('{"city": "Bern"}'), call('{"city": "Rom"}')]),
            {"role": "tool", "tool_call_id": "call12345", "content": "one"},
            {"role": "tool", "tool_call_id": "call12345", "content": "two"},
        ],
        **prompt,
    },
    {"messages": [user([{"type": "image", "url": "bear.png"}, {"type": "text", "text": "What is this? "}])], **prompt},
    {"messages": [user("q")], "documents": [{"title": "T1", "text": "doc one"}, {"text": "doc\ntwo"}], **prompt},
    {"messages": [user("q")], "variables": {"enable_thinking": False, "add_vision_id": True, "controls": {"length": "short"}}, **prompt},
    {"messages": [system(""), user(""), assistant("")]},
    {"messages": [user("q"), assistant("The answer is ")], "continue_final_message": True},
]


class Clock(datetime.datetime):
    @classmethod
    def now(cls, *_):
        return cls(2026, 2, 3, 4, 5, 6)


reference.datetime = Clock


def rendered(template, conversation):
    given = {**tokens, **conversation, **conversation.get("variables", {})}
    given.pop("variables", None)
    messages = reference._normalize_chat_messages(given.pop("messages"))
    try:
        return reference.render_jinja_template(conversations=[messages], chat_template=template, **given)[0][0]
    except Exception as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
        says = str(error) if type(error).__name__ == "TemplateError" else None
        return {"line": lines[-1] if lines else None, "says": says}


templates = {path.stem: path.read_text() for path in sorted(folder.glob("*.jinja"), key=lambda path: path.stem)}
texts = {name: [rendered(text, one) for one in conversations] for name, text in templates.items()}
path = FIXTURES / "tasks" / "chat.json"
path.write_text(json.dumps({"conversations": conversations, "texts": texts}, indent=1, ensure_ascii=False) + "\n")
failed = [(name, one) for name, all in texts.items() for one in all if isinstance(one, dict)]
print(len(texts), sum(map(len, texts.values())), len(failed))
