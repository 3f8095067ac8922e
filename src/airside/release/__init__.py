"""What a release is: trees, packs, manifests, records, pointers and plans, as values.

Pure: bytes and `now` go in, values come out. `docs/formats/` specifies every byte of it.
"""
