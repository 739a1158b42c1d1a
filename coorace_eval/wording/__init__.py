"""The editorial check: texts that everyone can read, in which women and men are equally seen."""

from coorace_eval.wording.checking import Noted, check, review
from coorace_eval.wording.remark import Kind, Remark, replaced
from coorace_eval.wording.sigla import explained_in

__all__ = ["Kind", "Noted", "Remark", "check", "explained_in", "replaced", "review"]
