// Puts our words where Streamlit's own pages speak English only: the skip link, and the word of a page that is not there.
(() => {
  const put = (element, text) => {
    if (element && element.textContent !== text) element.textContent = text;
  };
  const putAll = () => {
    const words = window.tvWords;
    document.documentElement.lang = words.language;
    put(document.querySelector('[data-testid="stSkipToContent"]'), words.skip);
    const unknown = document.querySelector('[data-testid="stDialog"] [role="dialog"]');
    put(unknown?.querySelector("h2"), words.notFound);
    put(unknown?.querySelector("h2 + div > div"), words.shownInstead);
    unknown?.querySelector("button")?.setAttribute("aria-label", words.close);
  };
  putAll();
  if (window.tvWordsWatched) return;
  window.tvWordsWatched = true;
  new MutationObserver(putAll).observe(document.body, { childList: true });
})();
