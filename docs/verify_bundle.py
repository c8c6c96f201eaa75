#!/usr/bin/env python3
"""Checks the journal of an evidence bundle with Python alone (see docs/proof.md).

Run it in the unpacked folder, or give the folder:  python3 verify.py [FOLDER]
hash(n) = SHA-256(hash(n-1) as 64 hexadecimal digits, followed by line n without its newline)
Exit 0: every record holds and every file is the one that was sent. Exit 1: the first that is not.
"""
import hashlib, json, pathlib, sys

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else '.')
chain = json.loads((folder / 'chain.json').read_text())
digest, due = chain['before'], chain['first']
for line in (folder / 'journal.jsonl').read_bytes().split(b'\n')[:-1]:
    record = json.loads(line)
    if record['seq'] != due:                       # moved, removed or put in
        sys.exit(f"record {due} is missing: {record['seq']} comes instead")
    if record['prev'] != digest:                   # the one before is not what it was
        sys.exit(f'record {due - 1} was changed after it was written')
    digest = hashlib.sha256(digest.encode() + line).hexdigest()
    due += 1
if due - 1 != chain['last']:                       # cut off at the end
    sys.exit(f'records are missing at the end, from {due} on')
if digest != chain['head']:
    sys.exit(f'record {due - 1} was changed after it was written')
listed = set()
for line in (folder / 'SHA256SUMS').read_text().splitlines():
    want, name = line.split('  ', 1)
    listed.add(name)
    if not (folder / name).is_file():
        sys.exit(f'{name} is missing')
    if hashlib.sha256((folder / name).read_bytes()).hexdigest() != want:
        sys.exit(f'{name} was changed: its SHA-256 is another')
for path in folder.rglob('*'):                     # a file put in besides
    if path.is_file() and str(path.relative_to(folder)) not in listed | {'SHA256SUMS'}:
        sys.exit(f'{path.name} does not belong here')
print(f"{chain['last'] - chain['first'] + 1} records hold; head {digest}")
