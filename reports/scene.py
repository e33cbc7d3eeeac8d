"""A drawing as plain values, so that PDF and HTML show the same: x to the right, y upwards, in points."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any, Literal

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject
from reportlab.platypus import Flowable

from reports.fonts import BOLD, REGULAR

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Path:
    """An open line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 0.6
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Box:
    """A filled rectangle, with an outline if it has one; ``title`` is shown on a screen when pointed at."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    outline: str | None = None
    title: str = ""


@dataclass(frozen=True)
class Boxes:
    """Many filled rectangles of one colour, as (x, y, width, height): drawn at once."""

    boxes: tuple[tuple[float, float, float, float], ...]
    fill: str


@dataclass(frozen=True)
class Label:
    """One line of text; ``y`` is its base line."""

    x: float
    y: float
    text: str
    size: float = 6.5
    colour: str = "#3a444f"
    anchor: Anchor = "start"
    bold: bool = False


Shape = Path | Box | Boxes | Label


@dataclass(frozen=True)
class Scene:
    """A drawing of a size."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


# ---- PDF


class SceneFlowable(Flowable):
    """A scene in a report, as vectors."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.scene = scene
        self.width, self.height = scene.width, scene.height

    def draw(self) -> None:
        """Draw every shape."""
        for shape in self.scene.shapes:
            _PDF[type(shape)](self.canv, shape)


@cache
def _colour(code: str) -> Color:
    """Return a parsed colour: a QR code has hundreds of boxes of the same one."""
    return HexColor(code)


def _path_pdf(canvas: Canvas, path: Path) -> None:
    canvas.setStrokeColor(_colour(path.colour))
    canvas.setLineWidth(path.width)
    canvas.setLineJoin(1)
    canvas.setDash(list(path.dash))
    (x, y), *others = path.points
    canvas.drawPath(_path(f"{x:.2f} {y:.2f} m", *(f"{x:.2f} {y:.2f} l" for x, y in others)))
    canvas.setDash([])


def _path(*steps: str) -> PDFPathObject:
    """Return a path written at once: point by point it took a third of the time of a whole report."""
    return PDFPathObject(code=["n", *steps])


def _box_pdf(canvas: Canvas, box: Box) -> None:
    canvas.setFillColor(_colour(box.fill))
    if box.outline:
        canvas.setStrokeColor(_colour(box.outline))
        canvas.setLineWidth(0.5)
    canvas.rect(box.x, box.y, box.width, box.height, stroke=int(box.outline is not None), fill=1)


def _boxes_pdf(canvas: Canvas, many: Boxes) -> None:
    canvas.setFillColor(_colour(many.fill))
    steps = (f"{x:.3f} {y:.3f} {width:.3f} {height:.3f} re" for x, y, width, height in many.boxes)
    canvas.drawPath(_path(*steps), stroke=0, fill=1)


def _label_pdf(canvas: Canvas, label: Label) -> None:
    canvas.setFillColor(_colour(label.colour))
    canvas.setFont(BOLD if label.bold else REGULAR, label.size)
    draw = {"start": canvas.drawString, "middle": canvas.drawCentredString, "end": canvas.drawRightString}
    draw[label.anchor](label.x, label.y, label.text)


_PDF: dict[type, Callable[[Canvas, Any], None]] = {
    Path: _path_pdf,
    Box: _box_pdf,
    Boxes: _boxes_pdf,
    Label: _label_pdf,
}


# ---- SVG


def to_svg(scene: Scene, name: str) -> str:
    """Return a scene as an ``<svg>`` element that needs nothing else; ``name`` is read out to those who cannot see."""
    inner = "".join(_svg(shape, scene.height) for shape in scene.shapes)
    box = f"0 0 {scene.width:.1f} {scene.height:.1f}"
    return (
        f'<svg viewBox="{box}" role="img" aria-label="{escape(name)}" xmlns="http://www.w3.org/2000/svg">{inner}</svg>'
    )


def _svg(shape: Shape, height: float) -> str:
    if isinstance(shape, Path):
        points = " ".join(f"{x:.1f},{height - y:.1f}" for x, y in shape.points)
        dash = f' stroke-dasharray="{" ".join(f"{d:g}" for d in shape.dash)}"' if shape.dash else ""
        return f'<polyline points="{points}" fill="none" stroke="{shape.colour}" stroke-width="{shape.width:g}"{dash}/>'
    if isinstance(shape, Boxes):
        steps = (f"M{x:.2f} {height - y - h:.2f}h{w:.2f}v{h:.2f}h{-w:.2f}z" for x, y, w, h in shape.boxes)
        return f'<path d="{"".join(steps)}" fill="{shape.fill}"/>'
    if isinstance(shape, Box):
        outline = f' stroke="{shape.outline}" stroke-width="0.5"' if shape.outline else ""
        size = f'x="{shape.x:.1f}" y="{height - shape.y - shape.height:.1f}" width="{shape.width:.1f}"'
        title = f"<title>{escape(shape.title)}</title>" if shape.title else ""
        return f'<rect {size} height="{shape.height:.1f}" fill="{shape.fill}"{outline}>{title}</rect>'
    weight = ' font-weight="700"' if shape.bold else ""
    place = f'x="{shape.x:.1f}" y="{height - shape.y:.1f}" text-anchor="{shape.anchor}"'
    return f'<text {place} font-size="{shape.size:g}" fill="{shape.colour}"{weight}>{escape(shape.text)}</text>'
