# SPDX-License-Identifier: Apache-2.0
"""scripts/fetch-source: what it makes of a machine's apt sources.

Runs it on configurations of its own: no case needs a network.
"""
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../tools"))
import tap  # noqa: E402

FETCH = sys.argv[1]


@contextlib.contextmanager
def machine(**files):
    """An /etc/apt of its own; gives run(*args), and the folder."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/parts")
        for name, text in files.items():
            name = name.replace("__", ".").replace("parts_", "parts/")
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.write(text)
        config = f"{folder}/apt.conf"
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'Dir::Etc::sourcelist "{folder}/sources.list";\n'
                       f'Dir::Etc::sourceparts "{folder}/parts";\n'
                       "APT::Update::Post-Invoke "
                       f'{{ "touch {folder}/hook-ran"; }};\n')

        def run(*args):
            return subprocess.run(
                [FETCH, *args], capture_output=True, text=True, check=False,
                env=dict(os.environ, APT_CONFIG=config))
        yield run, folder


def derived(**files):
    with machine(**files) as (run, _):
        done = run("--print-list")
    tap.equal(done.returncode, 0, done.stderr)
    return done.stdout


def test_one_line_becomes_deb_src_once():
    tap.equal(derived(sources__list="deb http://a.test/d stable main # note\n"
                      "deb-src http://a.test/d stable main\n"),
              "deb-src http://a.test/d stable main\n")


def test_one_line_keeps_signed_by_and_options():
    text = "[arch=amd64 signed-by=/k.gpg] http://a.test/d stable main contrib"
    tap.equal(derived(parts_x__list=f"deb {text}\n"), f"deb-src {text}\n")


def test_one_line_drops_comments_and_cdroms():
    tap.equal(derived(sources__list="# deb http://off.test/d stable main\n"
                      "deb cdrom:[Disc 1]/ stable main\n"
                      "deb http://a.test/d ./\n"),
              "deb-src http://a.test/d ./\n")


def test_stanza_keeps_an_inline_key():
    body = ("URIs: http://a.test/d\nSuites: stable\nComponents: main\n"
            "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQIN\n"
            " -----END PGP PUBLIC KEY BLOCK-----\n")
    tap.equal(derived(parts_x__sources=f"Types: deb deb-src\n{body}"),
              f"Types: deb-src\n{body}")


def test_stanza_of_a_disabled_source_is_dropped():
    on = "URIs: http://on.test/d\nSuites: stable\nComponents: main\n"
    off = "URIs: http://off.test/d\nSuites: stable\nComponents: main\n"
    tap.equal(derived(parts_x__sources=f"Types: deb\nEnabled: no\n{off}\n"
                      f"# a comment\nTypes: deb\n# another\n{on}"),
              f"Types: deb-src\n{on}")


def test_parts_of_other_names_are_not_read():
    tap.equal(derived(sources__list="deb http://a.test/d stable main\n",
                      parts_x__list__save="deb http://b.test/d x main\n"),
              "deb-src http://a.test/d stable main\n")


def test_no_source_at_all_is_a_failure():
    with machine() as (run, folder):
        done = run("--into", f"{folder}/into", "hello")
    tap.equal(done.returncode, 1)
    tap.contains(done.stderr, "no package sources")


def test_unreachable_source_says_offline():
    # Port 9 of the loopback: refused at once.
    with machine(sources__list="deb http://127.0.0.1:9/d stable main\n"
                 ) as (run, folder):
        done = run("--into", f"{folder}/into", "hello")
        tap.equal(done.returncode, 3, done.stderr)
        tap.contains(done.stderr, "offline: cannot reach")
        tap.equal(sorted(os.listdir(f"{folder}/into")), [".apt", ".lock"])


def test_what_is_there_is_not_fetched():
    with machine(sources__list="deb http://127.0.0.1:9/d stable main\n"
                 ) as (run, folder):
        os.makedirs(f"{folder}/into/hello/tree")
        with open(f"{folder}/into/hello/version", "w",
                  encoding="utf-8") as file:
            file.write("1.0\n")
        done = run("--into", f"{folder}/into", "hello")
    tap.equal((done.returncode, done.stderr), (0, ""))


def make_package(repo, version=1):
    """A source package in @repo, with one file; what is there: hello 1."""
    os.makedirs(f"{repo}/hello-{version}/debian/source")
    files = {"debian/source/format": "3.0 (native)\n",
             "debian/control": "Source: hello\nMaintainer: A <a@a.test>\n\n"
                               "Package: hello\nArchitecture: all\n"
                               "Description: says hello\n",
             "debian/changelog": f"hello ({version}) stable; urgency=low\n\n  * One.\n"
                                 "\n -- A <a@a.test>  Thu, 01 Jan 1970"
                                 " 00:00:00 +0000\n",
             "greeting": "hello\n"}
    for name, text in files.items():
        with open(f"{repo}/hello-{version}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    for command in (["dpkg-source", "-b", f"hello-{version}"],
                    ["dpkg-scansources", "."]):
        index = subprocess.run(command, cwd=repo, check=True,
                               capture_output=True).stdout
    shutil.rmtree(f"{repo}/hello-{version}")
    return index


@contextlib.contextmanager
def repository(options, versions=(1,)):
    """A machine whose one source is a folder with a Release, unsigned."""
    if not shutil.which("dpkg-source"):
        raise tap.Skip("no dpkg-source; install dpkg-dev")
    with machine() as (run, folder):
        repo = f"{folder}/repo"
        os.mkdir(repo)
        for version in versions:
            index = make_package(repo, version)
        with open(f"{repo}/Sources", "wb") as file:
            file.write(index)
        with open(f"{repo}/Release", "w", encoding="utf-8") as file:
            file.write("Date: Thu, 01 Jan 1970 00:00:00 UTC\nSHA256:\n"
                       f" {hashlib.sha256(index).hexdigest()} {len(index)}"
                       " Sources\n")
        with open(f"{folder}/sources.list", "w", encoding="utf-8") as file:
            file.write(f"deb {options} file:{repo} ./\n")
        yield lambda: run("--into", f"{folder}/into", "hello"), folder


def test_source_the_machine_trusts_is_unpacked():
    with repository("[trusted=yes]") as (fetch, folder):
        done = fetch()
        tap.equal(done.returncode, 0, done.stderr)
        with open(f"{folder}/into/hello/tree/greeting",
                  encoding="utf-8") as file:
            tap.equal(file.read(), "hello\n")
        with open(f"{folder}/into/hello/version", encoding="utf-8") as file:
            tap.equal(file.read(), "1\n")
        tap.equal(os.path.exists(f"{folder}/hook-ran"), False,
                  "the system's hooks stay out of it")
        shutil.rmtree(f"{folder}/repo")
        done = fetch()
        tap.equal((done.returncode, done.stderr), (0, ""), "the second time")


def test_unsigned_source_is_refused():
    with repository("") as (fetch, folder):
        done = fetch()
        tap.equal(done.returncode, 1, done.stderr)
        tap.contains(done.stderr, "is not signed")
        tap.equal(os.path.exists(f"{folder}/into/hello"), False)


def test_changed_index_is_refused():
    with repository("[trusted=yes]") as (fetch, folder):
        with open(f"{folder}/repo/Sources", "ab") as file:
            file.write(b"\n")
        tap.equal(fetch().returncode, 1)
        tap.equal(os.path.exists(f"{folder}/into/hello"), False)


def test_changed_file_is_refused():
    with repository("[trusted=yes]") as (fetch, folder):
        with open(f"{folder}/repo/hello_1.tar.xz", "r+b") as file:
            file.seek(20)
            file.write(b"X")
        done = fetch()
        tap.equal(done.returncode, 1)
        tap.contains(done.stderr, "Hash Sum mismatch")
        tap.equal(os.path.exists(f"{folder}/into/hello"), False)


def test_another_version_where_the_newest_is_gone():
    with repository("[trusted=yes]", (1, 2, 10)) as (fetch, folder):
        os.unlink(f"{folder}/repo/hello_10.tar.xz")
        done = fetch()
        tap.equal(done.returncode, 0, done.stderr)
        tap.contains(done.stderr, "hello: the newest version cannot be "
                     "fetched; this is 2")
        with open(f"{folder}/into/hello/version", encoding="utf-8") as file:
            tap.equal(file.read(), "2\n")
        shutil.rmtree(f"{folder}/into")
        os.unlink(f"{folder}/repo/hello_2.dsc")
        done = fetch()
        tap.equal(done.returncode, 0, done.stderr)
        tap.contains(done.stderr, "this is 1")


def test_no_other_version_where_the_newest_is_changed():
    with repository("[trusted=yes]", (1, 2)) as (fetch, folder):
        with open(f"{folder}/repo/hello_2.tar.xz", "r+b") as file:
            file.seek(20)
            file.write(b"X")
        done = fetch()
        tap.equal(done.returncode, 1, done.stderr)
        tap.contains(done.stderr, "Hash Sum mismatch")
        tap.equal(os.path.exists(f"{folder}/into/hello"), False)


def test_a_name_that_is_none_is_wrong_usage():
    with machine(sources__list="deb http://127.0.0.1:9/d s main\n"
                 ) as (run, _):
        tap.equal(run("../x").returncode, 2)


tap.run(sys.modules[__name__])
