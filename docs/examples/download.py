#!/usr/bin/env python3
"""Downloads a video from videopartes with nothing but Python's standard library.

    python3 download.py http://127.0.0.1:50000 faro -o faro.mp4

Searches for the words, takes the first video that has them, and fetches its parts from all its secondaries at once. Each part is
verified before it is kept. The contract is in docs/protocol.md, and /openapi.json of any central.
"""

import argparse
import hashlib
import json
import queue
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT_S = 10


def ask(central, path, body=None):
    """One operation of the central: what it answers, or the sentence with which it refuses."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(central + path, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        error = json.load(refusal)
        raise SystemExit(f"{error['code']}: {error['message']}") from None


def open_ticket(central, client, name):
    """A place in line, and then the permission with its sources. Each look renews the place."""
    ticket = ask(central, "/tickets", {"client": client, "name": name})
    while ticket["state"] == "waiting":
        print(f"waiting, place {ticket['position']}")
        time.sleep(ticket["pollMs"] / 1000)
        ticket = ask(central, f"/tickets/{ticket['ticketId']}/progress", {"doneBytes": 0, "problems": []})
    return ticket


def fetch_part(source, manifest, part):
    """The bytes of one part, or an error: anything but exactly these bytes of exactly this file is one."""
    first = part * manifest["partSizeBytes"]
    last = min(first + manifest["partSizeBytes"], manifest["sizeBytes"]) - 1
    headers = {"Range": f"bytes={first}-{last}", "If-Match": f'"{manifest["id"]}"'}
    request = urllib.request.Request(f"{source['url']}/files/{manifest['id']}", headers=headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        content = answer.read()
        if answer.status != 206 or answer.headers["Content-Range"] != f"bytes {first}-{last}/{manifest['sizeBytes']}":
            raise ValueError("not the range that was asked for")
    if hashlib.sha256(content).hexdigest() != manifest["partHashes"][part]:
        raise ValueError("damaged part")
    return content


def download(ticket, manifest, path):
    """Every source takes the next part that nobody has; one that fails gives its part back and leaves. Tells what each gave."""
    parts = queue.SimpleQueue()
    for part in range(len(manifest["partHashes"])):
        parts.put(part)
    lock, done, problems = threading.Lock(), set(), []
    given = {source["node"]: {"bytes": 0, "failures": 0, "hashFailures": 0} for source in ticket["sources"]}

    def work(source):
        gave = given[source["node"]]
        while len(done) < len(manifest["partHashes"]):
            try:
                part = parts.get(timeout=0.1)
            except queue.Empty:
                continue
            try:
                content = fetch_part(source, manifest, part)
            except (OSError, ValueError) as error:
                parts.put(part)
                kind = "corrupt" if str(error) == "damaged part" else "unreachable"
                gave["hashFailures" if kind == "corrupt" else "failures"] += 1
                problems.append({"node": source["node"], "kind": kind, "part": part})
                return
            with lock:
                file.seek(part * manifest["partSizeBytes"])
                file.write(content)
                done.add(part)
                gave["bytes"] += len(content)

    with open(path, "wb") as file:
        workers = [threading.Thread(target=work, args=(source,)) for source in ticket["sources"]]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    taken_over = [problem["node"] for problem in problems if problem["part"] in done]
    sources = [{"node": node, **gave, "reassignedParts": taken_over.count(node)} for node, gave in given.items()]
    return len(done) == len(manifest["partHashes"]), problems, sources


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("central")
    parser.add_argument("words")
    parser.add_argument("-o", "--output", required=True)
    options = parser.parse_args()
    central = options.central.rstrip("/")

    print(f"{len(ask(central, '/videos')['items'])} videos")
    found = ask(central, "/search?" + urllib.parse.urlencode({"q": options.words}))["items"]
    if not found:
        raise SystemExit(f"no video has the words {options.words!r}")
    started = time.monotonic()
    ticket = open_ticket(central, "python", found[0]["name"])
    manifest = ask(central, f"/manifests/{ticket['id']}")
    print(f"{ticket['name']}: {manifest['sizeBytes']} bytes, {len(manifest['partHashes'])} parts, {len(ticket['sources'])} sources")

    is_whole, problems, sources = download(ticket, manifest, options.output)
    is_right = is_whole and sha256_of(options.output) == manifest["sha256"]
    received = manifest["sizeBytes"] if is_right else 0
    ask(central, f"/tickets/{ticket['ticketId']}/progress", {"doneBytes": received, "problems": problems})
    closing = {"outcome": "done" if is_right else "failed", "elapsedMs": (time.monotonic() - started) * 1000, "receivedBytes": received}
    ask(central, f"/tickets/{ticket['ticketId']}/close", {**closing, "sources": sources})
    if not is_right:
        raise SystemExit("not every part came; ask again")
    print(f"{options.output}: whole, SHA-256 {manifest['sha256']}")


main()
