"""tests/functions.py: how long the functions of our C are, in lines from the opening to the closing brace.

Our style puts a function's opening and closing brace alone in the first column (clang-format sees to it),
so no parser is needed. Prints one line; with --list N also the N longest."""
import re
import subprocess
import sys

FOLDERS = ("server", "store", "api", "firmware-cache")


def functions(path):
    """Yields (lines, name, path, line number) of each function of a file."""
    head = name = start = None
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        if start is None and line == "{\n" and head:
            name, start = head, number
        elif start is not None and line == "}\n":
            yield number - start - 1, name, path, start
            head = start = None
        elif start is None and line[:1].isalpha():
            found = re.search(r"(\w+)\(", line)
            head = found.group(1) if found else head


def main():
    files = subprocess.run(["git", "ls-files", *(f + "/*.c" for f in FOLDERS)], check=True, text=True,
                           capture_output=True).stdout.split()
    all_of_them = sorted(f for path in files for f in functions(path))
    sizes = [f[0] for f in all_of_them]
    if not sizes:
        sys.exit("functions: none found")
    longest = all_of_them[-1]
    print(f"functions: {len(sizes)} in {len(files)} files, lines: median {sizes[len(sizes) // 2]}, "
          f"95th percentile {sizes[len(sizes) * 95 // 100]}, "
          f"longest {longest[0]} ({longest[1]}, {longest[2]}:{longest[3]})")
    if len(sys.argv) > 2 and sys.argv[1] == "--list":
        for lines, name, path, number in reversed(all_of_them[-int(sys.argv[2]):]):
            print(f"{lines:5} {name} {path}:{number}")


main()
