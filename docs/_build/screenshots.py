"""Make the pictures of the documentation from real runs of the program.

    python docs/_build/screenshots.py                    # into docs/img
    python docs/_build/screenshots.py --into site/img    # what `make docs` does after building the site

Needs chromium, soffice (LibreOffice), pdftotext and pdftoppm. A program that is not found is named, and the
pictures that need it stay as they are. Nothing is fetched; the answers are simulated.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import page_pictures
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "examples" / "kedai_kopi" / "instrument.yaml"
COLOURS = 128
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def run(*words: str | Path, cwd: Path) -> None:
    """One command; what it says is shown only when it fails."""
    done = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{words[0]} failed ({done.returncode}):\n{done.stdout}{done.stderr}")


def program(*words: str | Path, cwd: Path) -> None:
    """A command of this package, in Indonesian unless it says otherwise."""
    run(sys.executable, "-m", "umkm_stats", *words, cwd=cwd)


def prepare(folder: Path) -> None:
    """Questionnaires, answers, the chapter in both voices and the demo, as the tutorials make them."""
    from umkm_stats import load_instrument, simulate_responses

    forms = ("google-forms", "docx", "html")
    program(
        "questionnaire",
        SHOP,
        *(word for form in forms for word in ("--format", form)),
        "--out",
        "kuesioner",
        "--lang",
        "id",
        cwd=folder,
    )
    mess = {
        "missing": 0.005,
        "duplicates": 2,
        "out_of_range": 2,
        "ambiguous": 1,
        "variants": 0.05,
        "total_row": True,
        "test_rows": 1,
    }
    simulate_responses(
        load_instrument(SHOP), population="default", n=160, seed=7, lang="id", mess=mess
    ).write(folder / "jawaban.xlsx")
    (folder / "page").mkdir()
    simulate_responses(
        load_instrument(SHOP),
        population="default",
        n=160,
        seed=7,
        lang="id",
        mess={"missing": 0.005, "duplicates": 2, "out_of_range": 1, "total_row": True},
    ).write(folder / "page" / "jawaban.xlsx")
    same = ("--instrument", SHOP, "--draws", "1000", "--seed", "2026")
    program(
        "analyze", "jawaban.xlsx", *same, "--out", "bab4", "--style", "skripsi", "--lang", "id", cwd=folder
    )
    program("analyze", "jawaban.xlsx", *same, "--out", "report", "--style", "apa", "--lang", "en", cwd=folder)
    program("demo", "--out", "demo", "--lang", "en", cwd=folder)


def browser() -> str | None:
    """The first browser that is installed."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def page_of_site(source: str, width: int, height: int) -> Callable[[Path, Path], None]:
    """A picture of the top of an HTML file."""

    def make(folder: Path, out: Path) -> None:
        window = f"--window-size={width},{height}"
        address = (folder / source).resolve().as_uri()
        run(
            browser() or "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
            window,
            f"--screenshot={out}",
            address,
            cwd=folder,
        )

    return make


def page_of_word(source: str, text: str) -> Callable[[Path, Path], None]:
    """A picture of the first page of a Word file that holds ``text``."""

    def make(folder: Path, out: Path) -> None:
        pdf = (folder / source).with_suffix(".pdf")
        if not pdf.exists():
            profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
            run(
                "soffice",
                profile,
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                pdf.parent,
                folder / source,
                cwd=folder,
            )
        read = subprocess.run(
            ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
        ).stdout
        found = [number for number, page in enumerate(read.split("\f"), 1) if text in " ".join(page.split())]
        if not found:
            raise SystemExit(f"no page of {source} holds “{text}”")
        page = str(found[0])
        run(
            "pdftoppm",
            "-png",
            "-r",
            "70",
            "-f",
            page,
            "-l",
            page,
            "-singlefile",
            pdf,
            out.with_suffix(""),
            cwd=folder,
        )

    return make


def drawn(pattern: str) -> Callable[[Path, Path], None]:
    """A picture that the program draws itself."""

    def make(folder: Path, out: Path) -> None:
        (found,) = folder.glob(pattern)
        shutil.copy(found, out)

    return make


WORD, SITE = ("soffice", "pdftotext", "pdftoppm"), ("chromium",)


def plotted(name: str) -> Callable[[Path, Path], None]:
    """A picture that the Python blocks of the page on pictures write."""

    def make(folder: Path, target: Path) -> None:
        plots = folder / "plots"
        if not plots.is_dir():
            plots.mkdir()
            (plots / "examples").symlink_to(ROOT / "examples")
            page = (ROOT / "docs" / "howto" / "plots.md").read_text(encoding="utf-8")
            code = "\n".join(re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE))
            (plots / "page.py").write_text(code, encoding="utf-8")
            run(sys.executable, "page.py", cwd=plots)
        shutil.copy(plots / name, target)

    return make


PLOTS = (
    "fit_paths.png",
    "fit_residuals.png",
    "cfa_loadings.png",
    "reliability_items.png",
    "efa_scree.png",
    "efa_loadings.png",
    "validity_htmt.png",
    "validity_fornell_larcker.png",
    "power_curve.png",
)
PICTURES: dict[str, tuple[tuple[str, ...], Callable[[Path, Path], None]]] = {
    "petunjuk_google_forms.png": (
        SITE,
        page_of_site("kuesioner/kedai_kopi_google_forms_PETUNJUK.html", 900, 900),
    ),
    "formulir_html.png": (SITE, page_of_site("kuesioner/kedai_kopi.html", 900, 760)),
    "laporan_html.png": (SITE, page_of_site("bab4/report.html", 1300, 800)),
    "report_html.png": (SITE, page_of_site("report/report.html", 1300, 800)),
    "kuesioner_cetak.png": (WORD, page_of_word("kuesioner/kedai_kopi.docx", "Pesanan datang")),
    "bab4_halaman.png": (WORD, page_of_word("bab4/report.docx", "Hasil Pengujian Pengaruh Tidak Langsung")),
    "path_latent_M1.png": ((), drawn("demo/figures/*_path_latent_M1.png")),
    **{f"plot_{name}": ((), plotted(name)) for name in PLOTS},
}


def small(path: Path) -> None:
    """Fewer colours, same picture: a page of text needs no more."""
    with Image.open(path) as picture:
        flat = picture.convert("RGB")
        flat.thumbnail((1100, 1100))
        flat.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Make every picture whose programs are installed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "img")
    into = parser.parse_args().into.resolve()
    into.mkdir(parents=True, exist_ok=True)
    absent = {name for name in WORD if shutil.which(name) is None} | (
        {"chromium"} if browser() is None else set()
    )
    if absent:
        print(f"not installed: {', '.join(sorted(absent))}; their pictures are left as they are")
    with tempfile.TemporaryDirectory() as given:
        folder = Path(given)
        prepare(folder)
        for name, (needs, make) in PICTURES.items():
            if absent.isdisjoint(needs):
                make(folder, folder / name)
                small(folder / name)
                shutil.copy(folder / name, into / name)
                print(f"{name}: {(into / name).stat().st_size // 1024} KiB")
        if program_ := browser():
            for path in page_pictures.take(folder, folder / "page" / "jawaban.xlsx", program_):
                small(path)
                shutil.copy(path, into / path.name)
                print(f"{path.name}: {(into / path.name).stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
