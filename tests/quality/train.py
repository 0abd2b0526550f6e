"""Learn from the labelled statements what the package ships, and write it to `learned.npz`.

    pip install '.[train]'
    python tests/quality/train.py

A net with one hidden layer: the traits of a text (runs of one to four characters, words in
dictionary form), and how strongly its associated words lean towards each issue, rouse hidden
units; these weigh for or against each tag, and for no issue at all. Half of the hidden units
and two fifths of the traits are left out at random at each step, so that no single wording is
relied on (dropout, Srivastava et al. 2014). Two such nets that began differently are laid side by
side and their odds averaged: what only one of them believes counts half. A tag that careful people
may or may not give is not learned from. Same examples and seeds, same net on the same machine.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from measure import read_part
from torch.nn.functional import binary_cross_entropy_with_logits, dropout, embedding_bag

import watamachi_analysis as wm
from watamachi_analysis.codebook import KINDS
from watamachi_analysis.learned import NONE, find_traits, lean

EXAMPLES = Path(__file__).parent / "examples"
FILE = Path(wm.__file__).parent / "resources" / "codebook" / "learned.npz"

FEWEST_TEXTS, MOST_TRAITS = 4, 90_000  # rarer traits say nothing of other texts
HIDDEN = 128
ROUNDS, BATCH, STEP = 10, 128, 4e-3
LEFT_OUT_UNITS, LEFT_OUT_TRAITS = 0.5, 0.4
DECAY = 1e-4
SEEDS = (0, 1)  # a third net adds nothing
STEPS = 7  # a weight is kept as a whole number of steps, -7 to 7: a sixth of the size


def read_examples() -> pd.DataFrame:
    """Return the labelled statements, tags as sets, with the name of their `file`."""
    names = [f"examples/{path.stem}" for path in sorted(EXAMPLES.glob("*.csv"))]
    parts = [read_part(name).assign(file=name) for name in (*names, "learn")]
    return pd.concat(parts, ignore_index=True)


def choose_traits(traits: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return the traits that enough texts share, the most frequent first, with their rows."""
    counts = Counter(trait for own in traits for trait in own if "\n" not in trait)
    often = (trait for trait, number in counts.items() if number >= FEWEST_TEXTS)
    kept = sorted(often, key=lambda trait: (-counts[trait], trait))[:MOST_TRAITS]
    return {trait: row for row, trait in enumerate(kept)}


class Net(torch.nn.Module):
    """What `watamachi_analysis.learned.Learned` computes, in a form that can be trained."""

    def __init__(self, traits: int, issues: int, tags: int) -> None:
        super().__init__()
        self.traits = torch.nn.Parameter(torch.randn(traits, HIDDEN) * 0.05)
        self.leaning = torch.nn.Linear(issues, HIDDEN)
        self.weights = torch.nn.Linear(HIDDEN, tags)
        torch.nn.init.constant_(self.weights.bias, -2.5)  # most tags are absent from most texts

    def forward(self, rows: list[np.ndarray], leaning: torch.Tensor) -> torch.Tensor:
        """Return the log odds of each text and tag."""
        starts = torch.tensor(np.cumsum([0, *map(len, rows[:-1])]))
        shares = [np.full(len(own), max(len(own), 1) ** -0.5, np.float32) for own in rows]
        total = embedding_bag(
            torch.from_numpy(np.concatenate(rows)),
            self.traits,
            starts,
            mode="sum",
            sparse=True,
            per_sample_weights=torch.from_numpy(np.concatenate(shares)),
        )
        roused = torch.relu(total + self.leaning(leaning))
        return self.weights(dropout(roused, LEFT_OUT_UNITS, self.training))


