"use strict";
// Draw the figures of a page; where plotly.js is not beside it, their words stay.
(() => {
  const figures = JSON.parse(document.getElementById("chart-data").textContent);
  const names = window.Plotly ? Object.keys(figures) : [];
  const elements = names.map((name) => document.getElementById(name));
  const drawn = names.map((name, i) => {
    const { data, layout } = figures[name];
    elements[i].replaceChildren();
    return Plotly.newPlot(elements[i], data, layout, { displayModeBar: false, responsive: true });
  });
  const widen = (width) =>
    elements.forEach((element, i) => {
      if (!figures[names[i]].layout.width) Plotly.relayout(element, { width, autosize: !width });
    });
  addEventListener("beforeprint", () => widen(640)); // A4 within its margins
  addEventListener("afterprint", () => widen(null));
  Promise.all(drawn).then(() => (document.documentElement.dataset.ready = "1"));
})();
