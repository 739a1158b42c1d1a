// What a live chart needs; expressions are interpreted, as the pages allow no text to become code.
import { parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile } from "vega-lite";

/** @param {HTMLElement} place @param {object} spec a Vega-Lite specification @param {Function} tooltip */
export async function draw(place, spec, tooltip) {
  const runtime = parse(compile(spec).spec, {}, { ast: true });
  const view = new View(runtime, { renderer: "svg", expr: expressionInterpreter, hover: true });
  view.tooltip(tooltip).initialize(place);
  await view.runAsync();
  return view;
}