def label(table: pd.DataFrame, tags: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return which tags each text carries, and of which it is not said whether it does."""
    has, unsaid = [], []
    for row in table.itertuples():
        asked = row.issues | row.kinds | (set() if row.issues else {NONE})
        optional = row.optional_issues | row.optional_kinds
        open_ones = optional | ({NONE} if optional and not row.issues else set())
        has.append([tag in asked for tag in tags])
        unsaid.append([tag in open_ones - (asked - {NONE}) for tag in tags])
    return np.array(has, dtype=np.float32), np.array(unsaid)


def shuffle(size: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield the numbers of all texts in batches, in random order."""
    order = random.permutation(size)
    yield from (order[start : start + BATCH] for start in range(0, size, BATCH))


def train(
    table: pd.DataFrame, book: wm.Codebook, seeds: Sequence[int] = SEEDS
) -> dict[str, np.ndarray]:
    """Return what is learned from labelled statements, as `learned.unpack` reads it.

    Parameters
    ----------
    table
        `text` and the four columns of tags, as sets.
    book
        Its spellings and associations are used.
    seeds
        Of all that is left to chance: one for each of the nets whose odds are averaged.
    """
    issues, tags = list(book.labels), [*book.labels, *KINDS, NONE]
    texts = [book.spellings.fold(str(text)).text for text in table["text"]]
    traits = [find_traits(text) for text in texts]
    columns = choose_traits(traits)
    rows = [np.array([columns[trait] for trait in own if trait in columns], int) for own in traits]
    leaning = torch.tensor(
        np.array([lean(text, book.associations, issues) for text in texts]), dtype=torch.float32
    )
    has, unsaid = map(torch.from_numpy, label(table, tags))
    nets = []
    for seed in seeds:
        torch.manual_seed(seed)
        net = Net(len(columns), len(issues), len(tags))
        fit_net(net, rows, leaning, has, unsaid, np.random.default_rng(seed))
        nets.append(net)
    return pack(nets, tags, list(columns))


def fit_net(
    net: Net,
    rows: Sequence[np.ndarray],
    leaning: torch.Tensor,
    has: torch.Tensor,
    unsaid: torch.Tensor,
    random: np.random.Generator,
) -> None:
    """Fit a net to the traits and leanings of all texts, in place.

    Parameters
    ----------
    net
        Changed.
    rows
        The rows of the traits of each text.
    leaning
        One row per text, one column per issue.
    has, unsaid
        As `label` returns them.
    random
        Shuffles the texts and leaves traits out.
    """
    dense = [*net.leaning.parameters(), *net.weights.parameters()]
    steppers = [
        torch.optim.SparseAdam([net.traits], lr=STEP),
        torch.optim.AdamW(dense, lr=STEP, weight_decay=DECAY),
    ]
    for number in range(ROUNDS):
        for stepper in steppers:
            stepper.param_groups[0]["lr"] = STEP * (1 - 0.9 * number / ROUNDS)
        for batch in shuffle(len(rows), random):
            kept = [rows[i][random.random(len(rows[i])) >= LEFT_OUT_TRAITS] for i in batch]
            odds = net(kept, leaning[batch])
            costs = binary_cross_entropy_with_logits(odds, has[batch], reduction="none")
            for stepper in steppers:
                stepper.zero_grad()
            (costs.masked_fill(unsaid[batch], 0.0).sum() / len(batch)).backward()
            for stepper in steppers:
                stepper.step()
        print(f"round {number + 1} of {ROUNDS}", flush=True)


def pack(nets: Sequence[Net], tags: Sequence[str], columns: Sequence[str]) -> dict[str, np.ndarray]:
    """Return nets side by side as one of plain arrays, the weights of its traits in whole steps."""
    traits = np.hstack([net.traits.detach().numpy() for net in nets])
    sizes = np.abs(traits).max(axis=1) / STEPS
    return {
        "tags": np.frombuffer("\n".join(tags).encode(), np.uint8),
        "columns": np.frombuffer("\n".join(columns).encode(), np.uint8),
        "steps": np.rint(traits / sizes[:, None]).astype(np.int8),
        "sizes": sizes,
        "leaning": np.hstack([net.leaning.weight.detach().numpy().T for net in nets]),
        "hidden": np.hstack([net.leaning.bias.detach().numpy() for net in nets]),
        "weights": np.vstack([net.weights.weight.detach().numpy().T for net in nets]) / len(nets),
        "bias": np.mean([net.weights.bias.detach().numpy() for net in nets], axis=0),
    }


def main() -> None:
    torch.set_num_threads(1)
    table = read_examples()
    print(f"{len(table)} statements")
    np.savez_compressed(FILE, **train(table, wm.load_codebook()))
    print(f"{FILE.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
