"""Bindings written down as the text of a binding file."""

import json
from dataclasses import fields

from gesturelrcn.actions.bindings.bindings import Binding, Bindings, Options, Profile, Rules
from gesturelrcn.events import Phase


def bindings_to_toml(bindings: Bindings) -> str:
    """The text of a file from which `parse_bindings` reads the same bindings.

    A `Call` is written as the words that stand for it, which cannot be read again.
    """
    blocks = [_options(bindings.options)]
    blocks += [_binding(binding, "bind") for binding in bindings.all]
    for profile in bindings.profiles:
        blocks.append(_profile(profile))
        blocks += [_binding(binding, f"profile.{_name(profile)}.bind") for binding in profile.bindings]
    return "\n\n".join(blocks) + "\n"


def _options(options: Options) -> str:
    lines = ["[options]"]
    for each in fields(Options):
        value = getattr(options, each.name)
        if each.name != "rules" and value is not None:
            lines.append(f"{each.name} = {_value(value)}")
    return "\n".join(lines + _rules(options.rules))


def _profile(profile: Profile) -> str:
    lines = [f"[profile.{_name(profile)}]", f"match = {_value(list(profile.match))}"]
    lines += [f"full_screen = {_value(profile.full_screen)}", f"alone = {_value(profile.alone)}"]
    return "\n".join(lines + _rules(profile.rules))


def _binding(binding: Binding, header: str) -> str:
    lines = [f"[[{header}]]", f"gesture = {_value(binding.gesture)}"]
    steps = [str(step) for step in binding.action.steps]
    lines += [f"do = {_value(steps if len(steps) > 1 else steps[0])}", f"on = {_value(binding.on.value)}"]
    if binding.on is Phase.HOLD:
        lines.append(f"after = {_value(binding.after)}")
    if binding.repeat is not None:
        lines.append(f"repeat = {_value(binding.repeat)}")
    if binding.says:
        lines.append(f"says = {_value(binding.says)}")
    if binding.sensitivity is not None:
        lines.append(f"sensitivity = {_value(binding.sensitivity)}")
    if binding.turn_on:
        lines.append("turn_on = true")
    return "\n".join(lines + _rules(binding.rules))


def _rules(rules: Rules) -> list[str]:
    said = ((each.name, getattr(rules, each.name)) for each in fields(Rules))
    return [f"{name} = {_value(value)}" for name, value in said if value is not None]


def _name(profile: Profile) -> str:
    return _value(profile.name)


def _value(value: object) -> str:
    """Texts, numbers, truths and lists of texts look the same in JSON and TOML; chords are texts."""
    plain = value if isinstance(value, str | bool | int | float | list) else str(value)
    # TOML wants U+007F escaped, which JSON does not; surrogate pairs it does not know at all.
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")
