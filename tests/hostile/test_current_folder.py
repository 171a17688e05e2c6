"""Who grades often stands in a student's folder: nothing there is obeyed, nor in a home inside it."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from builders_folders import make_file

USER_SITE = f"home/.local/lib/python{sysconfig.get_python_version()}/site-packages"
# Modules that Python, or a library, would import in its own place.
MODULES = """
    sitecustomize.py usercustomize.py conftest.py startup.py selectors.py socket.py signal.py json.py runpy.py
    typing.py ctypes/__init__.py multiprocessing/__init__.py distutils/__init__.py typer.py rich.py
    pydantic/__init__.py ruamel/__init__.py jinja2/__init__.py numpy/__init__.py h5py.py pandas/__init__.py
    PIL/__init__.py keras/__init__.py tensorflow/__init__.py matplotlib/__init__.py dask/__init__.py
    distributed/__init__.py yaml.py tornado/__init__.py
""".split()  # noqa: SIM905  (one in each line would be a page)
# What they look for in the current folder, in a home, or where a variable says.
SETTINGS = {
    "matplotlibrc": "text.usetex: True\n",
    "home/.config/matplotlib/matplotlibrc": "text.usetex: True\n",
    **dict.fromkeys(("keras.json", ".keras/keras.json", "home/.keras/keras.json"), '{"floatx": "float16"}'),
    **dict.fromkeys(
        ("dask.yaml", "distributed.yaml", "home/.config/dask/dask.yaml"),
        "distributed: {worker: {preload: startup.py}, scheduler: {preload: startup.py}}\n",
    ),
    **dict.fromkeys(("setup.cfg", "site.cfg", ".pydistutils.cfg", "home/.pydistutils.cfg"), "[build]\n"),
    **dict.fromkeys((".netrc", "home/.netrc"), "default login eve password eve\n"),
    "home/.config/rich/rich.toml": "",
    "pyproject.toml": "[tool.grader]\n",
    "pyvenv.cfg": "include-system-site-packages = true\n",
    "eve.dist-info/METADATA": "Metadata-Version: 2.1\nName: eve\nVersion: 1\n",
    "eve.dist-info/entry_points.txt": "".join(
        f"[{group}]\neve = startup\n"
        for group in (
            "pydantic",
            "dask.array.backends",
            "fsspec.specs",
            "pandas_dataframe_plotting_backends",
            "tensorflow",
        )
    ),
    # Neither is a library: whoever loads it says so and fails.
    f"{USER_SITE}/tensorflow-plugins/libeve.so": "no library",
    "plugins/libeve.so": "no library",
    "gradient_clipping": "version: 1\ntitle: Nothing is asked\nitems: []\n",
    "gradient_clipping.yaml": "version: 1\ntitle: Nothing is asked\nitems: []\n",
    "gradient_clipping.calibration.json": "{}",
}
# Python starts every process of a run with this, and it notes what is opened in the planted folder,
# but for what the reader of a submission's files gives to a worker as bytes.
HOOK = """
import os, sys
def note(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        path = os.path.abspath(os.fsdecode(arguments[0]))
        # What is opened inside another folder's descriptor has a relative name, too.
        own = path.startswith({folder!r} + os.sep) and os.path.lexists(path) and not noting
        if own and not by_the_intake(sys._getframe()):
            noting.append(path)
            try:
                with open({log!r}, "a") as file:
                    file.write(path[len({folder!r}) + 1:] + "\\n")
            except OSError:
                pass
            noting.clear()
def by_the_intake(frame):
    while frame and not frame.f_code.co_filename.endswith("grader/measure/sources.py"):
        frame = frame.f_back
    return frame
noting = []
sys.addaudithook(note)
"""


@pytest.mark.hostile_row(51, 80)
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "."),
        ("hook", "github", "."),
        ("grade", "../class", "--out", "../graded"),
        ("grade", "../class", "--out", "../graded", "--cluster", "local", "--jobs", "1"),
    ],
    ids=["check", "hook", "grade", "cluster"],
)
def test_nothing_in_the_current_folder_is_obeyed(
    tmp_path: Path, examples: Path, arguments: tuple[str, ...]
) -> None:
    """What is planted there is opened only as a file of the submission, and it is graded as elsewhere."""
    folder, marker, log = tmp_path / "eve", tmp_path / "marker", tmp_path / "opened"
    shutil.copytree(examples / "ana_passes", folder)
    if arguments[0] == "hook":
        # What a hook adds to `check` is done without TensorFlow, which takes most of the time.
        (folder / "model.keras").unlink()
    shutil.copytree(examples / "ana_passes", tmp_path / "class" / "ana")
    leave = f"open({str(marker)!r}, 'a').write(__name__)\n"
    for name in MODULES:
        make_file(folder, name, leave.encode())
    make_file(folder, "eve.pth", f"import os; {leave}".encode())
    for name, text in SETTINGS.items():
        make_file(folder, name, text.encode())
    make_file(folder, "uname", f"#!/bin/sh\necho uname >> {marker}\n".encode())
    (folder / "uname").chmod(0o755)
    make_file(tmp_path, "hook/sitecustomize.py", HOOK.format(folder=str(folder), log=str(log)).encode())
    before = sorted(folder.rglob("*"))

    done = subprocess.run(
        [Path(sys.executable).with_name("grader"), *arguments],
        cwd=folder,
        env=os.environ | variables(folder) | {"PYTHONPATH": str(tmp_path / "hook")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert 0 == done.returncode, done.stderr
    assert arguments[0] == "grade" or not done.stderr
    assert "" == (log.read_text(encoding="utf-8") if log.exists() else "")
    assert not marker.exists()
    assert before == sorted(folder.rglob("*"))


def variables(folder: Path) -> dict[str, str]:
    """Variables that lead libraries into the folder."""
    return {
        "HOME": str(folder / "home"),
        "XDG_CONFIG_HOME": str(folder / "home/.config"),
        # Packages in a home are the user's: outside a virtual environment Python itself takes those here.
        "PYTHONNOUSERSITE": "1",
        # An empty place among them is the current folder.
        "PATH": f":{os.environ['PATH']}",
        "PYTHONSTARTUP": str(folder / "startup.py"),
        "KERAS_HOME": str(folder / ".keras"),
        "MATPLOTLIBRC": str(folder),
        "MPLCONFIGDIR": str(folder),
        "HDF5_PLUGIN_PATH": str(folder / "plugins"),
        "HDF5_PLUGIN_PRELOAD": str(folder / "plugins/libeve.so"),
        "XLA_FLAGS": f"--xla_dump_to={folder / 'dump'}",
        "TF_XLA_FLAGS": "--no_such_flag",
        "TF_DUMP_GRAPH_PREFIX": str(folder / "dump"),
        "TF_PLUGGABLE_DEVICE_LIBRARY_PATH": str(folder / "plugins"),
        "NETRC": str(folder / ".netrc"),
    }
