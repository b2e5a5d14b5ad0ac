"""Which gesture does what, under which conditions, in which program: plain values.

`load_bindings` reads them from a file; in Python they are written down as they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace

from gesturelrcn.actions.action import Action
from gesturelrcn.actions.desktop.window import Corner, Window
from gesturelrcn.actions.keys import Chord
from gesturelrcn.errors import BindingError
from gesturelrcn.events import Phase
from gesturelrcn.thresholds import Sensitivities, Sensitivity, is_off

TURN_ON = "if you want it all the same, write turn_on = true into its binding"
"""The remedy for a binding of a gesture that the model has off."""

DEFAULT_HOLD = 0.5
"""Seconds that a gesture is held before a binding `on = "hold"` without `after` fires."""


def two_sensitivities(gesture: str, one: str, other: str) -> str:
    """What is said where bindings want one gesture to start in two ways."""
    return (
        f"bindings of {gesture!r} ask for the sensitivities {one!r} and {other!r}; a gesture has one,"
        " whichever program is in front"
    )


@dataclass(frozen=True)
class Rules:
    """When a binding may fire. None is "not said here": binding goes before profile, profile before options.

    Attributes:
        cooldown: seconds after it fired in which it does not fire again.
        return_stroke: seconds after the end of a gesture in which its mirror picture does nothing: that is
            the hand on its way back.
        inhibit_while_typing: seconds after the last key on the real keyboard in which nothing fires.
        pause_while_mouse: seconds after the last move or click of the real mouse in which nothing fires.
        needs_arming: fires only while armed, where the options say what arms.
    """

    cooldown: float | None = None
    return_stroke: float | None = None
    inhibit_while_typing: float | None = None
    pause_while_mouse: float | None = None
    needs_arming: bool | None = None

    def over(self, other: "Rules") -> "Rules":
        """These rules, and those of `other` where these say nothing."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return replace(other, **{name: value for name, value in values.items() if value is not None})


DEFAULT_RULES = Rules(
    cooldown=0.7, return_stroke=0.7, inhibit_while_typing=1.0, pause_while_mouse=1.0, needs_arming=True
)
"""What holds where nothing is said."""


@dataclass(frozen=True)
class Binding:
    """One gesture and what it does.

    Attributes:
        gesture: name of the gesture.
        action: what happens.
        on: the phase that fires: at the `start`, once it has been held for `after`, or at its `end`.
        after: seconds from the start of the gesture; only for `on=Phase.HOLD`.
        repeat: seconds from one firing to the next while the gesture is held on, or None for once.
        rules: when it may fire, as far as this binding itself says.
        says: what it does in the user's words, for help and display; empty where nobody wrote any.
        sensitivity: how readily its gesture starts, for all bindings of that gesture; None if not said here.
        turn_on: its gesture shall start although the model has it off.
    """

    gesture: str
    action: Action
    on: Phase = Phase.START
    after: float = 0.0
    repeat: float | None = None
    rules: Rules = Rules()
    says: str = ""
    sensitivity: Sensitivity | None = None
    turn_on: bool = False

    def __post_init__(self) -> None:
        """The plain word will do for the phase: `on="hold"`."""
        object.__setattr__(self, "on", Phase(self.on))

    @property
    def meaning(self) -> str:
        """What it does, in the user's words or in the notation of actions."""
        return self.says or str(self.action)


@dataclass(frozen=True)
class Profile:
    """Bindings for one program.

    Attributes:
        name: as the file calls it.
        match: texts of which one has to occur in the title or the program name of the window in front,
            in upper or lower case.
        full_screen: the window has to cover the screen as well.
        alone: no binding outside of the profile fires there.
        bindings: go before those outside for the same gesture and phase.
        rules: go before those of the options.
    """

    name: str
    match: tuple[str, ...]
    full_screen: bool = False
    alone: bool = False
    bindings: tuple[Binding, ...] = ()
    rules: Rules = Rules()

    def fits(self, window: Window) -> bool:
        """Is this the profile for that window in front?"""
        if self.full_screen and not window.full_screen:
            return False
        names = (window.title.lower(), window.program.lower())
        return any(text.lower() in name for text in self.match for name in names)


