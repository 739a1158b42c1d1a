"""The look of a Word document: the styles that the writers of blocks ask for by name.

An enterprise's own template may define any of them; only those that it lacks are added.
"""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from coorace_eval.reports.office import BLUE, FALLBACK, FONT, GROUND, INK, LINE, ORANGE, PANOSE, SOFT

LEAD, NOTE, COMMENT, WHO = "Chapeau", "Note", "Commentaire de l'entreprise", "Auteur de la citation"
THING, ABOUT, FORMULA, LEVEL = "Intitulé", "Précision", "Formule", "Appréciation"
HEAD, CELL, SMALL = "Tête de tableau", "Texte de tableau", "Petit texte de tableau"
REFERENCE, TABLE = "Référence de chiffre", "Tableau de restitution"

WIDTH = 16.2
"""The width of a line of the house, in centimetres."""

_SHADE = '<w:shd {} w:val="clear" w:color="auto" w:fill="{}"/>'
_SIDE = '<w:pBdr {}><w:left w:val="single" w:sz="{}" w:space="10" w:color="{}"/></w:pBdr>'


def ensure(document: Document) -> None:
    """Add the styles that the document lacks; those that it has stay as they are."""
    there = known(document)
    for name, look in _LOOKS.items():
        if name not in there:
            _add(document, name, look)
    if TABLE not in there:
        document.styles.element.append(parse_xml(_TABLE_STYLE))


