#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab audit: whatever names are made of, and the page they are on."""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tap
from audited import SAMPLES, TOOL, audit, compile_to, report


def test_names_do_not_break_the_page():
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        log.write_text("<script>alert('&\").c:1:2: remark: Call to 'malloc' in"
                       " 'f<b>' without source-level type token [x]\n")
        page, _ = audit("--format", "html", log)
        assert "<script>alert" not in page and "f<b>" not in page, page
        tap.contains(page, "&lt;script&gt;alert('&amp;&quot;")


def test_names_move_no_cursor():
    """Whoever wrote the program that is audited may have chosen them."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        # Colours of the compiler's own are no part of a name.
        log.write_bytes("gr\u00f6\u00dfe\u009b\b.c:1:2: remark: Call to 'malloc'"
                        " in 'f\33[31m\177\r' without source-level type token "
                        "[x]\n".encode())
        text = subprocess.run([TOOL, "audit", log], check=True,
                              capture_output=True).stdout
        assert b" gr\xc3\xb6\xc3\x9fe\xc2??.c:1:2  malloc in f??\n" in text, text


def test_names_of_files_move_no_cursor():
    """Nor do those that a program's debug information or its owner chose."""
    odd = "a\33[2Jb\rc\nd\x7f"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"{odd}.c"
        shutil.copy(SAMPLES / "lost.c", source)
        out, _ = compile_to(folder, source, ["-g"])
        names = [out[name].rename(Path(folder) / f"{odd}.{name}")
                 for name in ("o", "ll")]
        for name in names:
            for words in ((), ("--format", "html"), ("--all",)):
                text, _ = audit(*words, name)
                assert not re.search("[\33\r\x7f]", text), (name, text)
                tap.contains(text, "/a?[2Jb?c?d?." + name.suffix[1:])
                tap.contains(text, "/a?[2Jb?c?d?.c")
        none = Path(folder) / f"{odd}.none"
        Path(folder, odd).write_text("int main(void) { return 0; }\n")
        for words, path in (((), none), (("--misclassed",), none),
                            ((), Path(folder, odd)), ((), source)):
            _, err = audit(*words, path, status=2)
            tap.contains(err, f"typeslab: {folder}/a?[2Jb?c?d?")


# Clicks the head of the column of lines twice, and says what order came out.
CLICKS = """<script>
const head = [...document.querySelectorAll('#sites th')]
  .find(th => th.textContent === 'line');
const column = () => [...document.querySelectorAll('#sites tbody tr')]
  .map(row => +row.cells[1].textContent).join(' ');
const seen = [];
head.click(); seen.push(column());
head.click(); seen.push(column());
const bars = [...document.querySelectorAll('#files .bar')]
  .map(bar => Math.round([...bar.children]
    .reduce((sum, part) => sum + part.getBoundingClientRect().width, 0) -
    bar.getBoundingClientRect().width));
document.body.innerHTML = `<pre>${seen.join('|')}|${bars.join(' ')}|` +
  `${performance.getEntriesByType('resource').length}</pre>`;
</script>"""


def test_names_of_what_is_not_counted():
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "a\33[2J\nb.c"
        source.write_text("int a;\n")
        (Path(folder) / "a.c").write_text("int a;\n")
        _, err = audit("--", "clang-22", "-fsanitize=address", "-c", source,
                       "-o", Path(folder) / "a.o", status=2)
        tap.contains(err, "/a?[2J?b.c: ")
        tap.contains(err, "'-fsanitize=address'")
        tap.equal(err.count("\n"), 1)
        # As on a full disk.
        _, err = audit("--", "sh", "-c", "clang-22 -fsanitize=address -c a.c &&"
                       " : > $(echo $TYPESLAB_AUDIT/*.failed)", status=2,
                       cwd=folder)
        tap.equal(err, "typeslab: not counted: a source that there was no "
                       "room to name\n")


def test_names_that_are_no_text():
    """They are said as they are, and in JSON as far as it can."""
    with tempfile.TemporaryDirectory() as folder:
        log = bytes(Path(folder) / "log") + b"\xff\xc2.c"
        Path(log.decode(errors="surrogateescape")).write_text("")
        done = subprocess.run([TOOL, "audit", log], check=True,
                              capture_output=True)
        tap.equal(done.stdout[:len(log) + 1], log + b":")
        tap.equal(report(log.decode(errors="surrogateescape"))["subject"],
                  f"{folder}/log??.c")


def test_names_are_those_of_files():
    """IR writes what is no ASCII, quotes and backslashes as numbers."""
    with tempfile.TemporaryDirectory(prefix="\u00fc ") as folder:
        for name in ("gr\u00f6\u00dfe.c", 'a"b.c', "a\\b.c", "a\\22.c"):
            source = Path(folder) / name
            shutil.copy(SAMPLES / "lost.c", source)
            for debug in ("-g", "-g0"):
                out, _ = compile_to(folder, source, [debug])
                files = {s["file"] for s in report(out["ll"])["sites"]}
                assert str(source) in files, (files, debug)


def test_page_in_a_browser():
    """It sorts, its bars are full, and it loads nothing."""
    browser = next((path for path in map(shutil.which, (
        "chromium-headless-shell", "chromium")) if path), None)
    if not browser:
        raise tap.Skip("no chromium is installed")
    with tempfile.TemporaryDirectory() as folder:
        out, _ = compile_to(folder, SAMPLES / "lost.c", ["-O2"])
        page = Path(folder) / "page.html"
        audit("--format", "html", "-o", page, out["ll"])
        lines = [s["line"] for s in report(out["ll"])["sites"]]
        page.write_text(page.read_text().replace("</body>",
                                                 CLICKS + "</body>"))
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu",
             f"--user-data-dir={folder}/profile", "--dump-dom",
             f"file://{page}"], capture_output=True, text=True, check=False,
            timeout=120)
        found = re.search(r"<pre>(.*?)</pre>", done.stdout)
        assert found, done.stdout[-500:] + done.stderr[-500:]
        down, up, bars, loaded = found[1].split("|")
        tap.equal(list(map(int, down.split())), sorted(lines, reverse=True))
        tap.equal(list(map(int, up.split())), sorted(lines))
        tap.equal(set(bars.split()), {"0"})
        tap.equal(loaded, "0")


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
