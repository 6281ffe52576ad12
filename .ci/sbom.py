"""Makes a bill of materials of `cargo tree` on stdin and of Cargo.lock, and refuses what it cannot account for.

A line of the tree is `DEPTH|NAME vVERSION (…)|LICENCE`, with ` (*)` at its end where the crate stood before. Of the crates
that are ours Cargo.lock has no source; every other one is from the registry, as `cargo deny check sources` sees to, and has a
checksum.
"""

import json
import sys
import tomllib


def bill(target, lines, lock):
    locked = {(crate["name"], crate["version"]): crate for crate in lock["package"]}
    crates, needs, above, wrong = {}, {}, [], []
    for line in lines:
        depth, crate, licence = line.rstrip("\n").removesuffix(" (*)").split("|")
        name, version = crate.split()[:2]
        key = (name, version.removeprefix("v"))
        crates.setdefault(key, licence)
        needs.setdefault(key, set())
        del above[int(depth) :]
        if above:
            needs[above[-1]].add(key)
        above.append(key)

    def component(key):
        name, version = key
        one = {
            "type": "library",
            "bom-ref": ref(key),
            "name": name,
            "version": version,
            # Some still write `/` where it is OR.
            "licenses": [{"expression": crates[key].replace("/", " OR ")}],
        }
        if not crates[key]:
            wrong.append(f"{name} {version} names no licence")
        if "source" in locked[key]:
            one["purl"] = ref(key)
            one["hashes"] = [{"alg": "SHA-256", "content": locked[key]["checksum"]}]
            if not locked[key]["source"].startswith("registry+"):
                wrong.append(f"{name} {version} is from no registry")
        return one

    def ref(key):
        return f"pkg:cargo/{key[0]}@{key[1]}"

    root = next(iter(crates))
    program = component(root) | {"type": "application"}
    made = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": program,
            "properties": [{"name": "cargo:target", "value": target}],
        },
        "components": [component(key) for key in sorted(crates) if key != root],
        "dependencies": [
            {"ref": ref(key), "dependsOn": [ref(need) for need in sorted(needs[key])]}
            for key in sorted(crates)
        ],
    }
    return made, wrong


def main():
    with open("Cargo.lock", "rb") as file:
        lock = tomllib.load(file)
    made, wrong = bill(sys.argv[1], sys.stdin, lock)
    if wrong:
        sys.exit("\n".join(wrong))
    json.dump(made, sys.stdout, indent=1, ensure_ascii=False)
    print()
    print(f"target/sbom/beadle.cdx.json: {len(made['components'])} crates", file=sys.stderr)


main()
