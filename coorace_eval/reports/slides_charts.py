"""Charts that can be edited where they are shown: the figures go with them, in a sheet behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pptx.chart.data import CategoryChartData
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.oxml.ns import qn
from pptx.util import Cm, Pt

from coorace_eval.charts import theme
from coorace_eval.charts.words import sentence, shorten
from coorace_eval.formatting import format_value
from coorace_eval.language import FRENCH, language, tr
from coorace_eval.reports.office import INK, LINE, SOFT, TAGS, said
from coorace_eval.reports.slides_deck import SMALLEST, describe

if TYPE_CHECKING:
    from coorace_eval.reports.content import ChartData

_COLOURS = [colour.lstrip("#") for colour in theme.SERIES]
_MARKERS = (XL_MARKER_STYLE.CIRCLE, XL_MARKER_STYLE.DIAMOND, XL_MARKER_STYLE.SQUARE, XL_MARKER_STYLE.TRIANGLE)
_DASHES = (MSO_LINE.SOLID, MSO_LINE.DASH, MSO_LINE.ROUND_DOT, MSO_LINE.LONG_DASH)
_PATTERNS = (
    None,
    MSO_PATTERN.WIDE_UPWARD_DIAGONAL,
    MSO_PATTERN.PERCENT_20,
    MSO_PATTERN.WIDE_DOWNWARD_DIAGONAL,
)
_TALL = 8
"""Centimetres below which figures need more room between a line and the title."""
_EVERY = 7
"""Up to so many years each figure is written; beyond, the first and the last."""


class _Sheet(CategoryWorkbookWriter):
    """The sheet behind a chart, in which every name is a text: never a formula, never a link."""

    def _write_cat_column(self, worksheet: Any, col: int, level: Any, num_format: Any) -> None:
        worksheet.set_column(col, col, 40)
        for offset, name in level:
            worksheet.write_string(offset + 1, col, str(name))

    def _write_series(self, workbook: Any, worksheet: Any) -> None:
        first = self._chart_data.categories.depth
        for rank, series in enumerate(self._chart_data):
            shown = workbook.add_format({"num_format": series.number_format})
            worksheet.write_string(0, rank + first, str(series.name))
            worksheet.write_column(1, rank + first, series.values, shown)


class _Data(CategoryChartData):
    """What a chart shows, with our sheet behind it."""

    @property
    def _workbook_writer(self) -> _Sheet:
        return _Sheet(self)


def add_chart(slide: Any, chart: ChartData, place: tuple[float, float, float, float]) -> None:
    """Draw a chart that can be edited.

    Parameters
    ----------
    chart
        What it shows.
    place
        Left, top, width and height, in centimetres.
    """
    lines = chart.form == "lignes"
    kind = XL_CHART_TYPE.LINE_MARKERS if lines else XL_CHART_TYPE.BAR_CLUSTERED
    data = _Data(number_format=number_format(chart))
    data.categories = [said(_category(chart, rank)) for rank in range(len(chart.categories))]
    for series in chart.series:
        shift = 1 if chart.words else 0
        data.add_series(shorten(series.name, 60), [None if v is None else v + shift for v in series.values])
    frame = slide.shapes.add_chart(kind, *(Cm(side) for side in place), data)
    drawn = frame.chart
    drawn.font.size, drawn.font.name = Pt(SMALLEST), theme.FAMILIES[0]
    drawn.font.color.rgb = RGBColor.from_string(INK)
    _title(drawn, chart, place[2])
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        drawn.legend.font.size = Pt(SMALLEST)
    _axes(drawn, chart, lines, 1.25 if place[3] > _TALL else 1.6)
    for rank, series in enumerate(drawn.plots[0].series):
        (_line if lines else _bar)(series, rank if lines else len(chart.series) - 1 - rank)
        _labels(series, chart, rank, lines, 0.2 if place[3] > _TALL else 0.5)
    for properties in drawn._chartSpace.iter(qn("a:defRPr"), qn("a:rPr")):
        properties.set("lang", TAGS[language()])
    for body in drawn.plots[0]._element.iter(qn("a:bodyPr")):
        body.set("wrap", "none")
    describe(frame, told(chart))


def number_format(chart: ChartData) -> str:
    """How its figures are written, in Excel's own words; the separators follow the language.

    Examples: ``[$-40C]#,##0.0" "%`` for shares in French, ``[$-809]#,##0`` for whole numbers in English.
    """
    known = [value for series in chart.series for value in series.values if value is not None]
    share = chart.unit == "ratio"
    scaled = [value * 100 if share else value for value in known]
    decimals = 0
    if any(abs(value - round(value)) > 1e-9 for value in scaled):
        decimals = 1 if share or max(map(abs, scaled)) >= 10 else 2
    if max(map(abs, scaled), default=0) >= 1000:
        decimals = 0
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    french = language() == FRENCH
    percent = ('"\u00a0"%' if french else "%") if share else ""
    return f"[$-{'40C' if french else '809'}]{digits}{percent}"


def told(chart: ChartData) -> str:
    """What the chart shows, for whoever does not see it."""
    parts = []
    for series in chart.series:
        said_of = [
            f"{_shown(chart, value)} ({name})"
            for name, value in zip(chart.categories, series.values, strict=True)
        ]
        parts.append(f"{series.name} : {', '.join(said_of)}")
    return sentence(parts) if parts else chart.title


def _shown(chart: ChartData, value: float | None) -> str:
    if value is None:
        return tr("non disponible")
    if chart.words:
        return chart.words[int(value)].lower()
    return format_value(value, chart.unit, label=chart.unit if chart.unit != "ratio" else "")


def _category(chart: ChartData, rank: int) -> str:
    name = shorten(chart.categories[rank], 72)
    nothing = all(series.values[rank] is None for series in chart.series)
    unknown = tr("n. d.")
    return f"{name} ({unknown})" if nothing else name


def _title(drawn: Any, chart: ChartData, width: float) -> None:
    alone = len(chart.series) == 1
    drawn.has_title = chart.form == "lignes" or alone
    if not drawn.has_title:
        return
    title = chart.title if chart.form == "lignes" else chart.series[0].name
    apart = f" ({shorten(chart.unit, 30)})" if chart.unit not in ("", "ratio") else ""
    run = drawn.chart_title.text_frame.paragraphs[0].add_run()
    run.text = said(shorten(title, 84 if width < 20 else 160) + apart)
    run.font.size, run.font.bold = Pt(SMALLEST), True
    drawn.chart_title.include_in_layout = False


def _axes(drawn: Any, chart: ChartData, lines: bool, air: float) -> None:
    names, values = drawn.category_axis, drawn.value_axis
    names.tick_labels.font.size = Pt(SMALLEST)
    names.format.line.color.rgb = RGBColor.from_string(SOFT)
    names.has_major_gridlines = False
    known = [value for series in chart.series for value in series.values if value is not None]
    values.minimum_scale = min(0.0, *known, 0.0)
    values.has_major_gridlines = not lines and bool(chart.words)
    values.visible = False
    if chart.words:
        values.maximum_scale, values.major_unit = len(chart.words) + 1.2, 1
        values.major_gridlines.format.line.color.rgb = RGBColor.from_string(LINE)
    elif known and max(known) > 0:
        values.maximum_scale = max(known) * (air if lines else 1.2)
    if not lines:
        names.reverse_order = True
        drawn.plots[0].gap_width = 60 if len(chart.categories) > 3 else 220
        drawn.plots[0].overlap = -10
    blanks = drawn._chartSpace.chart.find(qn("c:dispBlanksAs"))
    if blanks is not None:
        blanks.set("val", "gap")


def _line(series: Any, rank: int) -> None:
    colour = RGBColor.from_string(_COLOURS[rank % len(_COLOURS)])
    series.smooth = False
    series.format.line.color.rgb, series.format.line.width = colour, Pt(3)
    series.format.line.dash_style = _DASHES[rank % len(_DASHES)]
    series.marker.style, series.marker.size = _MARKERS[rank % len(_MARKERS)], 11
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = colour
    series.marker.format.line.color.rgb = RGBColor.from_string(INK)


def _bar(series: Any, rank: int) -> None:
    """A bar with an outline; those of other years are hatched, as colour alone does not tell them apart."""
    colour = RGBColor.from_string(_COLOURS[rank % len(_COLOURS)])
    pattern = _PATTERNS[rank % len(_PATTERNS)]
    if pattern is None:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour
    else:
        series.format.fill.patterned()
        series.format.fill.pattern = pattern
        series.format.fill.fore_color.rgb = colour
        series.format.fill.back_color.rgb = RGBColor(255, 255, 255)
    series.format.line.color.rgb, series.format.line.width = RGBColor.from_string(INK), Pt(1)
    series.invert_if_negative = False


def _labels(series: Any, chart: ChartData, rank: int, lines: bool, floor: float) -> None:
    """Each figure beside its mark; a rank is said by its word."""
    labels = series.data_labels
    labels.show_value = True
    labels.number_format, labels.number_format_is_linked = number_format(chart), False
    labels.position = XL_LABEL_POSITION.ABOVE if lines else XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size, labels.font.bold = Pt(SMALLEST), rank == len(chart.series) - 1
    known = [place for place, value in enumerate(chart.series[rank].values) if value is not None]
    for place in known:
        if chart.words:
            frame = series.points[place].data_label.text_frame
            frame.word_wrap = False
            run = frame.paragraphs[0].add_run()
            run.text = shorten(chart.words[int(chart.series[rank].values[place] or 0)], 40)
            run.font.size = Pt(SMALLEST)
            series.points[place].data_label.position = XL_LABEL_POSITION.OUTSIDE_END
        elif lines and len(known) > _EVERY and place not in (known[0], known[-1]):
            _silent(labels, place)
        elif lines and _low(chart.series[rank].values, known, place, floor):
            below = series.points[place].data_label
            below.position, below.font.size = XL_LABEL_POSITION.BELOW, Pt(SMALLEST)
            below.font.bold = labels.font.bold


def _low(values: tuple[float | None, ...], known: list[int], place: int, floor: float) -> bool:
    """Whether a figure is better written below its mark: the line leaves it upwards."""
    here, top = values[place] or 0.0, max(values[other] or 0.0 for other in known)
    rank = known.index(place)
    around = [
        values[other] or 0.0 for other in (*known[max(rank - 1, 0) : rank], *known[rank + 1 : rank + 2])
    ]
    return here > floor * top and bool(around) and min(around) > here


def _silent(labels: Any, place: int) -> None:
    """Leave one figure unwritten."""
    label = labels._element.get_or_add_dLbl_for_point(place)
    for child in list(label):
        if child.tag not in (qn("c:idx"),):
            label.remove(child)
    label.append(label.makeelement(qn("c:delete"), {"val": "1"}))
