"""Where the group thinks it stands, dimension by dimension, in words (decision 8)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import altair as alt
import pandas as pd

from coorace_eval.campaigns.story import Story
from coorace_eval.charts import theme
from coorace_eval.charts.drawing import AnyChart, blank, heading, row_text
from coorace_eval.charts.words import NBSP, plain, sentence
from coorace_eval.formatting import MISSING
from coorace_eval.indicators import Results
from coorace_eval.language import mark, tr
from coorace_eval.network import Band
from coorace_eval.vocabulary import Level

QUESTION = mark("Où pensons-nous en être, dimension par dimension\u00a0?")
NOT_YET = mark("Non appréciée")
BANDS = mark(
    "Bande grise\u00a0: entre quels niveaux se tient la moitié du milieu des entreprises du même type."
)
_ROW, _COLUMN, _AROUND = 52, 116, 0.42
_LEVELS = {level: rank for rank, level in enumerate(Level)}


def profile(results: Results, story: Story, bands: Mapping[str, Band] | None = None) -> AnyChart:
    """The collective appreciation of each dimension, this year and the year before.

    An ordinal axis in words: there is no mark, no total and no order between dimensions, which stay
    as the référentiel has them. A dimension that was not appreciated says so.

    Parameters
    ----------
    bands
        By dimension, between which levels the middle half of the others of the same type stands.
    """
    read = _read(results, story, bands or {})
    if read["level"].isna().all() and read["before"].isna().all():
        return blank(tr(QUESTION))
    now, before = str(story.campaign.year), str(story.campaign.year - 1)
    marks = pd.concat([
        read.assign(series=before, rank=read["before"], told=_told(read, before, "word_before")),
        read.assign(series=now, rank=read["level"], told=_told(read, now, "word")),
    ]).dropna(subset="rank")  # fmt: skip
    years = [now] if read["before"].isna().all() else [now, before]
    height = _ROW * len(read)
    across = partial(alt.X, title=None, axis=None, scale=alt.Scale(domain=[-0.5, 3.5]))
    x = across("rank:Q")
    y = alt.Y("row:Q", title=None, axis=None, scale=alt.Scale(domain=[len(read) - 0.5, -0.5], nice=False))
    colours = alt.Scale(domain=years, range=[theme.BLUE, theme.ORANGE][: len(years)])
    shapes = alt.Scale(domain=years, range=["circle", "diamond"][: len(years)])
    banded = read.dropna(subset="low")
    layers = [
        *(
            alt.Chart(banded.assign(from_=banded["low"] - _AROUND, to=banded["high"] + _AROUND))
            .mark_bar(color=theme.BAND, stroke=theme.QUIET, size=34, cornerRadius=4)
            .encode(x=across("from_:Q"), x2=alt.X2("to:Q"), y=y)
            for _ in banded.index[:1]
        ),
        _grid(len(read)).mark_rule(color=theme.GRID, strokeWidth=1).encode(y=y),
        alt.Chart(_ranks()).mark_rule(color=theme.GRID, strokeWidth=1, strokeDash=[2, 3]).encode(x=x),
        alt.Chart(_ranks())
        .mark_text(baseline="bottom", fontWeight=600, y=-10)
        .encode(x=x, text=alt.Text("word:N")),
        alt.Chart(read).mark_rule(color=theme.QUIET, strokeWidth=2.5).encode(
            x=across("before:Q"), x2=alt.X2("level:Q"), y=y
        ),
        *(
            alt.Chart(marks[marks["series"] == year])
            .mark_point(size=420 if year == before else 170)
            .encode(
                x=x, y=y,
                color=alt.Color("series:N", scale=colours, legend=alt.Legend(orient="bottom")),
                shape=alt.Shape("series:N", scale=shapes),
            )
            for year in (before, now)
        ),
        alt.Chart(read[read["level"].isna()])
        .mark_text(align="left", fontStyle="italic", color=theme.SOFT, x=12)
        .encode(y=y, text=alt.value(tr("Non appréciée en {year}", year=now))),
        *_labels(read, y),
    ]  # fmt: skip
    whole: AnyChart = alt.layer(*layers)
    return whole.properties(
        width=4 * _COLUMN, height=height, description=_description(read, now, before),
        title=heading(tr(QUESTION), "" if banded.empty else tr(BANDS)),
    )  # fmt: skip


def profile_table(results: Results, story: Story, bands: Mapping[str, Band] | None = None) -> pd.DataFrame:
    """The table that stands beside the chart: dimension, this year, last year, how sure, the others."""
    read = _read(results, story, bands or {})
    columns = {
        results.referential.levels.spoken.dimension: read["label"],
        str(story.campaign.year): read["word"],
        str(story.campaign.year - 1): read["word_before"].replace(tr(NOT_YET), MISSING),
        tr("Degré de certitude"): read["confidence"],
    }
    if read["low"].notna().any():
        columns[tr("Moitié du milieu, même type")] = read["others"]
    return pd.DataFrame(columns)


def _told(read: pd.DataFrame, year: str, word: str) -> pd.Series:
    """What each mark says to whoever points at it."""
    return read["label"] + f", {year}{NBSP}: " + read[word]


def _read(results: Results, story: Story, bands: Mapping[str, Band]) -> pd.DataFrame:
    now = {a.dimension: a for a in story.appreciations if a.level}
    before = {a.dimension: a for a in story.previous_appreciations if a.level}
    rows = []
    for row, dimension in enumerate(results.referential.dimensions):
        here, then = now.get(dimension.id), before.get(dimension.id)
        level, last = here.level if here else None, then.level if then else None
        band = bands.get(dimension.id)
        low, high = (band and band.half) or (None, None)
        rows.append({
            "row": row,
            "label": plain(dimension.label),
            "level": _LEVELS[level] if level else None,
            "before": _LEVELS[last] if last else None,
            "word": level.label if level else tr(NOT_YET),
            "word_before": last.label if last else tr(NOT_YET),
            "confidence": here.confidence.label if here and level and here.confidence else MISSING,
            "low": low, "high": high, "others": _between(low, high),
        })  # fmt: skip
    return pd.DataFrame(rows).astype(dict.fromkeys(("level", "before", "low", "high"), "float64"))


def _between(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return MISSING
    words = [level.label for level in Level]
    if low == high:
        return words[int(low)]
    return tr("de «\u00a0{low}\u00a0» à «\u00a0{high}\u00a0»", low=words[int(low)], high=words[int(high)])


def _description(read: pd.DataFrame, now: str, before: str) -> str:
    told = []
    for r in read.itertuples():
        beside = [
            *([] if pd.isna(r.before) else [tr("{word} en {year}", word=r.word_before.lower(), year=before)]),
            *([] if pd.isna(r.low) else [tr("moitié du milieu du réseau\u00a0: {levels}", levels=r.others)]),
        ]
        told.append(f"{r.label} : {r.word.lower()}" + (f" ({', '.join(beside)})" if beside else ""))
    lead = tr("Appréciation collective en {year}, sur quatre niveaux en mots.", year=now)
    return sentence([f"{lead} {told[0]}", *told[1:]])


def _labels(read: pd.DataFrame, y: alt.Y) -> list[alt.Chart]:
    text = row_text(list(read["label"]), 38)
    return [
        alt.Chart(group).mark_text(align="right", x=-14, dy=float(shift)).encode(y=y, text=alt.Text("text:N"))
        for shift, group in text.groupby("shift")
    ]  # fmt: skip


def _grid(rows: int) -> alt.Chart:
    return alt.Chart(pd.DataFrame({"row": [edge - 0.5 for edge in range(rows + 1)]}))


def _ranks() -> pd.DataFrame:
    return pd.DataFrame([(rank, level.label) for level, rank in _LEVELS.items()], columns=["rank", "word"])
