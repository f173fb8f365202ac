"""Validates a JSON file by a JSON Schema, or reads a recipe.

    validate.py json SCHEMA FILE      exit status 1, and what is wrong, where FILE does not follow SCHEMA
    validate.py recipe FILE.md        prints, as JSON, the blocks of code: language, and for YAML the shell steps inside
"""

import json
import re
import sys

import jsonschema
import yaml


def validate(schema_file, file):
    with open(schema_file, encoding="utf-8") as opened:
        schema = json.load(opened)
    with open(file, encoding="ascii") as opened:
        instance = json.load(opened)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    wrong = [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in kind(schema).iter_errors(instance)]
    print("\n".join(wrong[:10]))
    return 1 if wrong else 0


def steps_of(document):
    """The shell steps of a GitHub workflow or a GitLab pipeline: their name and script."""
    if "jobs" in document:
        return [
            {"name": step.get("name", ""), "script": step["run"]}
            for job in document["jobs"].values() for step in job["steps"] if "run" in step
        ]
    return [
        {"name": f"{name}: {part}", "script": "\n".join(job[part])}
        for name, job in document.items() if isinstance(job, dict)
        for part in ("before_script", "script", "after_script") if part in job
    ]


def read_recipe(file):
    with open(file, encoding="utf-8") as opened:
        text = opened.read()
    blocks = []
    for language, content in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S):
        block = {"language": language, "content": content}
        if language == "yaml":
            block["steps"] = steps_of(yaml.safe_load(content))
        blocks.append(block)
    json.dump(blocks, sys.stdout)
    return 0


sys.exit(validate(*sys.argv[2:]) if sys.argv[1] == "json" else read_recipe(*sys.argv[2:]))
