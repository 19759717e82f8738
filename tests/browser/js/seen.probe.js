(words) => {
  // Notes when the words first appear in the page.
  window.__seen = 0;
  new MutationObserver(() => {
    if (!window.__seen && document.body.innerText.includes(words)) window.__seen = Date.now();
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}
