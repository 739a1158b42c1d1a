"""The screen of ``screen.ipynb`` as Panel writes it; its chart is drawn by the browser."""

import altair as alt
import pandas as pd
import panel as pn

KNOWN = {"2023": 31, "2024": 38}

pn.extension("vega")


def drawing(share: float) -> alt.LayerChart:
    table = pd.DataFrame({"année": [*KNOWN, "2025"], "part": [*KNOWN.values(), share]})
    bars = alt.Chart(table, width=480, height=220).encode(
        x="année:N", y=alt.Y("part:Q").scale(domain=[0, 100])
    )
    return bars.mark_bar() + bars.mark_text(dy=-8).encode(text="part:Q")


step = pn.rx(1)
name = pn.widgets.TextInput(name="Nom de l'entreprise", value="Les Ateliers du Marais")
share = pn.widgets.IntInput(name="Part des sorties vers l'emploi (%)", value=45, start=0, end=100)
following = pn.widgets.Button(name="Suivant", button_type="primary")
following.on_click(lambda _: setattr(step.rx, "value", step.rx.value % 5 + 1))
pn.Column(
    "# Nos sorties",
    "Renseignez la part de l'année 2025.",
    pn.pane.Markdown(pn.rx("Étape {} sur 5").format(step)),
    name,
    share,
    pn.pane.Vega(pn.bind(drawing, share)),
    following,
).servable()
