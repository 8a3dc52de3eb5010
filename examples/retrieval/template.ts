/**
 * Puts the documents with their sources before the question, and begins the reply as the story model's texts begin. Models
 * made for chats bring a template of their own.
 */
export const template = `{% for document in documents %}
[{{ loop.index }}] {{ document.title }}: {{ document.text }}
{% endfor %}
{% for message in messages %}
{{ message.content }}
{% endfor %}
{% if add_generation_prompt %}Once upon a time{% endif %}`;
