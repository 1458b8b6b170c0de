"""A private sound server whose speakers and microphones exist in memory only.

The demo and the tests use it, so that they need no sound card and disturb nobody's session.
"""

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from installers.programs import START_LIMIT_S, Programs

Server = Literal["pipewire", "pulseaudio"]

# What is left of the 107 bytes that a socket's path may have.
_LONGEST_PATH = 107 - len("/pulse/native")

_PROGRAMS: dict[Server, tuple[str, ...]] = {
    "pipewire": ("pipewire", "wireplumber", "pipewire-pulse"),
    "pulseaudio": ("pulseaudio",),
}

# WirePlumber shall neither look for devices nor ask desktop services, which might get started.
_WIREPLUMBER_SETTINGS = {
    "main.lua.d/51-virtual.lua": (
        "alsa_monitor.enabled = false\n"
        "v4l2_monitor.enabled = false\n"
        "libcamera_monitor.enabled = false\n"
        'default_access.properties["enable-flatpak-portal"] = false\n'
    ),
    "bluetooth.lua.d/51-virtual.lua": "bluez_monitor.enabled = false\n",
    # From version 0.5 on.
    "wireplumber.conf.d/virtual.conf": (
        "wireplumber.profiles = { main = {\n"
        "  hardware.audio = disabled\n"
        "  hardware.bluetooth = disabled\n"
        "  hardware.video-capture = disabled\n"
        "  support.portal-permissionstore = disabled\n"
        "} }\n"
    ),
}


@dataclass(frozen=True)
class _Device:
    is_microphone: bool
    description: str
    channels: int
    rate: int

    @property
    def kind(self) -> str:
        return "source" if self.is_microphone else "sink"

    @property
    def shape(self) -> list[str]:
        return [f"channels={self.channels}", f"rate={self.rate}"]

    def sink(self, name: str) -> str:
        """Return the sink of the device called `name`."""
        return f"{name}_in" if self.is_microphone else name

    def sources(self, name: str) -> set[str]:
        """Return the sources that are there while the device called `name` is."""
        return {f"{self.sink(name)}.monitor"} | ({name} if self.is_microphone else set())