def house(document: Document, tag: str) -> None:
    """Give a new document the page, the fonts and the titles of the house."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.4)
    section.top_margin, section.bottom_margin = Cm(2.8), Cm(2.4)
    section.header_distance = section.footer_distance = Cm(1.2)
    styles = document.styles
    _defaults(document, tag)
    for style in list(styles.element.findall(qn("w:style"))):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:styleId")) != "TableNormal":
            styles.element.remove(style)
    there = known(document)
    for name, look in {**_TITLES, **_LOOKS}.items():
        if name in there:
            _dress(styles[name], look)
    ensure(document)
    _settings(document, tag)
    _fonts(document)


def known(document: Document) -> dict[str, str]:
    """The identifier of each style, by the name that people see."""
    return {str(style.name): str(style.style_id) for style in document.styles}


_TITLES: dict[str, dict[str, Any]] = {
    "Normal": {"size": 10, "after": 7, "line": 1.25, "colour": INK},
    "Title": {"size": 32, "bold": True, "after": 6, "line": 1.0, "colour": INK},
    "Subtitle": {"size": 16, "after": 12, "colour": SOFT},
    "Header": {"size": 8, "after": 0, "colour": SOFT},
    "Footer": {"size": 8, "after": 0, "colour": SOFT},
}

_LOOKS: dict[str, dict[str, Any]] = {
    "Heading 1": {"size": 19, "bold": True, "before": 26, "after": 9, "line": 1.05, "colour": BLUE,
                  "next": True},
    "Heading 2": {"size": 12.5, "bold": True, "before": 18, "after": 6, "colour": INK, "next": True},
    "Caption": {"size": 9, "bold": True, "before": 12, "after": 5, "colour": SOFT, "next": True},
    "Quote": {"size": 10.5, "before": 8, "after": 2, "colour": INK, "left": 0.5, "side": (18, BLUE),
              "together": True, "next": True},
    "TOC Heading": {"size": 19, "bold": True, "after": 12, "colour": BLUE},
    "toc 1": {"size": 10, "before": 4, "after": 1, "bold": True, "colour": INK},
    "toc 2": {"size": 9, "after": 0, "left": 0.6, "colour": SOFT},
    LEAD: {"size": 11.5, "after": 10, "colour": SOFT, "next": True},
    NOTE: {"size": 9, "colour": SOFT},
    COMMENT: {"size": 10, "before": 6, "after": 6, "left": 0.5, "right": 0.3, "side": (18, ORANGE),
              "shade": "FDF6EC"},
    WHO: {"size": 9, "after": 10, "left": 0.5, "side": (18, BLUE), "colour": SOFT},
    LEVEL: {"size": 10, "bold": True, "before": 6, "after": 4, "next": True},
    THING: {"size": 10, "bold": True, "before": 8, "after": 1, "next": True},
    ABOUT: {"size": 10, "after": 3, "colour": SOFT},
    FORMULA: {"size": 8, "after": 4, "font": "Consolas", "shade": GROUND},
    HEAD: {"size": 9, "bold": True, "after": 0, "line": 1.15, "colour": BLUE},
    CELL: {"size": 9, "after": 0, "line": 1.15},
    SMALL: {"size": 8, "after": 0, "line": 1.1, "colour": SOFT},
    REFERENCE: {"size": 6.5, "after": 0, "line": 1.1, "colour": SOFT},
}  # fmt: skip


def _add(document: Document, name: str, look: dict[str, Any]) -> None:
    built_in = name.startswith(("TOC", "toc", "Heading", "Caption", "Quote"))
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=built_in)
    assert isinstance(style, ParagraphStyle)
    style.base_style = document.styles["Normal"] if "Normal" in known(document) else None
    style.quick_style = True
    style.hidden = False
    _dress(style, look)


def _dress(style: Any, look: dict[str, Any]) -> None:
    properties = style.element.get_or_add_rPr()
    for odd in ("w:i", "w:iCs", "w:color", "w:spacing", "w:kern", "w:rFonts"):
        for found in properties.findall(qn(odd)):
            properties.remove(found)
    style.font.size = Pt(look["size"])
    style.font.bold = look.get("bold", False)
    style.font.color.rgb = RGBColor.from_string(look.get("colour", INK))
    if "font" in look:
        _name_font(properties, look["font"])
    layout = style.paragraph_format
    for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
        style.element.pPr.remove(border)
    layout.space_before, layout.space_after = Pt(look.get("before", 0)), Pt(look.get("after", 6))
    layout.line_spacing = look.get("line", 1.2)
    layout.keep_with_next = look.get("next", False)
    layout.keep_together = look.get("together", False)
    if "left" in look:
        layout.left_indent = Cm(look["left"])
    if "right" in look:
        layout.right_indent = Cm(look["right"])
    if "side" in look:
        _insert(style, _SIDE.format(nsdecls("w"), *look["side"]), _AFTER_BORDERS)
    if "shade" in look:
        _insert(style, _SHADE.format(nsdecls("w"), look["shade"]), _AFTER_SHADE)


_AFTER_SHADE = (
    "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct",
    "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
    "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection",
    "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl",
)  # fmt: skip
_AFTER_BORDERS = ("w:shd", *_AFTER_SHADE)


def _insert(style: Any, xml: str, after: tuple[str, ...]) -> None:
    style.element.get_or_add_pPr().insert_element_before(parse_xml(xml), *after)


def _name_font(properties: Any, name: str) -> None:
    fonts = properties.get_or_add_rFonts()
    fonts.attrib.clear()
    for place in ("ascii", "hAnsi"):
        fonts.set(qn(f"w:{place}"), name)
    fonts.set(qn("w:cs"), FALLBACK)
    fonts.set(qn("w:eastAsia"), FALLBACK)


def _defaults(document: Document, tag: str) -> None:
    """The font and the language of whatever says nothing else."""
    properties = document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")[0]
    _name_font(properties, FONT)
    for spoken in properties.findall(qn("w:lang")):
        properties.remove(spoken)
    spoken = OxmlElement("w:lang")
    for place, code in (("val", tag), ("eastAsia", tag), ("bidi", "ar-SA")):
        spoken.set(qn(f"w:{place}"), code)
    properties.append(spoken)


def _settings(document: Document, tag: str) -> None:
    """Word opens the document as one of today, not in a compatibility mode."""
    settings = document.settings.element
    for old in settings.findall(qn("w:compat")):
        settings.remove(old)
    compat = parse_xml(
        f'<w:compat {nsdecls("w")}><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    )
    later = ("w:docVars", "w:rsids", "m:mathPr", "w:themeFontLang", "w:clrSchemeMapping", "w:shapeDefaults",
             "w:decimalSymbol", "w:listSeparator")  # fmt: skip
    place = next((e for e in settings if e.tag in {qn(name) for name in later}), None)
    settings.append(compat) if place is None else place.addprevious(compat)
    for spoken in settings.findall(qn("w:themeFontLang")):
        spoken.set(qn("w:val"), tag)


def _fonts(document: Document) -> None:
    """Where the font of the house is not installed, Word takes the one named beside it."""
    font = (
        f'<w:font {nsdecls("w")} w:name="{FONT}"><w:altName w:val="{FALLBACK}"/><w:panose1 w:val="{PANOSE}"/>'
        '<w:charset w:val="00"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
    )
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            part = relation.target_part
            kept = part.blob.decode("utf-8")
            inner = font.replace(" " + nsdecls("w"), "")
            part._blob = kept.replace("</w:fonts>", inner + "</w:fonts>").encode("utf-8")


_RULE = '<w:{} w:val="single" w:sz="{}" w:space="0" w:color="{}"/>'
_TABLE_STYLE = (
    f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="Tableauderestitution">'
    f'<w:name w:val="{TABLE}"/><w:uiPriority w:val="59"/><w:qFormat/><w:tblPr><w:tblBorders>'
    + _RULE.format("bottom", 4, LINE)
    + _RULE.format("insideH", 4, LINE)
    + '</w:tblBorders><w:tblCellMar><w:top w:w="60" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>'
    '<w:bottom w:w="60" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>'
    + _RULE.format("bottom", 8, BLUE)
    + "</w:tcBorders></w:tcPr></w:tblStylePr></w:style>"
)
