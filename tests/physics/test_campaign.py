"""Campaigns: the same events however they are made, and every kind of break for real."""

import hashlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from closeness import close

from emiss import experiments
from emiss.events.campaign import Plan, alone, cluster, estimate_bytes, processes, run_campaign
from emiss.events.campaign.commits import make_chunk, read_commits
from emiss.events.campaign.executors import LostWorkerError, borrowed
from emiss.events.produce import make_job
from emiss.events.record import EventTable, columns_of, read_events
from emiss.events.record.files import write_events
from emiss.experiments.selection import Trigger
from emiss.ground.errors import EmissError, OutputError

NA64 = experiments.get("na64e-2016")
NAMES = ("s1", "mm1", "mm2", "s2")
LAYOUT = replace(
    NA64.layout,
    elements=tuple(NA64.layout.element(n) for n in NAMES),
    triggers=(Trigger("beam", ("s1", "s2")),),
)


def plan(events=600, chunk=100, form="parquet", **given):
    job = make_job(LAYOUT, "small", NA64.fingerprint, chunk_events=chunk, **given)
    return Plan(job, events, form)


def hashes(directory):
    return {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in Path(directory).glob("chunk-*")
    }


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The campaign as one process makes it without a break."""
    place = tmp_path_factory.mktemp("reference") / "made"
    result = run_campaign(plan(), place)
    assert result.generated == result.recorded == 600
    return hashes(place)


def children(pid):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


SCRIPT = """
import sys
from emiss.events.campaign import processes, alone, run_campaign
from test_campaign import plan
def told(p):
    print(p.done, flush=True)
    if p.done >= {hold}:
        sys.stdin.readline()
workers = {workers}
crew = (lambda: processes(workers)) if workers > 1 else alone
run_campaign(plan({events}), {place!r}, workers=crew, resume={resume}, report=told)
"""


def start(place, workers=1, resume=False, events=600, hold=10**9):
    """Run a campaign beside this process; from ``hold`` events on it waits until stdin closes."""
    here = Path(__file__).parent
    text = SCRIPT.format(workers=workers, place=str(place), resume=resume,
                         events=events, hold=hold)  # fmt: skip
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(here), str(here.parent), *sys.path]),
    }
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", text], stdout=subprocess.PIPE, text=True,
        stderr=subprocess.PIPE, stdin=subprocess.PIPE, env=environment,
    )  # fmt: skip


def wait_for(process, events):
    """Read what a campaign says until so many events are done."""
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= events:
            return
    raise AssertionError(process.stderr.read())


# --- the same whatever makes it ---


@pytest.mark.parametrize("count", [2, 3])
def test_files_do_not_depend_on_workers(reference, tmp_path, count):
    result = run_campaign(plan(), tmp_path / "made", workers=lambda: processes(count))
    assert result.made == 6
    assert hashes(tmp_path / "made") == reference


def test_files_on_a_dask_cluster_are_the_same(reference, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as local:
        address = local.scheduler_address
        run_campaign(plan(), tmp_path / "made", workers=lambda: cluster(address))
    assert hashes(tmp_path / "made") == reference


def test_order_and_breaks_leave_no_trace_in_the_events(reference, tmp_path):
    del reference
    run_campaign(plan(), tmp_path / "made")
    table = read_events(tmp_path / "made")
    assert table["event"].tolist() == list(range(600))
    whole = make_job(LAYOUT, "small", NA64.fingerprint, chunk_events=100)
    from emiss.events.produce import produce

    third = produce(whole, 3, 100)
    rows = table["event"] // 100 == 3
    assert np.array_equal(table["s1_energy"][rows], third["s1_energy"].astype(np.float32))


# --- going on ---


def test_more_events_extend_a_campaign(reference, tmp_path):
    run_campaign(plan(300), tmp_path / "made")
    result = run_campaign(plan(600), tmp_path / "made", resume=True)
    assert result.made == 3
    assert hashes(tmp_path / "made") == reference
    with pytest.raises(OutputError, match="events was 600 and is 300"):
        run_campaign(plan(300), tmp_path / "made", resume=True)


def test_a_last_chunk_that_was_short_is_made_again(reference, tmp_path):
    run_campaign(plan(550), tmp_path / "made")
    result = run_campaign(plan(600), tmp_path / "made", resume=True)
    assert result.made == 1
    assert hashes(tmp_path / "made") == reference


def test_truncated_missing_and_changed_files_are_made_again(reference, tmp_path):
    place = tmp_path / "made"
    run_campaign(plan(), place)
    first = place / "chunk-000001.parquet"
    first.write_bytes(first.read_bytes()[:1000])
    (place / "chunk-000002.parquet").unlink()
    (place / "chunk-000003.json").write_text("{")
    result = run_campaign(plan(), place, resume=True)
    assert result.made == 3
    assert len(result.problems) == 3
    assert hashes(place) == reference


def test_interrupted_write_does_not_count(reference, tmp_path):
    """A file without its record, and one that never got its name."""
    place = tmp_path / "made"
    run_campaign(plan(), place)
    (place / "chunk-000004.json").unlink()
    (place / ".chunk-000005.parquet.abcd0123.part").write_bytes(b"half")
    result = run_campaign(plan(), place, resume=True)
    assert result.made == 1
    assert not list(place.glob(".*.part"))
    assert hashes(place) == reference


def test_killed_run_goes_on(reference, tmp_path):
    """kill -9 of the run in the middle of a chunk."""
    place = tmp_path / "made"
    process = start(place)
    wait_for(process, 200)
    time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = len(list(place.glob("chunk-*.json")))
    assert 2 <= kept < 6
    result = run_campaign(plan(), place, resume=True)
    assert result.made == 6 - kept
    assert hashes(place) == reference


def at_work(pid):
    """Whether there is such a process, and it has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_killed_run_with_workers_goes_on_at_once(reference, tmp_path):
    """kill -9 of the run alone: its workers neither keep the campaign nor stay."""
    place = tmp_path / "made"
    process = start(place, workers=2)
    wait_for(process, 200)
    workers = children(process.pid)
    assert len(workers) == 2
    process.send_signal(signal.SIGKILL)
    process.wait()
    run_campaign(plan(), place, resume=True)
    assert hashes(place) == reference
    for _ in range(600):
        if not any(at_work(worker) for worker in workers):
            break
        time.sleep(0.1)
    else:
        pytest.fail("workers of a killed run stay")
    process.communicate()