class VirtualSound:
    """A context manager; `environment` is what programs that shall hear it are started with.

    `folder` is made if need be; sockets are made in it, so its path must be short. At the start
    there are the speakers "speakers" and the microphone "mic", which are the defaults.
    Methods raise RuntimeError when the server does not do what they are for.
    """

    def __init__(
        self, folder: Path, environment: Mapping[str, str], server: Server = "pipewire"
    ) -> None:
        # PulseAudio would cut off what is too long, and put its socket elsewhere.
        if len(bytes(folder)) > _LONGEST_PATH:
            raise ValueError(f"Too long a path for sockets: {folder}")
        self.server = server
        self._folder = folder
        self._environment = dict(environment)
        self._socket = folder / "pulse" / "native"
        self._names = _PROGRAMS[server]
        self._programs = Programs(folder)
        self._stack = contextlib.ExitStack()
        self._devices = {
            "speakers": _Device(False, "Virtual speakers", channels=2, rate=48000),
            "mic": _Device(True, "Virtual microphone", channels=1, rate=48000),
        }
        self._defaults = {"sink": "speakers", "source": "mic"}
        self._modules: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        # Whatever was started is ended again when a later step fails or is interrupted.
        with contextlib.ExitStack() as stack:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            stack.enter_context(self._programs)
            self.start_server()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment variables that lead to this server and to no other."""
        return {
            "PULSE_SERVER": f"unix:{self._socket}",
            # Else every program makes such a file in its home folder.
            "PULSE_COOKIE": str(self._folder / "cookie"),
            "PIPEWIRE_RUNTIME_DIR": str(self._folder),
        }

    @property
    def environment(self) -> dict[str, str]:
        """Return a new environment for programs that shall use this server."""
        return without_sound(self._environment) | self.variables

    def add_speakers(
        self, name: str, description: str = "", channels: int = 2, rate: int = 48000
    ) -> None:
        """Plug in speakers; what is played to them is heard from the source ``NAME.monitor``."""
        self._add(name, _Device(False, description or name, channels, rate))

    def add_microphone(
        self, name: str, description: str = "", channels: int = 1, rate: int = 48000
    ) -> None:
        """Plug in a microphone; it hears what is played to the sink ``NAME_in``."""
        self._add(name, _Device(True, description or name, channels, rate))

    def remove_speakers(self, name: str) -> None:
        """Unplug speakers, also while something is played to or recorded from them."""
        self._remove(name)

    def remove_microphone(self, name: str) -> None:
        """Unplug a microphone, also while something is recorded from it."""
        self._remove(name)

    def set_default_speakers(self, name: str) -> None:
        """Choose the speakers of programs that name none."""
        self._set_default("sink", name)

    def set_default_microphone(self, name: str) -> None:
        """Choose the microphone of programs that name none."""
        self._set_default("source", name)

    def kill_server(self) -> None:
        """End the server as a crash would."""
        self._programs.kill(*self._names)

    @contextlib.contextmanager
    def frozen_server(self) -> Iterator[None]:
        """Have the server answer nobody for a while."""
        with self._programs.frozen(*self._names):
            yield

    def start_server(self) -> None:
        """Start the server again after `kill_server`, with the devices and defaults it had."""
        self._modules.clear()
        if self.server == "pipewire":
            self._start_pipewire()
        else:
            self._start_pulseaudio()
        self._wait_until(lambda: self._pactl("info") is not None)
        for name, device in self._devices.items():
            self._plug_in(name, device)

    def _start_pipewire(self) -> None:
        for name, text in _WIREPLUMBER_SETTINGS.items():
            path = self._folder / "wireplumber" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        socket = self._folder / "pipewire-0"
        # One that a killed server left behind would be taken for the new one's.
        socket.unlink(missing_ok=True)
        environment = self._server_environment()
        first, *others = self._names
        self._programs.start([first], environment)
        self._programs.wait_until(socket.exists, first)
        for name in others:
            self._programs.start([name], environment)

    def _start_pulseaudio(self) -> None:
        self._socket.parent.mkdir(mode=0o700, exist_ok=True)
        command = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--fail=yes"]
        command += ["--exit-idle-time=-1", "--high-priority=no", "--realtime=no"]
        command += ["-L", f"module-native-protocol-unix auth-anonymous=1 socket={self._socket}"]
        self._programs.start(command, self._server_environment())

    def _server_environment(self) -> dict[str, str]:
        environment = without_sound(self._environment)
        # PipeWire would connect to the X server to ring its bell, and end when that ends.
        environment.pop("DISPLAY", None)
        # No message bus is needed, and on a given one desktop services might get started.
        return environment | {
            "XDG_RUNTIME_DIR": str(self._folder),
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }

    def _add(self, name: str, device: _Device) -> None:
        if name in self._devices:
            raise RuntimeError(f"There is a device {name} already.")
        self._plug_in(name, device)
        self._devices[name] = device

    def _remove(self, name: str) -> None:
        device = self._devices.pop(name)
        for module in reversed(self._modules.pop(name)):
            self._ask("unload-module", module)
        self._wait_until(lambda: not device.sources(name) & self._sources())

    def _plug_in(self, name: str, device: _Device) -> None:
        modules = self._modules[name] = []
        sink = device.sink(name)
        inner = f"Input of {device.description}" if device.is_microphone else device.description
        wanted = ["module-null-sink", f"sink_name={sink}", _described("sink", inner)]
        if self.server == "pulseaudio":
            # Else an idle sink works in blocks of 2 s, and its monitor is heard as late.
            wanted.append("norewinds=1")
        modules.append(self._ask("load-module", *wanted, *device.shape))
        if device.is_microphone and self.server == "pulseaudio":
            wanted = ["module-remap-source", f"source_name={name}", f"master={sink}.monitor"]
            wanted.append(_described("source", device.description))
            modules.append(self._ask("load-module", *wanted, *device.shape))
        elif device.is_microphone:
            # A remapped source would begin with 5 ms of what was played before it was recorded.
            wanted = ["module-null-sink", f"sink_name={name}", "media.class=Audio/Source/Virtual"]
            wanted.append(_described("sink", device.description))
            modules.append(self._ask("load-module", *wanted, *device.shape))
            self._wait_until(lambda: self._is_linked(sink, name, device.channels))
        self._wait_until(lambda: device.sources(name) <= self._sources())
        if self._defaults[device.kind] == name:
            self._set_default(device.kind, name)

    def _is_linked(self, sink: str, source: str, channels: int) -> bool:
        """Have PipeWire carry what is played to `sink` to `source`; return whether it does."""
        ends = [("--output", f"{sink}:monitor_"), ("--input", f"{source}:input_")]
        ports = [
            [port for port in (self._run("pw-link", end) or "").split() if port.startswith(start)]
            for end, start in ends
        ]
        if any(len(each) < channels for each in ports):
            return False
        return all(self._run("pw-link", *pair) is not None for pair in zip(*ports, strict=True))

    def _set_default(self, kind: str, name: str) -> None:
        # PipeWire takes it from the moment on when its session manager has got ready.
        self._wait_until(
            lambda: (
                self._pactl(f"set-default-{kind}", name) is not None
                and self._pactl(f"get-default-{kind}") == name
            )
        )
        self._defaults[kind] = name

    def _sources(self) -> set[str]:
        lines = (self._pactl("list", "short", "sources") or "").splitlines()
        return {line.split("\t")[1] for line in lines}

    def _wait_until(self, is_so: Callable[[], bool]) -> None:
        self._programs.wait_until(is_so, *self._names)

    def _ask(self, *arguments: str) -> str:
        """Return the answer of pactl; raises RuntimeError when there is none."""
        answer = self._pactl(*arguments)
        if answer is None:
            raise self._programs.failure(*self._names, did=f"do: pactl {' '.join(arguments)}")
        return answer

    def _pactl(self, *arguments: str) -> str | None:
        return self._run("pactl", *arguments)

    def _run(self, *command: str) -> str | None:
        """Return what `command` printed, or None when it failed."""
        done = subprocess.run(
            command,
            env=self.environment | {"LC_ALL": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=START_LIMIT_S,
            check=False,
        )
        return None if done.returncode else done.stdout.strip()


def installed_server() -> Server | None:
    """Return a server whose programs are all on this machine; PipeWire rather than PulseAudio."""
    return next((each for each, names in _PROGRAMS.items() if all(map(shutil.which, names))), None)


def without_sound(environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` without what leads to a sound server or sound device."""
    leading = ("PULSE_", "PIPEWIRE_", "WIREPLUMBER_")
    return {name: value for name, value in environment.items() if not name.startswith(leading)}


def _described(kind: str, description: str) -> str:
    if set(description) & set("\"'\\"):
        raise ValueError(f"Quotes in the description of a device: {description}")
    return f"{kind}_properties=\"device.description='{description}'\""
