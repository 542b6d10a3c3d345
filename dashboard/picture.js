// Saves a button's chart as SVG. The camera on a chart saves one form only, PNG: it is lent the other for one click.
if (!window.tvPictures) {
  window.tvPictures = true;
  const save = (button) => {
    const chart = document.querySelector(`.st-key-${button.dataset.chart} .js-plotly-plot`);
    const camera = chart?.querySelector(".modebar-btn");
    if (!camera) { // A page is there before its charts are drawn: save as soon as this one is.
      if (button.isConnected) setTimeout(save, 100, button);
      return;
    }
    const asked = chart._context.toImageButtonOptions;
    const usual = asked.format;
    asked.format = "svg";
    camera.click();
    asked.format = usual;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".tv-picture");
    if (button) save(button);
  });
}
