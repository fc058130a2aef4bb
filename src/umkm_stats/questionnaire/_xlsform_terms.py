"""The words of XLSForm: headings, question types, appearances, and the shape of names and languages."""

from __future__ import annotations

import re

PLAIN = {
    "survey": {
        "type",
        "name",
        "label",
        "hint",
        "guidance_hint",
        "required",
        "required_message",
        "relevant",
        "constraint",
        "constraint_message",
        "appearance",
        "calculation",
        "default",
        "choice_filter",
        "parameters",
        "read_only",
        "readonly",
        "repeat_count",
        "note",
        "trigger",
        "image",
        "audio",
        "video",
        "autoplay",
    },
    "choices": {"list_name", "name", "label", "image", "audio", "video"},
    "settings": {
        "form_title",
        "form_id",
        "version",
        "default_language",
        "style",
        "instance_name",
        "public_key",
        "submission_url",
        "allow_choice_duplicates",
        "auto_send",
        "auto_delete",
        "namespaces",
    },
}
TRANSLATED = {
    "label",
    "hint",
    "guidance_hint",
    "required_message",
    "constraint_message",
    "image",
    "audio",
    "video",
}
WITHOUT_ANSWER = {
    "start",
    "end",
    "today",
    "deviceid",
    "username",
    "audit",
    "background-audio",
    "phonenumber",
    "email",
}
SELECTS = ("select_one", "select_multiple", "rank")
FREE = {
    "integer",
    "decimal",
    "text",
    "date",
    "time",
    "datetime",
    "range",
    "geopoint",
    "barcode",
    "image",
    "audio",
    "video",
    "file",
    "acknowledge",
}
TYPES = {*SELECTS, *FREE, *WITHOUT_ANSWER, "note", "calculate", "hidden", "begin", "end"}
GROUP_LOOKS = {"field-list", "table-list", "summary", "no-collapse"}
SELECT_LOOKS = {
    "likert",
    "minimal",
    "quick",
    "compact",
    "horizontal",
    "horizontal-compact",
    "label",
    "list-nolabel",
    "columns",
    "columns-pack",
    "no-buttons",
    "autocomplete",
    "search",
    "quickcompact",
    "list",
}
FREE_LOOKS = {
    "numbers",
    "multiline",
    "thousands-sep",
    "bearing",
    "vertical",
    "no-ticks",
    "picker",
    "url",
    "masked",
    "no-calendar",
    "month-year",
    "year",
    "signature",
    "draw",
    "annotate",
    "new",
    "new-front",
    "ethiopian",
    "printer",
}
SIZED = re.compile(r"w[1-9]|columns-[1-9]\d?|compact-\d+|quickcompact-\d+|ex:.+|search\(.*\)")
NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
LANGUAGE = re.compile(r"^\S.* \([a-z]{2,3}(-[A-Za-z0-9]+)?\)$")