def test_a_finished_chunk_without_its_file_is_no_smaller_sample(tmp_path):
    place = tmp_path / "made"
    run_campaign(plan(), place)
    lost = min(place.glob("chunk-*.parquet"))
    lost.unlink()
    with pytest.raises(EmissError, match=r"chunk-000000.json' records a finished chunk"):
        read_events(place)


def test_events_of_another_version_are_refused(tmp_path):
    run_campaign(plan(), tmp_path / "made")
    table = read_events(tmp_path / "made")
    later = EventTable(table.columns, {**table.provenance, "schema_version": 99})
    write_events(later, columns_of(plan().job.layout), tmp_path / "later.parquet", "parquet")
    with pytest.raises(EmissError, match=r"later.parquet' has schema version 99"):
        read_events(tmp_path / "later.parquet")


def test_killed_worker_is_replaced(tmp_path):
    """kill -9 of both workers in the middle of their chunks: nothing lost or counted twice."""
    place = tmp_path / "made"
    process = start(place, workers=2, events=2000)
    wait_for(process, 200)
    for child in children(process.pid):
        os.kill(child, signal.SIGKILL)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    table = read_events(place)
    assert table["event"].tolist() == list(range(2000))
    commits, problems = read_commits(plan(2000), place)
    assert (len(commits), problems) == (20, [])


def test_campaign_started_twice(tmp_path):
    """A second run of a campaign at work is refused; the first one ends as if alone."""
    place = tmp_path / "made"
    process = start(place, events=3000, hold=100)  # at work, however fast it is
    wait_for(process, 100)
    with pytest.raises(OutputError, match="another run of this campaign"):
        run_campaign(plan(3000), place, resume=True)
    with pytest.raises(OutputError, match="go on with it with --resume"):
        run_campaign(plan(3000), place)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert read_events(place)["event"].tolist() == list(range(3000))


def test_lost_scheduler(tmp_path):
    """The scheduler dies in mid-campaign: a sentence, and going on without it."""
    pytest.importorskip("distributed")
    import distributed

    local = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    )
    address = local.scheduler_address

    def told(progress):
        if progress.done >= 200:
            local.close(timeout=5)

    with pytest.raises(EmissError, match=r"finished chunks are kept|--resume"):
        run_campaign(plan(3000), tmp_path / "made", workers=lambda: cluster(address), report=told)
    kept = len(list((tmp_path / "made").glob("chunk-*.json")))
    assert kept >= 2
    result = run_campaign(plan(3000), tmp_path / "made", resume=True)
    assert result.generated == 3000


