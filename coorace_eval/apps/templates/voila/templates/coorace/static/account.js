// The pages around the application: they work without this file, which only makes them kinder.
(() => {
  /** Show or hide what is typed in a password field. @param {HTMLButtonElement} button */
  function toggle(button) {
    const field = document.getElementById(button.dataset.show);
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.dataset.name ??= button.firstChild.textContent;
    button.firstChild.textContent = shown ? button.dataset.hide : button.dataset.name;
    field.focus();
  }

  /** Keep the place in the application that the address names, through the sign-in. @param {HTMLFormElement} form */
  const keepPlace = (form) => location.hash && (form.action = form.action.split("#")[0] + location.hash);

  /** Try again in a while; never everyone at the same moment. @param {HTMLElement} link */
  const retry = (link) => setTimeout(() => location.reload(), 1000 * Number(link.dataset.retry) * (0.75 + Math.random() / 2));

  for (const button of document.querySelectorAll("[data-show]")) {
    button.hidden = false;
    button.addEventListener("click", () => toggle(button));
  }
  document.querySelectorAll("[data-keeps-place]").forEach(keepPlace);
  document.querySelectorAll("[data-retry]").forEach(retry);
  /** Forget what was typed in the application and not kept: whoever signs out leaves nothing behind. */
  const forget = () => Object.keys(sessionStorage).forEach((key) => key.startsWith("coorace") && sessionStorage.removeItem(key));

  for (const form of document.forms) {
    form.addEventListener("submit", () => {
      if (/\/(deconnexion|effacement)$/.test(new URL(form.action).pathname)) forget();
      for (const field of form.querySelectorAll("[data-show]")) if (field.getAttribute("aria-pressed") === "true") toggle(field);
    });
  }
  document.querySelector("[data-focus]")?.focus();
})();
