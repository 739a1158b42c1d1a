"""The screen of ``screen.ipynb`` as Streamlit writes it; its chart is drawn by the browser."""

import altair as alt
import pandas as pd
import streamlit as st

KNOWN = {"2023": 31, "2024": 38}

st.title("Nos sorties")
st.write("Renseignez la part de l'année 2025.")
place = st.empty()
st.text_input("Nom de l'entreprise", "Les Ateliers du Marais")
share = st.number_input("Part des sorties vers l'emploi (%)", 0, 100, 45)
table = pd.DataFrame({"année": [*KNOWN, "2025"], "part": [*KNOWN.values(), share]})
bars = alt.Chart(table, height=220).encode(x="année:N", y=alt.Y("part:Q").scale(domain=[0, 100]))
st.altair_chart(bars.mark_bar() + bars.mark_text(dy=-8).encode(text="part:Q"))
step = st.session_state.setdefault("step", 1)
if st.button("Suivant"):
    st.session_state.step = step = step % 5 + 1
place.write(f"Étape {step} sur 5")
