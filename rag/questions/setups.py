"""Questions on how something was set up: settings, hardware, data and its preparation, by the names told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from rag.questions.ground import Ground, Said
from rag.questions.proposal import Claim, Proposal
from rag.questions.topics import Topic, marks

_DATA = re.compile(
    r"(?<![\w-])(?:ImageNet(?:-\d+[Kk]?)?|ILSVRC(?:[- ]?\d{4})?|CIFAR-\d+|SVHN|MNIST|(?:MS )?COCO(?: \d{4})?"
    r"|(?:PASCAL )?VOC(?: ?20\d\d)?|WMT(?: ?20\d\d)?|GLUE|SuperGLUE|SQuAD(?: v?\d\.\d)?|MNLI|BooksCorpus|BookCorpus"
    r"|Wikipedia|CommonCrawl|JFT-\d+M|VTAB|ADE20K|IMDB|Cora|Citeseer|Pubmed|PPI|LSUN|TFD|Cityscapes|Flickr|MIR Flickr"
    r"|Electricity|Traffic|Retail|Volatility|GSM8K|TriviaQA|LAMBADA|RACE|WikiText-\d+|OpenWebText|SearchQA|MultiWoZ"
    r"|WoZ ?2\.0|Penn Treebank|WSJ|newstest20\d\d)(?![\w-])"
)
_SETTINGS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in (
        ("optimizer", r"\b(?:Adam|AdamW|SGD|RMSProp|stochastic gradient descent|AdaGrad|ADADELTA|Nesterov)\b"),
        ("learning rate", r"\blearning rates?\b"),
        ("batch size", r"\b(?:mini-?)?batch(?:es)?(?: size)? (?:of|is|was|to)(?: size)? \d|\b(?:mini-?)?batch size\b"),
        ("weight decay", r"\bweight decay\b"),
        ("momentum", r"\bmomentum\b"),
        ("dropout", r"\bdropout\b"),
        ("warm-up", r"\bwarm-?up\b"),
        ("number of epochs", r"\b\d+ epochs\b"),
        ("label smoothing", r"\blabel smoothing\b"),
        ("discount factor", r"\bdiscount factor\b|\bγ = 0?\.\d+"),
        ("replay memory", r"\breplay memory of\b"),
    )
}
_PREPARED: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in (
        (
            "crops",
            (
                r"\brandom(?:ly)?(?: sampled)? crops?\b|\bcrop is (?:randomly|sampled)\b"
                r"|\bcropp(?:ed|ing)\b|\bcrops (?:are|from)\b"
            ),
        ),
        ("flips", r"\bflip(?:s|ped|ping)?\b|\bhorizontal reflections?\b"),
        ("resizing", r"\bresiz\w+|\brescal\w+"),
        (
            "color changes",
            r"\bcolor (?:jitter\w*|augmentation)\b|\bintensities of the RGB\b|\bexposure and saturation\b",
        ),
        (
            "mean subtraction",
            (
                r"\bper-pixel mean\b|\bmean (?:activity|RGB|image|pixel)\b|\bsubtract\w* the mean"
                r" (?:image|of the|RGB)\b"
            ),
        ),
        ("scaling of the inputs", r"\bz-score\b|\bnormali[sz]e the data\b|\bfeature normali[sz]ation\b"),
        ("tokens", r"\btokeniz\w+|\bbyte[- ]pair\b|\bword-?pieces?\b|\bword-?piece embeddings\b"),
        ("gray-scale frames", r"\bgr[ae]y-?scale\b"),
        ("down-sampling", r"\bdown-?sampl(?:ed|ing) (?:it|the|them|to|images?|frames?)\b"),
        ("data augmentation", r"\bdata augmentation\b|\baugmentation techniques?\b"),
        ("bag of words", r"\bbag-of-words\b"),
    )
}
_NAMED_DEVICE = re.compile(
    r"\b(?:\d+|one|two|three|four|eight|single|an?)[- ](?:[\w-]+ ){0,3}?(?:GPUs?|TPU\w*|CPUs?)\b"
    r"|GTX|Titan X|V100|P100|K40|A100|DistBelief|core-days|TPUv\d"
)
_DURATION = re.compile(
    r"\b(?:\d[\d.,]*|one|two|three|four|five|six|several|a few)(?:-| )?(?:hours?"
    r"|days?|weeks?|minutes?|ms|milliseconds|fps)\b",
    re.I,
)
_TRAINING = re.compile(r"\b(?:train\w*|pre-?train\w*|fine-?tun\w*|took|takes|learn\w*|run|ran)\b", re.IGNORECASE)
_PHASE = re.compile(r"\b(?:fine-?tun\w+|pre-?train\w*)", re.IGNORECASE)
MOST_NAMED = 3


def on_setups(ground: Ground) -> Iterator[Proposal]:
    """Yield questions on settings, preparation, hardware and data that the paper tells with their names."""
    yield from _on_named(ground, _SETTINGS, Topic.SETTINGS, "Which {names} do the authors use {place}?", least=2)
    yield from _on_named(
        ground, _PREPARED, Topic.PREPARATION, "How do the authors prepare the data {place} ({names})?", least=1
    )
    yield from _on_hardware(ground)
    yield from _on_data(ground)


def _on_named(
    ground: Ground, names: Mapping[str, re.Pattern[str]], topic: Topic, asked: str, *, least: int
) -> Iterator[Proposal]:
    """Ask for what the sentence with most of the names tells about them, and the next one that tells more."""
    told = []
    for place, said in enumerate(ground.said):
        held = [name for name, pattern in names.items() if pattern.search(said.bare)]
        if len(held) >= least and (topic is not Topic.SETTINGS or re.search(r"\d", said.bare)):
            heading = marks()[topic].field.search(said.section) is not None
            told.append(
                (len(held) + heading + bool(re.search(r"\d", said.bare)) - 2 * said.in_appendix, -place, said, held)
            )
    told.sort(key=lambda one: (-one[0], -one[1]))
    for _, _, said, held in told[:1]:
        named = _listed(held[:MOST_NAMED])
        text = asked.format(names=named, place=_where(ground, said, topic))
        yield Proposal(text, str(topic), (topic,), (_claim(said),), named, worth=0.8 - 0.2 * said.in_appendix)


def _where(ground: Ground, said: Said, topic: Topic) -> str:
    """Return the words that say of which run a sentence tells."""
    data = _DATA.search(said.bare) or _DATA.search(said.section)
    phase = _PHASE.search(said.bare) or _PHASE.search(said.section)
    if data is not None:
        return f"on {data.group()}" if topic is Topic.SETTINGS else f"of {data.group()}"
    if topic is Topic.PREPARATION:
        return f"for {ground.own_or_method}"
    if phase is not None:
        return "for " + ("fine-tuning" if phase.group().casefold().startswith("fine") else "pre-training")
    return f"in the experiments with {ground.own_name}" if ground.own_name else "in their experiments"


def _on_hardware(ground: Ground) -> Iterator[Proposal]:
    told = [said for said in ground.said if _NAMED_DEVICE.search(said.bare)]
    told.sort(
        key=lambda said: (
            said.in_appendix,
            -(2 * bool(_DURATION.search(said.bare)) + bool(_TRAINING.search(said.bare))),
        )
    )
    for said in told[:1]:
        train = "to train" if _TRAINING.search(said.bare) else "to run"
        lasts = ", and how long does that take" if _DURATION.search(said.bare) else ""
        named = _data_of(said)
        text = f"Which hardware do the authors use {train} {ground.own_or_method}{named}{lasts}?"
        yield Proposal(text, "hardware", (Topic.HARDWARE,), (_claim(said),), _named_device(said), worth=0.8)


def _named_device(said: Said) -> str:
    found = _NAMED_DEVICE.search(said.bare)
    return found.group() if found else ""


def _data_of(said: Said) -> str:
    found = _DATA.search(said.bare)
    return f" on {found.group()}" if found else ""


def _on_data(ground: Ground) -> Iterator[Proposal]:
    """Ask how large a dataset is, or what it is used for, where a sentence tells that of it by name."""
    best: dict[str, tuple[float, Said, str]] = {}
    for said in ground.said:
        for found in _DATA.finditer(said.bare):
            name = found.group()
            asked = told_of(said.bare, name)
            heading = marks()[Topic.DATA].field.search(said.section) is not None or name in said.section
            score = 1.0 + heading + 0.5 * bool(re.search(r"\d", said.bare.replace(name, ""))) - 1.5 * said.in_appendix
            if asked and score > best.get(name, (0.5, said, ""))[0]:
                best[name] = (score, said, asked)
    ranked = sorted(best.items(), key=lambda pair: -pair[1][0])
    run = f" in the experiments with {ground.own_or_method}" if ground.own_name else " in the experiments"
    for name, (score, said, asked) in ranked[:3]:
        yield Proposal(
            asked.format(run=run),
            "data",
            (Topic.DATA,),
            (_claim(said),),
            name,
            worth=min(0.85, 0.55 + 0.1 * score),
        )


def told_of(sentence: str, name: str) -> str:
    """Return what a sentence tells of a dataset, as a question; "" when it only names it."""
    there = re.escape(name)
    if re.search(
        rf"{there}(?: \w+){{0,3}} (?:contains?|consists? of|comprises?|includes?|has|uses a subset of) [^.]*\d",
        sentence,
    ):
        return f"How large is {name}, and what does the data consist of?"
    trained = r"\b(?:train|pre-?train|fine-?tun|evaluat|test|experiment|validat)\w*\b"
    if re.search(rf"{trained}[^,;.]{{0,60}}\b(?:on|using|from|with)\b[^,;.]{{0,40}}{there}", sentence):
        return f"What is {name} used for{{run}}?"
    if re.search(rf"\b[Ww]e (?:also )?(?:use|consider|choose) [^,;.]{{0,60}}{there}", sentence):
        return f"What do the authors use {name} for{{run}}?"
    return ""


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _claim(said: Said) -> Claim:
    return Claim(said.text, said.passage.first_page, said.passage.last_page)
