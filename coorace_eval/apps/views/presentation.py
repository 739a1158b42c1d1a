"""The screen of the restitution room: slides, and nothing around them."""

from __future__ import annotations

from coorace_eval.apps.steps.presentation import PresentationRoom
from coorace_eval.apps.views import blocks as b
from coorace_eval.apps.views.campaign import room


def presentation(step: PresentationRoom) -> b.Block:
    """All the slides at once: once they are here, a cut of the network stops nobody."""
    from coorace_eval.apps.views.slides import slides

    state = room(step, [], [], small=step.work.title)
    return state | {"stage": True, "stepper": None, "blocks": slides(step)}
