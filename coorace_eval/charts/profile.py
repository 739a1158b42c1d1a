"""Where the group thinks it stands, dimension by dimension, in words (decision 8)."""

from __future__ import annotations

from functools import partial

import altair as alt
import pandas as pd

from coorace_eval.campaigns.story import Story
from coorace_eval.charts import theme
from coorace_eval.charts.drawing import AnyChart, blank, heading, row_text
from coorace_eval.charts.words import plain, sentence
from coorace_eval.formatting import MISSING
from coorace_eval.indicators import Results
from coorace_eval.vocabulary import Level

QUESTION = "Où pensons-nous en être, dimension par dimension\u00a0?"
NOT_YET = "Non appréciée"
_ROW, _COLUMN = 52, 116
_LEVELS = {level: rank for rank, level in enumerate(Level)}


def profile(results: Results, story: Story) -> AnyChart:
    """The collective appreciation of each dimension, this year and the year before.

    An ordinal axis in words: there is no mark, no total and no order between dimensions, which stay
    as the référentiel has them. A dimension that was not appreciated says so.
    """
    read = _read(results, story)
    if read["level"].isna().all() and read["before"].isna().all():
        return blank(QUESTION)
    now, before = str(story.campaign.year), str(story.campaign.year - 1)
    marks = pd.concat([
        read.assign(series=before, rank=read["before"]), read.assign(series=now, rank=read["level"]),
    ]).dropna(subset="rank")  # fmt: skip
    years = [now] if read["before"].isna().all() else [now, before]
    height = _ROW * len(read)
    across = partial(alt.X, title=None, axis=None, scale=alt.Scale(domain=[-0.5, 3.5]))
    x = across("rank:Q")
    y = alt.Y("row:Q", title=None, axis=None, scale=alt.Scale(domain=[len(read) - 0.5, -0.5], nice=False))
    colours = alt.Scale(domain=years, range=[theme.BLUE, theme.ORANGE][: len(years)])
    shapes = alt.Scale(domain=years, range=["circle", "diamond"][: len(years)])
    layers = [
        _grid(len(read)).mark_rule(color=theme.GRID, strokeWidth=1).encode(y=y),
        alt.Chart(_ranks()).mark_rule(color=theme.GRID, strokeWidth=1, strokeDash=[2, 3]).encode(x=x),
        alt.Chart(_ranks()).mark_text(baseline="bottom", fontWeight=600, y=-10).encode(x=x, text="word:N"),
        alt.Chart(read).mark_rule(color=theme.QUIET, strokeWidth=2.5).encode(
            x=across("before:Q"), x2="level:Q", y=y
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
        .encode(y=y, text=alt.value(f"{NOT_YET} en {now}")),
        *_labels(read, y),
    ]  # fmt: skip
    whole: AnyChart = alt.layer(*layers)
    return whole.properties(
        width=4 * _COLUMN, height=height, title=heading(QUESTION), description=_description(read, now, before)
    )


def profile_table(results: Results, story: Story) -> pd.DataFrame:
    """The table that stands beside the chart: dimension, this year, last year, how sure."""
    read = _read(results, story)
    return pd.DataFrame({
        results.referential.levels.dimension: read["label"],
        str(story.campaign.year): read["word"],
        str(story.campaign.year - 1): read["word_before"].replace(NOT_YET, MISSING),
        "Degré de certitude": read["confidence"],
    })  # fmt: skip


def _read(results: Results, story: Story) -> pd.DataFrame:
    now = {a.dimension: a for a in story.appreciations if a.level}
    before = {a.dimension: a for a in story.previous_appreciations if a.level}
    rows = []
    for row, dimension in enumerate(results.referential.dimensions):
        here, then = now.get(dimension.id), before.get(dimension.id)
        level, last = here.level if here else None, then.level if then else None
        rows.append({
            "row": row,
            "label": plain(dimension.label),
            "level": _LEVELS[level] if level else None,
            "before": _LEVELS[last] if last else None,
            "word": level.label if level else NOT_YET,
            "word_before": last.label if last else NOT_YET,
            "confidence": here.confidence.label if here and level and here.confidence else MISSING,
        })  # fmt: skip
    return pd.DataFrame(rows).astype({"level": "float64", "before": "float64"})


def _description(read: pd.DataFrame, now: str, before: str) -> str:
    told = [
        f"{r.label} : {r.word.lower()}"
        + ("" if pd.isna(r.before) else f" ({r.word_before.lower()} en {before})")
        for r in read.itertuples()
    ]
    return sentence([f"Appréciation collective en {now}, sur quatre niveaux en mots. " + told[0], *told[1:]])


def _labels(read: pd.DataFrame, y: alt.Y) -> list[alt.Chart]:
    text = row_text(list(read["label"]), 38)
    return [
        alt.Chart(group).mark_text(align="right", x=-14, dy=float(shift)).encode(y=y, text="text:N")
        for shift, group in text.groupby("shift")
    ]  # fmt: skip


def _grid(rows: int) -> alt.Chart:
    return alt.Chart(pd.DataFrame({"row": [edge - 0.5 for edge in range(rows + 1)]}))


def _ranks() -> pd.DataFrame:
    return pd.DataFrame([(rank, level.label) for level, rank in _LEVELS.items()], columns=["rank", "word"])
