"""Python for the Run buttons: fetched by hash, and given to what it can run."""

import hashlib
import json
import re

import pytest
from sigref._docs.page import fence
from sigref._docs.publish import buttons, runtime

LOCK = {
    "info": {"sizes": {"pyodide.mjs": 1, "pyodide.asm.mjs": 2, "python_stdlib.zip": 3}},
    "packages": {},
}
LOCK["info"]["sizes"]["pyodide.asm.wasm.packed"] = 4_000_000
PIN = json.loads(runtime.PIN.read_text("utf-8"))
for _name in {*map(runtime.project_of, PIN["files"])} - {""} | {"sigref"}:
    _depends = runtime.DEPENDS.get(_name, [])
    LOCK["packages"][_name] = {"file_name": f"{_name}.whl", "depends": _depends}
    LOCK["info"]["sizes"][f"{_name}.whl"] = 1_000_000


def pin(**files):
    hashes = {
        name.replace("_", "."): hashlib.sha256(content).hexdigest()
        for name, content in files.items()
    }
    return {"carriers": ["mirror", "npm"], "pyodide": "1", "files": hashes}


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    folder = tmp_path / "mirror"
    folder.mkdir()
    monkeypatch.setenv("RUNTIME_MIRROR", str(folder))
    monkeypatch.setitem(runtime.CARRIERS, "npm", lambda *_: None)
    return folder


def test_what_has_the_hash_is_taken(mirror, tmp_path):
    (mirror / "a.zip").write_bytes(b"good")
    runtime.fetch(pin(a_zip=b"good"), tmp_path / "fetched")
    assert (tmp_path / "fetched" / "a.zip").read_bytes() == b"good"
    (mirror / "a.zip").unlink()  # what is there already is not fetched again
    runtime.fetch(pin(a_zip=b"good"), tmp_path / "fetched")


def test_what_has_another_hash_is_refused(mirror, tmp_path, capsys):
    (mirror / "a.zip").write_bytes(b"bad")
    (mirror / "b.zip").write_bytes(b"good")
    with pytest.raises(SystemExit, match=r"no carrier .* a\.zip$"):
        runtime.fetch(pin(a_zip=b"good", b_zip=b"good"), tmp_path / "fetched")
    assert "mirror: a.zip is another file than the pin names" in capsys.readouterr().out
    assert [f.name for f in (tmp_path / "fetched").iterdir()] == ["b.zip"]


def test_the_next_carrier_is_asked_for_what_is_left(mirror, tmp_path, monkeypatch):
    (mirror / "a.zip").write_bytes(b"good")

    def second(pin, names, place):
        assert names == ["b.zip"]
        (place / "b.zip").write_bytes(b"good")

    monkeypatch.setitem(runtime.CARRIERS, "npm", second)
    runtime.fetch(pin(a_zip=b"good", b_zip=b"good"), tmp_path / "fetched")
    assert len(list((tmp_path / "fetched").iterdir())) == 2


def test_the_committed_pin_is_whole():
    assert {*runtime.CORE} <= {*PIN["files"]}
    assert all(re.fullmatch("[0-9a-f]{64}", code) for code in PIN["files"].values())
    assert {*PIN["carriers"]} <= {*runtime.CARRIERS}
    needed = {*runtime.DEPENDS, *buttons.NEEDS}.union(*runtime.DEPENDS.values())
    assert needed == {*LOCK["packages"]}


def test_a_moved_pin_says_what_changed():
    old = {"pyodide": "1", "files": {"numpy-2.4.3-any.whl": "a", "six-1-any.whl": "b"}}
    new = {"pyodide": "2", "files": {"numpy-2.4.6-any.whl": "c", "six-1-any.whl": "b"}}
    assert [line.replace(" ", "") for line in runtime.changes(old, new)] == [
        *('-"pyodide":"1",', '+"pyodide":"2",'),
        *('-"numpy-2.4.3-any.whl":"a",', '+"numpy-2.4.6-any.whl":"c",'),
    ]


def page(source, marks=""):
    return (
        f'<p>before</p><div class="program"{marks}><div class="language-python highlight">'
        f"<pre><span></span><code>{source}\n</code></pre></div><p>after</p></div>"
    )


@pytest.mark.parametrize(
    ("source", "mark"),
    [
        ("import <b>math</b>", "4.0"),
        ("from sigref import sigmoid", "6.0 sigref"),
        ("import sigref.facts", "7.0 mpmath sigref"),
        ("from scipy.special import expit", "6.0 scipy"),
        ("from sigref.plotting import plot_sigmoid", "15.0 matplotlib sigref"),
        ("import pandas", None),
        ("import threading", None),
        ("import sklearn.linear_model", None),
    ],
)
def test_a_program_has_a_button_where_its_imports_are_there(source, mark, tmp_path):
    done = buttons.with_buttons(page(source), LOCK, tmp_path)
    assert re.findall('data-run="(.*?)"', done) == ([mark] if mark else [])
    assert re.sub(' data-run=".*?"', "", done) == page(source)


def test_a_program_marked_off_has_none(tmp_path):
    done = buttons.with_buttons(page("1", ' data-off="slow"'), LOCK, tmp_path)
    assert done == page("1")


def test_printed_markdown_is_kept_to_compare_with(tmp_path):
    done = buttons.with_buttons(page("1", ' data-printed="a&lt;&#10;"'), LOCK, tmp_path)
    (name,) = re.findall('data-expects="(.*?)"', done)
    assert (tmp_path / name).read_text("utf-8") == "a<\n"
    assert "data-printed" not in done


@pytest.mark.parametrize(
    ("options", "marks"),
    [
        ({}, ""),
        ({"run": "off", "reason": "slow"}, ' data-off="slow"'),
        ({"run": "differs", "reason": 'a "b"'}, ' data-differs="a &quot;b&quot;"'),
    ],
)
def test_a_fence_says_why(options, marks):
    assert fence._checked({"exec": "on", **options})
    assert fence._marks(options, "") == marks


@pytest.mark.parametrize("alone", [{"run": "off"}, {"reason": "slow"}])
def test_a_fence_without_a_reason_is_refused(alone):
    with pytest.raises(ValueError, match="run= needs a reason="):
        fence._checked({"exec": "on", **alone})


def test_without_the_runtime_there_is_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "STORE", tmp_path / "none")
    (tmp_path / "site/assets/python").mkdir(parents=True)
    pages = {tmp_path: page("1", ' data-printed="a" data-off="b"')}
    buttons.publish(tmp_path / "site", pages)
    assert pages == {tmp_path: page("1")}
    assert not (tmp_path / "site/assets/python").exists()