def test_killed_scheduler_is_told_in_a_sentence(tmp_path):
    """A scheduler that is killed outright: one line of words, no traceback of Dask's before it."""
    pytest.importorskip("distributed")
    address = f"tcp://127.0.0.1:{free_port()}"
    at = ["--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard"]
    dask, quiet = [sys.executable, "-m", "dask"], {"stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen([*dask, "scheduler", *at], **quiet)
    one = ["--nthreads", "1", "--no-dashboard", "--no-nanny", "--death-timeout", "20"]
    worker = subprocess.Popen([*dask, "worker", address, *one], **quiet)
    try:
        place = tmp_path / "made"
        asked = ["simulate", "na64h-2023", "--sample", "muon", "--gaps", "vacuum", "-o", place]
        code = "from emiss.presentation.cli import main; main()"
        until_there_is_a_worker(address)
        command = [sys.executable, "-c", code, *asked, "--events", "40000", "--chunk-events", "200"]
        campaign = subprocess.Popen(
            [*command, "--scheduler", address], stderr=subprocess.PIPE, text=True
        )
        while campaign.poll() is None and not list(place.glob("chunk-*.json")):
            time.sleep(0.05)
        scheduler.kill()
        _, words = campaign.communicate(timeout=120)
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()
    assert campaign.returncode == 2
    assert "the connection to the Dask scheduler was lost; finished chunks are kept" in words
    assert "Traceback" not in words


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def until_there_is_a_worker(address):
    import distributed

    with distributed.Client(address, timeout="60s", set_as_default=False) as client:
        client.wait_for_workers(1, timeout=60)


def test_workers_that_are_lost_again_and_again():
    class KilledWorker(Exception):
        """As Dask calls it."""

    with (
        ThreadPoolExecutor(1) as pool,
        borrowed(pool) as crew,
        pytest.raises(LostWorkerError, match="at the same chunk again and again"),
    ):
        crew.lost(KilledWorker())


def test_nobody_answers_at_the_address():
    pytest.importorskip("distributed")
    with (
        pytest.raises(EmissError, match="no Dask scheduler answers"),
        cluster("tcp://127.0.0.1:1"),
    ):
        pass


# --- no room ---


def test_disk_full_in_mid_campaign(reference, tmp_path):
    """No file may grow beyond what fits the first chunks: a message, and going on later."""
    place = tmp_path / "made"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    made = []

    def told(progress):
        made.append(progress.done)
        if progress.done == 200:
            resource.setrlimit(resource.RLIMIT_FSIZE, (5000, limits[1]))

    try:
        with pytest.raises(OutputError, match=r"larger than allowed.*--resume"):
            run_campaign(plan(), place, report=told)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert not list(place.glob(".*.part"))
    assert len(list(place.glob("chunk-*.json"))) == 2
    run_campaign(plan(), place, resume=True)
    assert hashes(place) == reference


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to mount a small disk")
def test_small_disk(tmp_path):
    """A real file system of 300 kB, unnoticed by the check before: full in mid-campaign."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True,
        check=False,
    )  # fmt: skip
    if mount.returncode != 0:
        pytest.skip("may not mount")
    try:
        with pytest.raises(OutputError, match=r"has .* MB free"):
            run_campaign(plan(100_000), disk / "made")
        assert not (disk / "made").exists()
        (disk / "made").mkdir()
        filler = disk / "filler"

        def told(progress):
            if progress.done == 200:
                filler.write_bytes(b"0" * (os.statvfs(disk).f_bavail * 4096))

        with pytest.raises(OutputError, match=r"no space.*--resume"):
            run_campaign(plan(), disk / "made", report=told)
        filler.unlink()
        result = run_campaign(plan(), disk / "made", resume=True)
        assert result.generated == 600
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_size_is_estimated():
    """Within a factor of 1.5 of what a campaign writes."""
    asked = plan(400, 200)
    estimate = estimate_bytes(asked)
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        written = run_campaign(asked, Path(place) / "made").size
    close(estimate, written, 0.5)


# --- input that cannot be ---


def test_places_that_hold_something_else(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds other files"):
        run_campaign(plan(), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]
    place = tmp_path / "made"
    run_campaign(plan(200), place)
    with pytest.raises(OutputError, match="seed was 1 and is 2"):
        run_campaign(plan(200, seed=2), place, resume=True)
    (place / "campaign.json").write_text("[]")
    with pytest.raises(OutputError, match="damaged"):
        run_campaign(plan(200), place, resume=True)
    with pytest.raises(EmissError, match="give a number from 1"):
        plan(0)
    with pytest.raises(EmissError, match="unknown format"):
        plan(1, form="csv")


def test_record_of_a_chunk_names_no_machine_and_no_time(tmp_path):
    commit = make_chunk(plan(), 0, str(tmp_path))
    again = make_chunk(plan(), 0, str(tmp_path))
    assert commit == again
    run_campaign(plan(100), tmp_path / "made", workers=alone)
    text = (tmp_path / "made" / "campaign.json").read_text()
    assert str(tmp_path) not in text
    assert json.loads(text)["events"] == 100
