// Saves the chart above a button as SVG. The camera on a chart saves one form only, PNG: it is lent the other for one click.
if (!window.tvPictures) {
  window.tvPictures = true;
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".tv-picture");
    if (!button) return;
    const isAbove = (chart) => chart.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING;
    const chart = [...document.querySelectorAll(".js-plotly-plot")].filter(isAbove).pop();
    const asked = chart._context.toImageButtonOptions;
    const usual = asked.format;
    asked.format = "svg";
    chart.querySelector(".modebar-btn").click();
    asked.format = usual;
  });
}
