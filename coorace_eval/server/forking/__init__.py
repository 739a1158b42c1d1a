"""The processes behind the pages, forked from one whose imports are done.

``provisioner`` is what Jupyter knows; ``client`` starts the template and asks it; ``template`` is that
process, and ``child`` what it becomes for a page.
"""
