"""Copy what the product uses of node_modules: ES modules of the handheld and the fonts of the reports.

Nothing of it is committed; every copy stands beside its licence. Run by ``make setup``.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "handheld" / "app" / "vendor"
FONTS = ROOT / "reports" / "fonts"

# file in the handheld's vendor folder -> (package, file in the package, name in the page's import map)
SCRIPTS: dict[str, tuple[str, str, str]] = {
    "preact.mjs": ("preact", "dist/preact.mjs", "preact"),
    "preact-hooks.mjs": ("preact", "hooks/dist/hooks.mjs", "preact/hooks"),
    "htm.mjs": ("htm", "dist/htm.mjs", "htm"),
    "signals-core.mjs": ("@preact/signals-core", "dist/signals-core.mjs", "@preact/signals-core"),
    "signals.mjs": ("@preact/signals", "dist/signals.mjs", "@preact/signals"),
    "mqtt.mjs": ("mqtt", "dist/mqtt.esm.js", "mqtt"),
    "uplot.mjs": ("uplot", "dist/uPlot.esm.js", "uplot"),
}
STYLES = {"uplot.css": ("uplot", "dist/uPlot.min.css")}
FONT_PACKAGE = "@expo-google-fonts/noto-sans-sc"
WEIGHTS = ("400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf")
IMPORT = re.compile(r"""(?:\bfrom|\bimport|^import)\s*\(?\s*["']([^"'\s]+)["']""", re.MULTILINE)


def check_imports(name: str, text: str, known: set[str]) -> None:
    """Refuse a module that imports anything but the bare names of the import map: the page has no bundler."""
    unknown = sorted(set(IMPORT.findall(text)) - known)
    if unknown:
        sys.exit(f"assets: {name} imports {', '.join(unknown)}, which the page's import map does not know")


def copy_licence(package: str, folder: Path) -> None:
    """Put a package's licence beside its files."""
    licences = sorted((MODULES / package).glob("LICEN[CS]E*"))
    if not licences:
        sys.exit(f"assets: {package} has no licence file")
    for licence in licences:
        shutil.copyfile(licence, folder / f"{licence.stem}-{package.strip('@').replace('/', '-')}.txt")


def copy_scripts() -> None:
    """Fill the vendor folder of the handheld."""
    known = {bare for _, _, bare in SCRIPTS.values()}
    for name, (package, source, _) in SCRIPTS.items():
        text = (MODULES / package / source).read_text(encoding="utf-8")
        check_imports(name, text, known)
        (VENDOR / name).write_text(text, encoding="utf-8")
        copy_licence(package, VENDOR)
    for name, (package, source) in STYLES.items():
        shutil.copyfile(MODULES / package / source, VENDOR / name)


def copy_fonts() -> None:
    """Fill the font folder of the reports with two weights; reportlab needs TrueType outlines."""
    for weight in WEIGHTS:
        shutil.copyfile(MODULES / FONT_PACKAGE / weight, FONTS / Path(weight).name)
    copy_licence(FONT_PACKAGE, FONTS)


def main() -> None:
    """Copy all of it."""
    if not MODULES.is_dir():
        sys.exit("assets: node_modules is missing; run 'make setup'")
    for folder in (VENDOR, FONTS):
        folder.mkdir(parents=True, exist_ok=True)
    copy_scripts()
    copy_fonts()


if __name__ == "__main__":
    main()
