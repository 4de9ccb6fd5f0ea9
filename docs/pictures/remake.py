"""`make pictures`: draws the command line from real runs, and the comparison from the benchmarks.

Of the other pictures each is a file that is written by hand.
"""

import signal
from pathlib import Path

from anthropic_models.sandbox import Sandbox
from rich.console import Console
from rich.text import Text

from benchmarks import comparison
from tests.support.terminal import NOW, Terminal, piped

FOLDER = Path(__file__).parent
COLUMNS = 80
PORT = 8770

# Like rich's own, but without fonts from the network: the picture needs nothing outside it.
FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace;
font-size: {char_height}px;
line-height: {line_height}px;
font-variant-east-asian: full-width;
}}
.{unique_id}-title {{
font-size: 18px;
font-weight: bold;
font-family: "DejaVu Sans", Verdana, sans-serif;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""


def drawn(name: str, command: str, received: str) -> str:
    """Return a picture of a terminal in which a command was typed."""
    with open("/dev/null", "w") as nowhere:
        console = Console(
            record=True, width=COLUMNS, file=nowhere, force_terminal=True, color_system="standard"
        )
        console.print(Text.assemble(("$ ", "bold green"), command))
        console.print(Text.from_ansi(received.replace("\r\n", "\n")))  # ends with an empty line
        svg = console.export_svg(title="", code_format=FORMAT, unique_id=name)
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines() if line.strip())


def listing() -> str:
    """Draw the models that the sandbox knows, as a table."""
    with (
        Sandbox() as sandbox,
        Terminal("list", base_url=sandbox.base_url, columns=COLUMNS, variables=NOW) as terminal,
    ):
        terminal.end()
    return drawn("list", "anthropic-models list", terminal.text)


def serving() -> str:
    """Draw a sandbox that fails twice, and then lists."""
    arguments = ["sandbox", "--port", str(PORT), "--models", "3000", "--fail", "529:2"]
    with Terminal(*arguments, columns=COLUMNS) as terminal:
        terminal.until("Ctrl-C")
        piped("list", base_url=f"http://127.0.0.1:{PORT}").check_returncode()
        terminal.until("model-001001&limit=1000 200")
        terminal.process.send_signal(signal.SIGINT)
        terminal.end()
    return drawn("sandbox", " ".join(["anthropic-models", *arguments]), terminal.text)


PICTURES = {"list": listing, "sandbox": serving}


def main() -> None:
    """Draw all pictures anew, and write the figures of the README."""
    comparison.main()
    for name, draw in PICTURES.items():
        FOLDER.joinpath(f"{name}.svg").write_text(draw(), "utf-8")


if __name__ == "__main__":
    main()