@dataclass(frozen=True)
class Options:
    """What holds for all bindings of a file. Times are seconds.

    Attributes:
        arm: the gesture that arms; None where nothing has to be armed.
        arm_after: how long that gesture is held.
        arm_for: how long it stays armed; every action that fires lets this time begin anew.
        arm_key: hot-key that arms, and disarms.
        pause: gesture that pauses, and goes on; None for no such gesture.
        pause_after: how long that gesture is held.
        pause_key: hot-key that pauses, and goes on.
        stop_corner: corner of the screen into which the real mouse is pushed to stop everything.
        commands: `run` and `shell` are allowed.
        command_limit: how long a command may take.
        only_in_profiles: nothing fires where no profile fits the window in front.
        sensitivity: how readily gestures start of which no binding says it; None for as the stream has it.
        armed_sensitivity: the same while armed; None for no other one.
        rules: what holds where neither binding nor profile says anything.
    """

    arm: str | None = None
    arm_after: float = 0.5
    arm_for: float = 8.0
    arm_key: Chord | None = None
    pause: str | None = None
    pause_after: float = 1.0
    pause_key: Chord | None = None
    stop_corner: Corner = "top-left"
    commands: bool = False
    command_limit: float = 5.0
    only_in_profiles: bool = False
    sensitivity: Sensitivity | None = None
    armed_sensitivity: Sensitivity | None = None
    rules: Rules = Rules()

    @property
    def arming(self) -> bool:
        """Something has to be done before anything fires."""
        return self.arm is not None or self.arm_key is not None


@dataclass(frozen=True)
class Bindings:
    """All bindings of one file in their order. In Python: `Bindings((Binding("wave", Key("F5")),))`.

    Attributes:
        all: those outside of profiles.
        options: what holds for all.
        profiles: the first one that fits the window in front counts.
    """

    all: tuple[Binding, ...] = ()
    options: Options = field(default_factory=Options)
    profiles: tuple[Profile, ...] = ()

    def __post_init__(self) -> None:
        """A gesture has one sensitivity, whatever its bindings are and whichever program is in front."""
        said: dict[str, Sensitivity] = {}
        for binding in self:
            if binding.sensitivity is not None:
                before = said.setdefault(binding.gesture, binding.sensitivity)
                if before != binding.sensitivity:
                    raise BindingError(two_sensitivities(binding.gesture, before, binding.sensitivity))

    def __iter__(self) -> Iterator[Binding]:
        """Every binding, those of the profiles last."""
        yield from self.all
        for profile in self.profiles:
            yield from profile.bindings

    def __len__(self) -> int:
        return len(self.all) + sum(len(profile.bindings) for profile in self.profiles)

    def profile_for(self, window: Window | None) -> Profile | None:
        """The first profile that fits this window in front."""
        if window is None:
            return None
        return next((profile for profile in self.profiles if profile.fits(window)), None)

    def matching(self, gesture: str, phase: Phase, profile: Profile | None = None) -> list[Binding]:
        """The bindings of this gesture that fire in this phase: those of the profile if it has any."""
        of_profile = profile.bindings if profile else ()
        matches = [each for each in of_profile if (each.gesture, each.on) == (gesture, phase)]
        if matches or (profile is not None and profile.alone):
            return matches
        return [each for each in self.all if (each.gesture, each.on) == (gesture, phase)]

    def sensitivities(self, asked: Sensitivities, *, armed: bool) -> Sensitivities:
        """How readily gestures start: as the bindings say, and where they do not, as `asked`."""
        options = self.options
        general = (armed and options.armed_sensitivity) or options.sensitivity or asked.general
        own = {each.gesture: each.sensitivity for each in self if each.sensitivity is not None}
        turned_on = {each.gesture for each in self if each.turn_on}
        return Sensitivities(general, {**asked.of, **own}, asked.turned_on | turned_on)

    def must_be_on(self, off: Mapping[str, str]) -> None:
        """Look whether every gesture that is bound starts, or is turned on by its binding.

        Args:
            off: gestures that the model has off -> why.

        Raises:
            BindingError: one of them is not.
        """
        for binding in self:
            if binding.gesture in off and not binding.turn_on:
                raise BindingError(is_off(binding.gesture, off[binding.gesture], TURN_ON))

    def rules_of(self, binding: Binding | None, profile: Profile | None = None) -> Rules:
        """What holds for this binding, or for any, while this profile is in force; no field of it is None."""
        rules = self.options.rules.over(DEFAULT_RULES)
        if profile is not None:
            rules = profile.rules.over(rules)
        return rules if binding is None else binding.rules.over(rules)

    def only(self, gestures: Iterable[str]) -> "Bindings":
        """The bindings of these gestures, for example of those that a model recognises."""
        names = set(gestures)

        def of_these(bindings: tuple[Binding, ...]) -> tuple[Binding, ...]:
            return tuple(binding for binding in bindings if binding.gesture in names)

        options = replace(
            self.options,
            arm=self.options.arm if self.options.arm in names else None,
            pause=self.options.pause if self.options.pause in names else None,
        )
        profiles = tuple(replace(each, bindings=of_these(each.bindings)) for each in self.profiles)
        return Bindings(of_these(self.all), options, profiles)
