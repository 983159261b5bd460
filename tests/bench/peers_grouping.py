# SPDX-License-Identifier: MIT
"""peers_grouping.py NAME VECTORS LABELS [WHISPERS]: clusters of the good faces of a set by other programs, as rows of a table.

Each method is run at several thresholds and evaluated at the one with the best BCubed F, so its result is optimistic.
None of them knows which faces are of one photo. WHISPERS: the program built from peer_whispers.cc. CPU seconds of one run.
"""
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist
from sklearn.cluster import DBSCAN

THRESHOLDS = [.4, .5, .6, .7, .8, .9, 1.0]


def judge(person, group):
    """Pair precision and recall, BCubed F, clusters of two or more faces, those with more than one person."""
    _, person = np.unique(person, return_inverse=True)
    _, group = np.unique(group, return_inverse=True)
    cells, n = np.unique(np.stack([group, person]), axis=1, return_counts=True)
    n = n.astype(float)
    in_group = np.bincount(group).astype(float)
    of_person = np.bincount(person).astype(float)
    pairs = lambda k: float((k * (k - 1)).sum())
    together, same, right = pairs(in_group), pairs(of_person), pairs(n)
    p = (n * n / in_group[cells[0]]).sum() / len(person)
    r = (n * n / of_person[cells[1]]).sum() / len(person)
    people_in = np.bincount(cells[0])
    return (right / together if together else 1, right / same, 2 * p * r / (p + r),
            int((in_group > 1).sum()), int((people_in > 1).sum()))


def alone(labels):
    """Makes every noise face of DBSCAN a cluster of its own."""
    labels = labels.copy()
    noise = labels < 0
    labels[noise] = labels.max() + 1 + np.arange(noise.sum())
    return labels


def dbscan(x, d2, samples):
    start = time.process_time()
    labels = DBSCAN(eps=d2 ** .5, min_samples=samples, algorithm="brute").fit_predict(x)
    return alone(labels), time.process_time() - start


def whispers(program, x, d2):
    with tempfile.TemporaryDirectory() as folder:
        rows, out = os.path.join(folder, "rows"), os.path.join(folder, "labels")
        x.astype("<f4").tofile(rows)
        seconds = subprocess.run([program, str(d2), rows, out], check=True, capture_output=True, text=True).stdout
        return np.loadtxt(out, dtype=int), float(seconds)


def row(name, method, n, tried):
    d2, figures, seconds = max(tried, key=lambda t: t[1][2])
    p, r, f, groups, impure = figures
    print(f"| {name} | {method} | {d2:g} | {p:.4f} | {r:.4f} | {f:.4f} | {impure}/{groups} | {seconds:.1f} |", flush=True)


def main():
    name, vectors, labels = sys.argv[1:4]
    x = np.fromfile(vectors, "<f4").reshape(-1, 128)
    table = np.loadtxt(labels, delimiter="\t", ndmin=2)
    good = table[:, 3] >= .45
    x, person = x[good], table[good, 0].astype(int)
    n = len(x)
    for samples in (2, 4):
        tried = []
        for d2 in THRESHOLDS:
            group, seconds = dbscan(x, d2, samples)
            tried.append((d2, judge(person, group), seconds))
        row(name, f"DBSCAN, {samples} samples (scikit-learn)", n, tried)
    start = time.process_time()
    tree = linkage(pdist(x, "sqeuclidean"), "average")
    seconds = time.process_time() - start
    row(name, "average link (SciPy)", n,
        [(d2, judge(person, fcluster(tree, d2, "distance")), seconds) for d2 in THRESHOLDS])
    if len(sys.argv) > 4:
        tried = []
        for d2 in THRESHOLDS:
            group, seconds = whispers(sys.argv[4], x, d2)
            tried.append((d2, judge(person, group), seconds))
        row(name, "Chinese whispers (dlib)", n, tried)


main()
