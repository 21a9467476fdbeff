"""Says what is measured and about how long the rest takes: on a terminal one line that the next overwrites, in a pipe a line now and then. Left out:
times of earlier calls; the first figures are those of the first measurements."""
import contextlib
import sys
import time

PIPE_INTERVAL_S = 10


def show(text, end='\n'):
    """To standard error, which may be a terminal that was closed: what was measured is written all the same."""
    with contextlib.suppress(OSError):
        print(text, end=end, file=sys.stderr, flush=True)


class Progress:
    def __init__(self, libraries):
        self.left = {}  # measurements by library
        for library in libraries:
            self.left[library] = self.left.get(library, 0) + 1
        self.number = 0
        self.count = sum(self.left.values())
        self.seconds = {library: [] for library in self.left}
        self.terminal = sys.stderr.isatty()
        self.said = 0.0

    def remaining(self):
        """Seconds, or None before the first measurement: each library's mean, of those that have one."""
        means = {library: sum(times) / len(times) for library, times in self.seconds.items() if times}
        if not means:
            return None
        usual = sum(means.values()) / len(means)
        return sum(count * means.get(library, usual) for library, count in self.left.items())

    def start(self, what):
        self.number += 1
        rest = self.remaining()
        left = '' if rest is None else f'; about {rest:.0f} s left' if rest < 90 else f'; about {rest / 60:.0f} min left'
        text = f'[{self.number}/{self.count}] {what}{left}'
        if self.terminal:
            show(f'\r\033[K{text}', end='')
        elif time.monotonic() - self.said >= PIPE_INTERVAL_S or self.number == 1:
            self.said = time.monotonic()
            show(text)

    def done(self, library, seconds):
        self.left[library] -= 1
        if seconds is not None:  # None: it was not measured at all
            self.seconds[library].append(seconds)

    def end(self):
        if self.terminal:
            show('\r\033[K', end='')
